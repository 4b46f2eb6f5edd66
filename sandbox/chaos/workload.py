"""What the process under test records: every table, odd texts, and rows that no database takes."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.supabase_client import SupabaseClient
from bot.telemetry.host_metrics import HostMetrics, HostSample, Traffic

if TYPE_CHECKING:
    import random

    from bot.telemetry.samples import TelemetrySource
    from sandbox.chaos.journal import Journal

log = logging.getLogger("chaos")

POISON_SHARE = 0.003
TOO_MANY_TOKENS = 2**40
"""More than the column's 32 bits: SQLSTATE 22003."""
TEXTS = (
    "こんにちは、元気ですか？",
    "What is the tallest mountain of Japan?",
    "nul \0 and lone \ud83d surrogate \udc00",
    '"quotes" \\ backslash \u2028 line separator',
    "絵文字 🎵🗻 と 👩‍👩‍👧",
    "",
)


class RandomMetrics(HostMetrics):
    """Figures from rng instead of the host's; now and then a negative one, which a constraint refuses."""

    def __init__(self, rng: random.Random) -> None:
        super().__init__()
        self._rng = rng

    def sample(self) -> HostSample:
        """Return figures of a host that is never at rest."""
        rng = self._rng
        return HostSample(
            rng.uniform(0, 100), rng.uniform(0, 100), rng.uniform(50, 200), rng.uniform(50, 200), 1
        )

    def traffic(self) -> Traffic | None:
        """Return some traffic, or SQLSTATE 23514 in the making."""
        sent = -1 if self._rng.random() < POISON_SHARE else self._rng.randrange(10**7)
        return Traffic(sent, self._rng.randrange(10**8), 10.0)


class JournaledClient(SupabaseClient):
    """Telemetry as the bot has it, with a journal beside it and figures that differ from row to row."""

    def __init__(self, bot: TelemetrySource, journal: Journal, rng: random.Random) -> None:
        super().__init__(bot)
        self._rng = rng
        self._sampler.metrics = RandomMetrics(rng)
        if self._outbox is not None:
            self._outbox.record = journal.wrap(self._outbox.record)

    async def record_something(self) -> None:
        """Record one event of some table."""
        rng = self._rng
        kind = rng.random()
        if kind < 0.35:  # noqa: PLR2004 - shares of the tables
            await self._converse()
        elif kind < 0.45:  # noqa: PLR2004
            await self.save_gemini_usage(
                guild_id=rng.choice((None, rng.randrange(10**18))),
                user_id=rng.randrange(10**18),
                model=rng.choice(TEXTS),
                prompt_tokens=rng.randrange(10**6),
                answer_tokens=rng.randrange(10**4),
                total_tokens=rng.randrange(2**53),
            )
        elif kind < 0.65:  # noqa: PLR2004
            await self.save_music_log(
                guild_id=rng.randrange(10**18),
                song_title=rng.choice(TEXTS),
                requested_by=rng.choice(TEXTS),
                requested_by_id=rng.randrange(10**18),
            )
        elif kind < 0.83:  # noqa: PLR2004
            await self._send_network_stats()
        elif kind < 0.98:  # noqa: PLR2004
            await self._send_system_stats()
        else:
            log.warning("%s %s", rng.random(), rng.choice(TEXTS))

    async def _converse(self) -> None:
        rng = self._rng
        poisonous = rng.random() < POISON_SHARE
        await self.save_conversation_log(
            user_id=rng.randrange(10**18),
            user_name=rng.choice(TEXTS),
            prompt=f"{rng.random()} {rng.choice(TEXTS)}",
            response=rng.choice(TEXTS) * rng.choice((1, 3, 60)),
            model="chaos",
            prompt_tokens=TOO_MANY_TOKENS if poisonous else rng.randrange(1000),
            response_tokens=None,
        )
