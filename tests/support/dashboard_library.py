"""The functions of ``dashboard/lib``, called from Python."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sandbox.supabase.lite import find_node

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

SCRIPT = Path(__file__).with_suffix(".mjs")
COMPILER = SCRIPT.parents[2] / "dashboard/node_modules/typescript"


def call(module: str, calls: Sequence[Sequence[object]], *, zone: str = "Asia/Tokyo") -> list[Any]:
    """Return what each call (a function's name and its arguments) gives in ``dashboard/lib/<module>.ts``.

    Skips the test where the dashboard's packages are not installed.
    """
    return _run({"module": module, "calls": calls}, zone)


def count_steps(module: str, calls: Sequence[Sequence[object]]) -> list[int]:
    """Return how many characters each call looks at, those that it looks at again included."""
    return _run({"module": module, "calls": calls, "counting": True}, "UTC")


def _run(request: dict[str, object], zone: str) -> list[Any]:
    if not COMPILER.exists():
        pytest.skip("the dashboard's packages are not installed (make dashboard)")
    done = subprocess.run(
        [find_node(), str(SCRIPT)],
        check=False,
        input=json.dumps(request),
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "TZ": zone},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
