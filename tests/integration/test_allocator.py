"""Whether memory that was freed goes back to the system."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import resource, sys
from bot.allocator import give_back, keep_little

def resident():
    pages = int(open("/proc/self/statm").read().split()[1])
    return pages * resource.getpagesize() // 2**20

if "keep little" in sys.argv:
    keep_little()
kept = []
if "large" in sys.argv:
    for _ in range(5):
        large = bytearray(b"x") * (20 * 2**20)
        kept.append(bytearray(b"x") * 100_000)  # comes to lie behind it, from the second time on
        del large
if "small" in sys.argv:
    kept = [bytearray(b"x") * 20_000 for _ in range(3_000)][::20]
    if "give back" in sys.argv:
        assert give_back()
print(resident())
"""
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="of glibc")


def resident(*arguments: str) -> int:
    """Return how many MiB a process has at the end that used 100 MiB, and keeps a few."""
    command = [sys.executable, "-c", PROGRAM, *arguments]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def test_a_large_block_that_was_freed_is_no_longer_part_of_the_process() -> None:
    assert resident("large", "keep little") + 15 < resident("large")


def test_what_is_free_between_small_blocks_is_given_back() -> None:
    assert resident("small", "give back") + 15 < resident("small")


def test_where_little_is_free_nothing_is_looked_for() -> None:
    program = "from bot.allocator import give_back; print(give_back())"
    command = [sys.executable, "-c", program]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "False\n"
