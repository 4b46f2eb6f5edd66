"""Child processes that end with the one that started them, even when that is killed.

The command is started by way of this file, which sets up the process and becomes the command. Nothing may run
between fork and exec instead (``preexec_fn``, ``user``, ``group``): with these, `subprocess` uses fork(), not
vfork(), and gRPC's fork handlers abort or crash about every tenth child of a process that is calling it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pwd import struct_passwd

_PR_SET_PDEATHSIG = 1


def dying_with_parent(
    command: Sequence[str], number: int = signal.SIGTERM, user: struct_passwd | None = None
) -> list[str]:
    """Return what to start so that ``command`` runs, as ``user`` if given, and gets ``number`` when we end.

    The process id stays the same. On systems other than Linux nothing is sent. Source: prctl(2),
    PR_SET_PDEATHSIG; the parent is the thread that starts the process, so start it from a lasting one.
    """
    ids = f"{user.pw_uid}:{user.pw_gid}" if user else ""
    return [sys.executable, "-I", "-S", __file__, str(int(number)), str(os.getpid()), ids, *command]


def _become(number: int, parent: int, ids: str, command: list[str]) -> None:
    if ids:
        user_id, group_id = map(int, ids.split(":"))
        os.setgroups([])
        os.setgid(group_id)
        os.setuid(user_id)
    # After the change of user, which would clear it.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:
            sys.exit(f"the process that started {command[0]} has ended")
    # Python ignores these; a new process expects the default.
    for ignored in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(ignored, signal.SIG_DFL)
    try:
        os.execvp(command[0], command)
    except OSError as error:
        sys.exit(f"{command[0]} cannot be started: {error.strerror}")


if __name__ == "__main__":
    _become(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:])
