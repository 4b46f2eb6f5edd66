"""The rhythm: every 20 ms each sender has its turn, in one thread for all of them.

A thread, because an event loop runs whatever else is due first; one, because one wake-up costs less than 25.
The times are those of a fixed raster, so that delays do not add up.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from audio_node.precedence import sending

if TYPE_CHECKING:
    from collections.abc import Callable

    Turn = Callable[[], None]

logger = logging.getLogger(__name__)

INTERVAL = 0.02
_MOST_BEHIND = 0.2
"""Seconds that are caught up by turns without a pause; after a longer sleep the raster begins again."""


class Pacer:
    """Gives turns. ``clock`` and ``sleep`` are in seconds."""

    def __init__(
        self, *, clock: Callable[[], float] = time.perf_counter, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._turns: tuple[Turn, ...] = ()
        self._busy = threading.Event()
        self._lock = threading.Lock()
        self._stopped = False
        self._thread: threading.Thread | None = None

    def add(self, turn: Turn) -> None:
        """Let ``turn`` be called every 20 ms, in the pacer's thread; it must not wait."""
        with self._lock:
            self._turns = (*self._turns, turn)
            self._busy.set()
            if self._thread is None:
                self._thread = threading.Thread(target=self.run, name="pacer", daemon=True)
                self._thread.start()

    def remove(self, turn: Turn) -> None:
        """Call ``turn`` no more, after a call that may be under way."""
        with self._lock:
            self._turns = tuple(other for other in self._turns if other != turn)
            if not self._turns:
                self._busy.clear()

    def close(self) -> None:
        """End the thread, and wait for it."""
        with self._lock:
            self._stopped = True
            self._busy.set()
            thread, self._thread = self._thread, None
        if thread is not None:
            thread.join()

    def run(self) -> None:
        """Give turns until it is closed; sleeps for as long as nobody wants one."""
        due = self._clock()
        while not self._stopped:
            if not self._busy.is_set():
                self._busy.wait()
                due = self._clock()
                continue
            self._give_turns()
            due = self._next(due)

    def _next(self, due: float) -> float:
        """Sleep until the next turn; returns its time."""
        due += INTERVAL
        left = due - self._clock()
        if left > 0:
            self._sleep(left)
        elif left < -_MOST_BEHIND:
            logger.debug("Packets are %.0f ms late", -left * 1000)
            due -= left
        return due

    def _give_turns(self) -> None:
        with sending():
            for turn in self._turns:
                try:
                    turn()
                except Exception:  # one player's fault must not silence all others
                    logger.exception("A player broke and is silent from now on")
                    self.remove(turn)
