"""The C library's allocator, told to give back to the system what the process no longer needs.

glibc's: https://man7.org/linux/man-pages/man3/mallopt.3.html, malloc_trim.3. Elsewhere nothing is done.
"""

from __future__ import annotations

import ctypes
import sys

LARGE = 128 * 1024
"""Bytes; glibc's own default, which it raises up to 32 MiB with every larger block that is freed."""
WORTH_IT = 8 * 2**20
"""Bytes that are free between others, from which on it is worth it to look for whole pages among them."""
_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8
"""``malloc.h``."""


class _Usage(ctypes.Structure):
    """``struct mallinfo2``, of glibc 2.33 and later."""

    _fields_ = (
        *((name, ctypes.c_size_t) for name in ("arena", "ordblks", "smblks", "hblks", "hblkhd")),
        *((name, ctypes.c_size_t) for name in ("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost")),
    )
    fordblks: int


def keep_little() -> bool:
    """Let freed blocks from `LARGE` on go back at once, and all threads share one heap; false without glibc.

    Otherwise a few files of 18 MB leave the process 200 MB larger (measured), as smaller blocks come to lie
    between them; and each thread keeps what it once needed.
    """
    libc = _glibc()
    if libc is None:
        return False
    return bool(libc.mallopt(_M_MMAP_THRESHOLD, LARGE)) and bool(libc.mallopt(_M_ARENA_MAX, 1))


def give_back() -> bool:
    """Give the free pages between used ones back, if there may be many; returns whether that was tried.

    It takes some milliseconds, in which no other thread gets memory.
    """
    libc = _glibc()
    if libc is None or not hasattr(libc, "mallinfo2"):
        return False
    libc.mallinfo2.restype = _Usage
    usage: _Usage = libc.mallinfo2()
    if usage.fordblks < WORTH_IT:
        return False
    libc.malloc_trim(0)
    return True


def _glibc() -> ctypes.CDLL | None:
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    return libc if hasattr(libc, "malloc_trim") else None
