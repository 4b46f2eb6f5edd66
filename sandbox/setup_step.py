"""One step of ``make setup``: runs a command, and tells on one line what it is doing and for how long.

``python setup_step.py TITLE COMMAND …`` needs nothing but Python itself, as nothing is installed yet. In a
terminal the line is written again and again; elsewhere a line is added every ten seconds. What the command
says is shown where it fails.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import threading
import time
import unicodedata
from collections import deque
from itertools import accumulate
from typing import TextIO

PERIOD = 0.5
QUIET_PERIOD = 10.0
"""Seconds between two lines: in a terminal, and elsewhere."""
KEPT_LINES = 200
DOING = re.compile(
    r"(?:Collecting|Downloading|Building wheel for|Installing collected packages)"
    r"(?: [\w.]+(?:-[A-Za-z][\w.]*)*)?"
)
"""What pip says that is worth a place on the line."""
INTERRUPTED, NOT_FOUND = 130, 127
"""Exit codes, as a shell has them."""


def fitting(line: str, columns: int) -> str:
    """Return as much of a line as a terminal shows in so many columns; a Japanese character takes two."""
    taken = accumulate(1 + (unicodedata.east_asian_width(character) in "WF") for character in line)
    return "".join(character for character, width in zip(line, taken, strict=True) if width <= columns)


class Step:
    """A command and what it was last seen doing."""

    def __init__(self, title: str, out: TextIO) -> None:
        self._title = title
        self._out = out
        self._began = time.monotonic()
        self._doing = ""
        self._lines: deque[str] = deque(maxlen=KEPT_LINES)
        self._ended = threading.Event()

    def run(self, command: list[str]) -> int:
        """Run the command to its end; returns its exit code."""
        teller = threading.Thread(target=self._tell)
        try:
            with subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
            ) as process:
                teller.start()
                code = self._follow(process)
        except OSError as error:
            print(f"  ✗ {self._title}: {command[0]}: {error.strerror}", file=self._out)
            return NOT_FOUND
        finally:
            self._ended.set()
            if teller.ident is not None:
                teller.join()
        self._write(f"  {'✗' if code else '✓'} {self._title} ({self._seconds} s)", is_last=True)
        if code not in {0, INTERRUPTED}:
            self._out.writelines(self._lines)
        return code

    def _follow(self, process: subprocess.Popen[str]) -> int:
        try:
            for line in process.stdout or ():
                self._lines.append(line)
                if match := DOING.match(line.strip()):
                    self._doing = match[0]
            return process.wait()
        except KeyboardInterrupt:
            process.wait()  # a terminal's Ctrl-C has reached it as well
            return INTERRUPTED

    @property
    def _seconds(self) -> str:
        return f"{time.monotonic() - self._began:.0f}"

    def _tell(self) -> None:
        self._write(f"  · {self._title} …")
        while not self._ended.wait(PERIOD if self._out.isatty() else QUIET_PERIOD):
            self._write(f"  · {self._title} … {self._seconds} s  {self._doing}")

    def _write(self, line: str, *, is_last: bool = False) -> None:
        if self._out.isatty():
            line = f"\r\x1b[K{fitting(line, shutil.get_terminal_size().columns - 1)}"
        self._out.write(line if self._out.isatty() and not is_last else f"{line}\n")
        self._out.flush()


if __name__ == "__main__":
    sys.exit(Step(sys.argv[1], sys.stderr).run(sys.argv[2:]))
