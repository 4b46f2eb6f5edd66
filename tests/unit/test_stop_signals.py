from __future__ import annotations

import ctypes
import signal
import threading
from collections.abc import Callable
from unittest.mock import Mock

import pytest

from bot.stop_signals import calling_when_asked_to_stop

CLOSE, CTRL_C = 2, 0


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_every_way_of_asking_calls_it_and_leaves_the_handlers_as_they_were(name: str) -> None:
    number = getattr(signal, name)
    before = signal.getsignal(number)
    stop = Mock()

    with calling_when_asked_to_stop(stop):
        signal.raise_signal(number)
        signal.raise_signal(number)

    assert stop.call_count == 2
    assert signal.getsignal(number) is before


def test_what_nohup_ignores_stays_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    stop = Mock()
    try:
        with calling_when_asked_to_stop(stop):
            signal.raise_signal(signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
    stop.assert_not_called()


def test_a_system_without_sighup_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(signal, "SIGHUP")
    stop = Mock()

    with calling_when_asked_to_stop(stop):
        signal.raise_signal(signal.SIGINT)

    stop.assert_called_once_with()


class Console:
    """Windows' kernel32, as far as a console that is closed needs it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.routines: list[Callable[[int], bool]] = []
        monkeypatch.setattr(ctypes, "WINFUNCTYPE", lambda *_types: lambda function: function, raising=False)
        monkeypatch.setattr(ctypes, "WinDLL", lambda _name: self, raising=False)

    def SetConsoleCtrlHandler(self, routine: Callable[[int], bool], add: bool) -> None:  # noqa: N802
        (self.routines.append if add else self.routines.remove)(routine)


def test_a_window_that_is_closed_waits_until_the_bot_has_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    console, asked = Console(monkeypatch), threading.Event()

    with calling_when_asked_to_stop(asked.set):
        (routine,) = console.routines
        closing = threading.Thread(target=lambda: routine(CLOSE))
        closing.start()
        asked.wait()
        assert closing.is_alive()
    closing.join()

    assert not console.routines


def test_ctrl_c_in_a_window_is_left_to_the_signal(monkeypatch: pytest.MonkeyPatch) -> None:
    console, stop = Console(monkeypatch), Mock()

    with calling_when_asked_to_stop(stop):
        assert console.routines[0](CTRL_C) is False

    stop.assert_not_called()
