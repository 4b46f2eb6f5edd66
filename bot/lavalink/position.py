"""Pure: where in a track the music is, between two reports of Lavalink."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

REPORT_INTERVAL_MS = 5_000
"""Lavalink's ``playerUpdateInterval``: while a node is alive, no report is older than this."""
TOLERANCE_MS = 1_000
SETTLING_MS = 1_500
"""For a second after a seek Lavalink may report the position of before, and reports take their time."""


class Anchor(NamedTuple):
    """One moment on both scales, in milliseconds: where the track was, and what Lavalink called that."""

    position: int
    reported: int


class PositionClock:
    """Estimates a position in milliseconds from the last report; does not move while paused or interrupted.

    wavelink's own ``position`` is 0 before the first report, that of the track before until the next one,
    and runs on without end while a node is silent. And Lavalink's reports count seconds that were heard, not
    seconds of the track: under a timescale filter they are wrong from the last start, seek or change of
    speed on (https://github.com/lavalink-devs/lavaplayer/issues/94).
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._anchor = Anchor(0, 0)
        self._speed = 1.0
        self._reported_ms = 0
        self._reported_at = now()
        self._running = False
        self._settled_at = now()
        """From when on reports are true, whatever they say."""
        self._offset_ms = 0
        """By how much reports may turn out to be too low; 0 once that is known."""

    @property
    def anchor(self) -> Anchor:
        """What another clock needs in order to read the same reports."""
        return self._anchor

    def set(self, position_ms: int, *, running: bool, from_zero: bool = False) -> None:
        """Begin at a position of the track, as after a start.

        ``from_zero`` says that this node may count from 0 there: the first reports tell, by what they are
        nearer to (https://github.com/lavalink-devs/lavaplayer: Ogg, before 2.2.7).
        """
        position_ms = max(0, position_ms)
        self._anchor = Anchor(position_ms, position_ms)
        self._offset_ms = position_ms if from_zero else 0
        self._settled_at = self._now() + (SETTLING_MS / 1000 if self._offset_ms else 0)
        self._set_report(position_ms, running=running)

    def seek(self, position_ms: int, *, running: bool, from_zero: bool = False) -> None:
        """Begin at another position of the track; for a while, reports of the old one are not believed."""
        self.set(position_ms, running=running, from_zero=from_zero)
        self.note_answer()

    def note_answer(self) -> None:
        """Begin to wait for true reports: Lavalink has answered the seek only now."""
        self._settled_at = self._now() + SETTLING_MS / 1000

    def adopt(self, anchor: Anchor, speed: float) -> None:
        """Read reports as the clock did that had this anchor."""
        self._anchor = anchor
        self._speed = speed
        self._offset_ms, self._settled_at = 0, self._now()
        self._set_report(anchor.reported, running=False)

    def report(self, reported_ms: int, *, running: bool) -> None:
        """Take Lavalink's report as true from now on, or before it settles only whether the track runs."""
        reported_ms, expected_ms = max(0, reported_ms), self._reported_now_ms
        if self._now() >= self._settled_at:
            self._find_zero(reported_ms, expected_ms)
        else:  # Even one that seems near may be of the old position, and so on from report to report.
            reported_ms = expected_ms
        self._set_report(reported_ms, running=running)

    def _find_zero(self, reported_ms: int, expected_ms: int) -> None:
        """Find out, by a true report, whether reports count from the last position that was set."""
        offset_ms, self._offset_ms = self._offset_ms, 0
        if abs(reported_ms - (expected_ms - offset_ms)) < abs(reported_ms - expected_ms):
            self._anchor = Anchor(self._anchor.position, self._anchor.reported - offset_ms)

    def set_speed(self, speed: float) -> None:
        """Play ``speed`` times as fast from now on."""
        reported = self._reported_now_ms
        self._anchor = Anchor(self.position_ms, reported)
        self._set_report(reported, running=self._running)
        self._speed = speed

    def stop(self) -> None:
        """Stop at the present position."""
        self._set_report(self._reported_now_ms, running=False)

    def resume(self) -> None:
        """Go on from the present position."""
        self._set_report(self._reported_now_ms, running=True)

    @property
    def position_ms(self) -> int:
        """The position now; after a silence never further than a living node would have reported."""
        since_anchor = self._reported_now_ms - self._anchor.reported
        return max(0, self._anchor.position + int(since_anchor * self._speed))

    @property
    def _reported_now_ms(self) -> int:
        """What Lavalink would report now."""
        if not self._running:
            return self._reported_ms
        elapsed_ms = int((self._now() - self._reported_at) * 1000)
        return self._reported_ms + min(elapsed_ms, REPORT_INTERVAL_MS + TOLERANCE_MS)

    def _set_report(self, reported_ms: int, *, running: bool) -> None:
        self._reported_ms = reported_ms
        self._reported_at = self._now()
        self._running = running
