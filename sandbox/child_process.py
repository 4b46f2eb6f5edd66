"""Child processes that end with the sandbox, even when it is killed."""

from __future__ import annotations

import ctypes
import signal
import sys

_PR_SET_PDEATHSIG = 1


def die_with_parent(number: int = signal.SIGTERM) -> None:
    """Ask Linux to send this process ``number`` when its parent ends; for ``preexec_fn``, no-op elsewhere.

    Source: prctl(2), PR_SET_PDEATHSIG. The parent is the thread that forked, so call from a lasting one.
    """
    if sys.platform == "linux":
        _libc.prctl(_PR_SET_PDEATHSIG, number)


# Loaded before any fork: the loader takes locks that a forked child of a threaded process may never get.
_libc = ctypes.CDLL(None, use_errno=True)
