"""What is not to be read again, though it may still stand in Discord: deleted, erased, before a reset."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.chat.exchange import Quote, Source

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.chat.exchange import Exchange, Place
    from bot.storage.state import State

NOTED = 20_000
"""Ids kept of messages, and of channels; of older ones Discord tells that they are gone, or whose it was."""
MOST = 10_000
"""Channels, threads and people that are known one by one."""
_CHANNEL, _THREAD, _PERSON = "chat.begin.", "chat.withheld.", "chat.forgotten."
_EVERYBODY = "chat.skipped"
_GONE = Quote(sources=(), author_id=None, text="> [deleted message]")


class Forgotten:
    """Knows what was to be forgotten; of people and channels also after a restart.

    Where too many of those are known, the earlier ones are dropped, and nothing of anybody is read any more
    from before the latest of them: what was forgotten never comes back. Discord's ids are in order of time.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._messages: OrderedDict[int, None] = OrderedDict()
        self._channels: OrderedDict[int, None] = OrderedDict()

    def note_messages(self, message_ids: Iterable[int]) -> None:
        """Note messages that were deleted, or that may repeat what was."""
        _note(self._messages, message_ids)

    def note_channel(self, channel_id: int) -> None:
        """Note a channel that was deleted."""
        _note(self._channels, [channel_id])

    async def skip_person_until(self, user_id: int, snowflake: int) -> None:
        """Note that nothing is to be read that a person said until the moment of ``snowflake``."""
        await self._put(_PERSON, user_id, snowflake)

    async def skip_channel_until(self, channel_id: int, snowflake: int) -> None:
        """Note that no conversation is to be loaded that was held in a channel until then."""
        await self._put(_CHANNEL, channel_id, snowflake)

    async def withhold_thread_until(self, thread_id: int, snowflake: int) -> None:
        """Note that what was answered in a thread until then may repeat how it began, which was forgotten."""
        await self._put(_THREAD, thread_id, max(snowflake, self._limit(f"{_THREAD}{thread_id}")))

    async def drop_channel(self, channel_id: int) -> None:
        """Drop what is known of a channel, as it is gone."""
        await self._state.delete(f"{_CHANNEL}{channel_id}", f"{_THREAD}{channel_id}")

    def until(self, user_id: int | None) -> int:
        """Return the snowflake until which nothing is read of a person; None: of any of them."""
        keys = self._state.keys(_PERSON) if user_id is None else [f"{_PERSON}{user_id}"]
        return self._until(*keys)

    def is_skipped(self, place: Place, message_id: int) -> bool:
        """Tell whether a conversation of a channel is not to be loaded."""
        return message_id <= self._until(f"{_CHANNEL}{place.channel_id}")

    def is_withheld(self, place: Place, exchange: Exchange) -> bool:
        """Tell whether an exchange of a channel's history has forgotten words, or may repeat some."""
        return (
            exchange.prompt_id <= self._until(f"{_THREAD}{place.channel_id}")
            or self.has_words_of(exchange, may_be_anybodys=True)
            or not self._messages.keys().isdisjoint(exchange.answer_ids)
        )

    def has_words_of(self, exchange: Exchange, *, may_be_anybodys: bool = False) -> bool:
        """Tell whether forgotten words stand in an exchange.

        ``may_be_anybodys``: whether words of nobody knows whom count as those of whoever was forgotten last.
        """
        asked = Source(exchange.prompt_id, 0, exchange.speaker.id)
        return any(self._has(source, may_be_anybodys=may_be_anybodys) for source in (asked, *exchange.quoted))

    def has_quotes_of(self, exchange: Exchange) -> bool:
        """Tell whether forgotten words are quoted in an exchange."""
        return any(map(self._has, exchange.quoted))

    def left_of(self, exchange: Exchange) -> Exchange:
        """Return an exchange with a note in the place of each quote that is to be forgotten."""
        quotes = (
            _GONE if any(self._has(source) for source in quote.sources) else quote
            for quote in exchange.quotes
        )
        return replace(exchange, quotes=tuple(quotes))

    def _has(self, source: Source, *, may_be_anybodys: bool = False) -> bool:
        if source.message_id in self._messages or source.channel_id in self._channels:
            return True
        is_known = source.author_id is not None or may_be_anybodys
        return is_known and source.message_id <= self.until(source.author_id)

    def _until(self, *keys: str) -> int:
        return max(map(self._limit, (*keys, _EVERYBODY)))

    async def _put(self, kind: str, id_: int, until: int) -> None:
        await self._state.put(f"{kind}{id_}", until)
        known = self._state.keys(kind)
        if len(known) > MOST:
            dropped = sorted(known, key=self._limit)[: len(known) - MOST // 2]
            await self._state.put(_EVERYBODY, self._until(*dropped))
            await self._state.delete(*dropped)

    def _limit(self, key: str) -> int:
        saved = self._state.get(key)
        return saved if isinstance(saved, int) else 0


def _note(noted: OrderedDict[int, None], ids: Iterable[int]) -> None:
    noted.update(dict.fromkeys(ids))
    while len(noted) > NOTED:
        noted.popitem(last=False)
