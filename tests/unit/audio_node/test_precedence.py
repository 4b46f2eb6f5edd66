from __future__ import annotations

import threading

import pytest

from audio_node import precedence
from audio_node.precedence import sending, working


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precedence, "_LONGEST_ROUND", 30)


def test_work_waits_for_the_packets_that_are_due() -> None:
    began = threading.Event()

    def work() -> None:
        with working():
            began.set()

    with sending():
        thread = threading.Thread(target=work)
        thread.start()
        assert not began.wait(0.01)
    assert began.wait(30)
    thread.join()


def test_packets_wait_for_no_work() -> None:
    with working(), sending():
        pass


def test_a_round_that_never_ends_stops_no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precedence, "_LONGEST_ROUND", 0)
    with sending(), working():
        pass


def test_work_goes_on_after_a_round_that_broke() -> None:
    with pytest.raises(ZeroDivisionError), sending():
        raise ZeroDivisionError
    with working():
        pass
