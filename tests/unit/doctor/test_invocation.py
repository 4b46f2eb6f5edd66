from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

import pytest

from bot.doctor.invocation import doctor_command

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This interpreter by another path, of which no shell knows."""
    link = tmp_path / "my server" / ".venv" / "bin" / "python"
    link.parent.mkdir(parents=True)
    link.symlink_to(sys.executable)
    monkeypatch.setattr(sys, "executable", str(link))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    return link


def test_in_the_folder_of_a_virtual_environment_the_path_from_there_is_told(
    python: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(python.parents[2])
    assert doctor_command() == "./.venv/bin/python -m bot.doctor"


def test_elsewhere_the_whole_path_is_told_as_a_shell_reads_it(
    python: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/usr")
    assert shlex.split(doctor_command()) == [str(python), "-m", "bot.doctor"]


def test_where_a_shell_finds_this_interpreter_its_name_is_enough(
    python: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(python.parent))
    assert doctor_command() == "python -m bot.doctor"
