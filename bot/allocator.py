"""The C library's allocator, told to give large blocks back to the system."""

from __future__ import annotations

import ctypes
import sys

LARGE = 128 * 1024
"""Bytes; glibc's own default, which it raises up to 32 MiB with every larger block that is freed."""
_M_MMAP_THRESHOLD = -3
"""``malloc.h`` of glibc."""


def give_large_blocks_back() -> bool:
    """Let every freed block from `LARGE` on go back to the system at once; false where there is no glibc.

    Otherwise a few files of 18 MB leave the process 200 MB larger (measured), as smaller blocks come to lie
    between them: https://man7.org/linux/man-pages/man3/mallopt.3.html
    """
    if sys.platform != "linux":
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and bool(mallopt(_M_MMAP_THRESHOLD, LARGE))
