"""The ways in which a process is asked to end: Ctrl-C, a service manager, and a window that is closed."""

from __future__ import annotations

import contextlib
import ctypes
import signal
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""A terminal that closes sends SIGHUP; Windows has no such signal, and SIGBREAK for Ctrl-Break."""
_CLOSING = {2, 5, 6}
"""The window closes, the user logs off, Windows shuts down:
https://learn.microsoft.com/windows/console/handlerroutine"""
_PATIENCE = 20.0
"""Seconds for a shutdown; Windows itself waits 5 for one whose window was closed, and then ends it."""


@contextlib.contextmanager
def calling_when_asked_to_stop(stop: Callable[[], object]) -> Generator[None]:
    """Have ``stop`` called, from any thread, whenever the process is asked to end; for the main thread.

    ``loop.add_signal_handler`` would do on Unix alone; this holds on every system.
    """
    numbers = [number for name in _SIGNALS if (number := getattr(signal, name, None)) is not None]
    # nohup ignores SIGHUP, and so do we then.
    numbers = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, lambda _number, _frame: stop()) for number in numbers}
    try:
        with _holding_the_window_open(stop):
            yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _holding_the_window_open(stop: Callable[[], object]) -> Generator[None]:
    """Keep a Windows console that is being closed from ending the process before it has stopped."""
    windows = getattr(ctypes, "WINFUNCTYPE", None)
    if windows is None:
        yield
        return
    stopped = threading.Event()

    def handle(event: int) -> bool:
        if event not in _CLOSING:
            return False
        stop()
        return stopped.wait(_PATIENCE)  # Windows ends the process when this thread returns

    routine = windows(ctypes.c_int, ctypes.c_uint)(handle)
    console = ctypes.WinDLL("kernel32").SetConsoleCtrlHandler  # type: ignore[attr-defined] - on Windows alone
    console(routine, True)
    try:
        yield
    finally:
        stopped.set()
        console(routine, False)
