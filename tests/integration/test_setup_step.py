"""What ``make setup`` tells while it installs."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox import setup_step
from sandbox.setup_step import Step, fitting

ROOT = Path(__file__).parents[2]


def python(program: str) -> list[str]:
    return [sys.executable, "-u", "-c", program]


def told(program: str, code: int) -> list[str]:
    out = io.StringIO()
    assert Step("packages · パッケージ", out).run(python(program)) == code
    return out.getvalue().splitlines()


def test_a_step_that_works_is_a_line_at_its_beginning_and_one_at_its_end() -> None:
    begun, ended = told("print('Collecting discord.py')", 0)
    assert begun == "  · packages · パッケージ …"
    assert re.fullmatch(r"  ✓ packages · パッケージ \(\d+ s\)", ended)


def test_what_the_command_says_is_shown_where_it_fails() -> None:
    _, ended, *said = told("print('no matching distribution'); raise SystemExit(3)", 3)
    assert ended.startswith("  ✗ packages")
    assert said == ["no matching distribution"]


def test_a_long_step_says_what_it_is_doing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup_step, "QUIET_PERIOD", 0.01)

    class Heard(io.StringIO):
        """Ends the command once it has been told of."""

        def write(self, text: str) -> int:
            if "Downloading" in text and process.stdin is not None:
                process.stdin.close()
            return super().write(text)

    program = (
        "import sys; print('  Downloading typing-extensions-4.12-py3-none-any.whl (45 kB)'); sys.stdin.read()"
    )
    started = subprocess.Popen

    def popen(command: list[str], **options: object) -> subprocess.Popen[str]:
        nonlocal process
        process = started(command, stdin=subprocess.PIPE, **options)  # pyright: ignore[reportCallIssue, reportArgumentType] - as it was called
        return process

    process: subprocess.Popen[str]
    monkeypatch.setattr(subprocess, "Popen", popen)
    out = Heard()
    assert Step("packages", out).run(python(program)) == 0
    assert re.search(r"  · packages … \d+ s  Downloading typing-extensions\n", out.getvalue())


def test_a_line_fits_into_the_terminal() -> None:
    assert fitting("ab日本語", 5) == "ab日"
    assert fitting("ab日本語", 8) == "ab日本語"


def test_a_command_that_is_not_there_is_named() -> None:
    out = io.StringIO()
    assert Step("Node", out).run(["/nonexistent/npm"]) == 127
    assert out.getvalue() == "  ✗ Node: /nonexistent/npm: No such file or directory\n"


def test_it_is_a_program_that_needs_nothing_installed() -> None:
    command = [sys.executable, "-I", "-S", "sandbox/setup_step.py", "one", *python("raise SystemExit(4)")]
    ended = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 4
    assert "✗ one" in ended.stderr
