"""``python without_posix.py -m bot.doctor …``: a module of the bot as on a system that is not POSIX.

Whatever Windows does not have is missing for the modules of ``bot`` (https://docs.python.org/3/library/os.html
says "Availability: Unix" of each), while the standard library and the packages, which know this system for
what it is, go on using it. ``loop.add_signal_handler`` raises NotImplementedError for everybody.
"""

from __future__ import annotations

import asyncio
import builtins
import os
import runpy
import signal
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
MODULES = "fcntl grp posix pty pwd readline resource syslog termios tty uvloop"
OF_OS = """
    chown chroot confstr fchdir fchmod fchown fork forkpty getegid geteuid getgid getgroups getloadavg
    getpgid getpgrp getpriority getresgid getresuid getsid getuid initgroups killpg lchown lockf mkfifo
    mknod nice openpty pathconf posix_fadvise posix_fallocate posix_spawn pread preadv pwrite pwritev
    readv register_at_fork sched_getaffinity sched_setaffinity sched_yield sendfile setegid seteuid
    setgid setgroups setpgid setpriority setsid setuid splice statvfs sync sysconf tcgetpgrp tcsetpgrp
    uname wait wait3 wait4 waitid WEXITSTATUS WIFEXITED WIFSIGNALED WTERMSIG WNOHANG writev
"""
OF_SIGNAL = """
    SIGALRM SIGBUS SIGCHLD SIGCONT SIGHUP SIGIO SIGKILL SIGPIPE SIGPROF SIGQUIT SIGSTOP SIGTSTP SIGTTIN
    SIGTTOU SIGURG SIGUSR1 SIGUSR2 SIGVTALRM SIGWINCH alarm getitimer pause pthread_kill pthread_sigmask
    setitimer siginterrupt sigpending sigtimedwait sigwait sigwaitinfo
"""


def asked_by_the_bot() -> bool:
    """Tell whether the code that asks the caller is the bot's."""
    return str(sys._getframe(2).f_globals.get("__file__", "")).startswith(f"{ROOT / 'bot'}{os.sep}")


def hide(module: ModuleType, names: str) -> None:
    hidden = {name: vars(module).pop(name) for name in names.split() if name in vars(module)}

    def getattribute(name: str) -> object:
        if name not in hidden or asked_by_the_bot():
            raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
        return hidden[name]

    # PEP 562; whoever imported the names before has them.
    vars(module)["__getattr__"] = getattribute


def main() -> None:
    import_any = builtins.__import__

    def import_some(name: str, *arguments: object, **more: object) -> ModuleType:
        if name.partition(".")[0] in MODULES.split() and asked_by_the_bot():
            raise ModuleNotFoundError(f"No module named {name!r}")
        return import_any(name, *arguments, **more)  # type: ignore[arg-type]

    def refuse(_loop: object, _number: int, *_arguments: object) -> None:
        raise NotImplementedError

    builtins.__import__ = import_some  # type: ignore[assignment]
    asyncio.SelectorEventLoop.add_signal_handler = refuse  # type: ignore[method-assign, assignment]
    hide(os, OF_OS)
    hide(signal, OF_SIGNAL)
    sys.path.insert(0, str(ROOT))
    _, _, name, *arguments = sys.argv
    sys.argv = [name, *arguments]
    runpy.run_module(name, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
