"""When to try again, and when to say something about it."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

from bot.backoff import full_jitter
from bot.log_setup import unrecorded_logger
from bot.telemetry.postgrest_errors import BAD_KEY, Remedy
from bot.texts import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.telemetry.postgrest_errors import TelemetryError

log = unrecorded_logger(__name__)

FIRST_DELAY = 1.0
MAX_DELAY = 60.0
MAX_PROBE_DELAY = 15.0
"""Someone may be mending the setup right now and want to see it work."""


class CircuitBreaker:
    """Open after a failure, for a while; logs one line when it opens, changes its reason, and closes again.

    Closed: rows pass. Open: they wait for `wait` seconds. Half-open: one row tries whether somebody has
    mended the setup. https://martinfowler.com/bliki/CircuitBreaker.html

    Full jitter (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/): a random delay
    below a bound that doubles from 1 s to 60 s, and never below what Retry-After asked for.

    ``told`` holds the cures that were said, by this breaker and those that share it: each is said once, until
    rows pass again.
    """

    def __init__(
        self,
        name: str,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        rng: random.Random | None = None,
        told: set[Text] | None = None,
    ) -> None:
        self._told = set[Text]() if told is None else told
        self._name = name
        self._monotonic = monotonic
        self._rng = rng or random.SystemRandom()
        self._failures = 0
        self._retry_at = 0.0
        self._open_since = 0.0
        self.failure: TelemetryError | None = None
        """Why rows do not pass; None while they do."""

    @property
    def wait(self) -> float:
        """Seconds until the next attempt; 0 if it may be made now."""
        return max(self._retry_at - self._monotonic(), 0.0)

    @property
    def is_half_open(self) -> bool:
        """Whether the next attempt only tests if somebody has mended the setup."""
        return self.failure is not None and self.failure.treatment.remedy is Remedy.HOLD

    def record_failure(self, error: TelemetryError) -> None:
        """Note a failed attempt and wait."""
        now = self._monotonic()
        if self.failure is None:
            self._open_since = now
        if self.failure is None or self.failure.code != error.code:
            self._announce(error)
        self.failure = error
        limit = MAX_PROBE_DELAY if self.is_half_open else MAX_DELAY
        delay = full_jitter(self._failures, first=FIRST_DELAY, most=limit, rng=self._rng)
        self._failures += 1
        self._retry_at = now + max(delay, error.retry_after)

    def record_success(self) -> None:
        """Note a successful attempt."""
        if self.failure is not None:
            log.info(
                "✅ %s: telemetry passes again after %.0f s", self._name, self._monotonic() - self._open_since
            )
            if self.failure.treatment.cure:
                self._told.discard(self.failure.treatment.cure)
        self.failure = None
        self._failures = 0
        self._retry_at = 0.0

    def retry_now(self) -> None:
        """Allow the next attempt at once."""
        self._retry_at = 0.0

    def _announce(self, error: TelemetryError) -> None:
        cure = error.treatment.cure
        if error.code == BAD_KEY:
            return  # the start-up check has said it
        if error.treatment.remedy is Remedy.HOLD:
            log.error("❌ %s: telemetry is held back until this is mended: %s", self._name, error)
        else:
            log.warning("%s: telemetry waits on disk and will be sent later: %s", self._name, error)
        if cure and cure not in self._told:
            log.error("   → %s", cure)
            self._told.add(cure)
