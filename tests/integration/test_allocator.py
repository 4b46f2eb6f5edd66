"""Whether large blocks go back to the system when they are freed."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import resource, sys
from bot.allocator import give_large_blocks_back

if sys.argv[1] == "tell":
    give_large_blocks_back()
kept = []
for _ in range(5):
    large = bytearray(b"x") * (20 * 2**20)
    kept.append(bytearray(b"x") * 100_000)  # comes to lie behind it, from the second time on
    del large
pages = int(open("/proc/self/statm").read().split()[1])
print(pages * resource.getpagesize() // 2**20)
"""


def resident(*arguments: str) -> int:
    """Return how many MiB a process has at the end that used five blocks of 20 MiB, one after the other."""
    command = [sys.executable, "-c", PROGRAM, *arguments]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="of glibc")
def test_a_large_block_that_was_freed_is_no_longer_part_of_the_process() -> None:
    assert resident("tell") + 15 < resident("leave")
