"""How to start the doctor again: what its hints tell people to type."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path


def doctor_command() -> str:
    """Return the command with this interpreter as a shell in the current directory finds it.

    Beside a virtual environment that is not activated, ``python`` alone would be one without the packages.
    """
    python = Path(sys.executable)
    if shutil.which(python.name) == sys.executable:
        name = python.name
    elif python.is_relative_to(Path.cwd()):
        name = f"./{python.relative_to(Path.cwd())}"
    else:
        name = sys.executable
    return f"{shlex.quote(name)} -m bot.doctor"
