"""Conversations, by reply chain and channel, trimmed to what a model is given.

Pure: no Discord, no Gemini. Ids are Discord's; times are seconds on any one clock.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.chat.conversation import after_beginning, end_of, turns_of
from bot.chat.exchange import Exchange, Place
from bot.llm.tokens import CONVERSATION_LIMIT, OUTPUT_LIMIT
from bot.units import MEBIBYTE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from bot.llm.turns import Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Limits of what is remembered."""

    turns: int = 40
    """Messages given to the model, the new prompt included."""
    tokens: int = CONVERSATION_LIMIT
    """Tokens given to the model; the new prompt is always given whole."""
    tail: int = OUTPUT_LIMIT // 4
    """Tokens that the newest exchange always has, and without which another is not given in part."""
    idle: float = 30 * 60.0
    """Seconds of silence after which a message that replies to nothing begins a new conversation."""
    exchanges: int = 200
    """Exchanges kept per place; the oldest go first."""
    places: int = 1_000
    """Places kept; the one unused for longest goes first."""
    characters: int = 1_500_000
    """Of all exchanges kept, two bytes each in Japanese; the place unused for longest goes first."""
    file_bytes: int = 18 * MEBIBYTE
    """Of the files given to the model; the newest go first."""
    kept_file_bytes: int = 18 * MEBIBYTE
    """Of all files kept; the oldest go first."""


@dataclass(slots=True)
class _PlaceMemory:
    """The exchanges of one place."""

    exchanges: dict[int, Exchange] = field(default_factory=dict[int, Exchange])
    prompt_of: dict[int, int] = field(default_factory=dict[int, int])
    """The ``prompt_id`` for every message id, the prompt's own included."""
    characters: int = 0
    """Of all exchanges, about: edits and what was forgotten count from the next exchange on."""

    @property
    def answered(self) -> Iterable[Exchange]:
        """Every exchange but a thread's beginning."""
        return (each for each in self.exchanges.values() if each.answer)

    def previous(self, exchange: Exchange, *, idle: float) -> Exchange | None:
        """Return the exchange that this one continues, if it is known."""
        if exchange.replied_to is not None:
            replied = self.exchanges.get(self.prompt_of.get(exchange.replied_to, -1))
            return replied if replied and replied.answer else None
        earlier = (each for each in self.answered if each.moment < exchange.moment)
        latest = max(earlier, key=_moment, default=None)
        return latest if latest and exchange.at - latest.at <= idle else None

    def drop(self, prompt_id: int) -> Exchange:
        exchange = self.exchanges.pop(prompt_id)
        for message_id in (prompt_id, *exchange.answer_ids):
            self.prompt_of.pop(message_id, None)
        return exchange


class Memory:
    """Remembers exchanges and finds the conversation that a new prompt continues.

    A conversation is the reply chain. A prompt that replies to nothing continues the place's latest exchange,
    unless that is too long ago. So conversations branch and never mix.
    """

    def __init__(self, bounds: Bounds | None = None) -> None:
        self._bounds = bounds or Bounds()
        self._places: OrderedDict[Place, _PlaceMemory] = OrderedDict()
        self._file_sizes: OrderedDict[tuple[Place, int], int] = OrderedDict()
        """Bytes of the files kept, by the place and ``prompt_id`` of their exchange."""
        self._standing: dict[int, set[tuple[Place, int]]] = {}
        """The place and ``prompt_id`` of the exchanges that have, or may repeat, the words of a message."""

    def knows(self, place: Place, message_id: int) -> bool:
        """Tell whether the message is part of a remembered exchange."""
        here = self._places.get(place)
        return here is not None and message_id in here.prompt_of

    def has_words_of(self, message_id: int) -> bool:
        """Tell whether words of a message stand, or may be repeated, in a remembered exchange, wherever."""
        return message_id in self._standing

    def has_place(self, place: Place) -> bool:
        """Tell whether anything is remembered of a place, and was not dropped for others."""
        return place in self._places

    def speaker_of(self, place: Place, message_id: int) -> int | None:
        """Return who began the remembered exchange of which the message is part; None: it is not known."""
        here = self._places.get(place)
        prompt_id = here.prompt_of.get(message_id) if here is not None else None
        exchange = here.exchanges.get(prompt_id) if here is not None and prompt_id is not None else None
        return exchange.speaker.id if exchange is not None else None

    def has_answer(self, place: Place, prompt_id: int) -> bool:
        """Tell whether the message is a remembered prompt, and more than the beginning of a thread."""
        here = self._places.get(place)
        return here is not None and prompt_id in here.exchanges and bool(here.exchanges[prompt_id].answer)

    def remember(self, place: Place, exchange: Exchange) -> None:
        """Add an answered exchange, or put it in the place of the one with its ``prompt_id``.

        One that was answered after reading what has been forgotten meanwhile is not remembered.
        """
        here, beginning = self._places.get(place, _PlaceMemory()), self._beginning(place)
        exchanges = (*here.exchanges.values(), *([beginning] if beginning else []))
        if not {source for each in exchanges for source in each.sources}.issuperset(exchange.read):
            return
        self._places[place] = here
        self._places.move_to_end(place)
        if exchange.prompt_id in here.exchanges:
            self._drop(place, exchange.prompt_id)
        for message_id in (exchange.prompt_id, *exchange.answer_ids):
            here.prompt_of[message_id] = exchange.prompt_id
        self._put(place, exchange)
        if exchange.all_files:
            self._drop_oldest_files()
        while len(here.exchanges) > self._bounds.exchanges:
            unanswered = next(iter(here.exchanges.values()))
            self._drop(place, min(here.answered, key=_moment, default=unanswered).prompt_id)
        here.characters = sum(len(each.prompt_text) + len(each.answer) for each in here.exchanges.values())
        while len(self._places) > self._bounds.places or self._has_too_much_text():
            self.forget_place(next(iter(self._places)))

    def _put(self, place: Place, exchange: Exchange) -> None:
        """Put an exchange where none is, or in the place of one that says the same messages' words."""
        self._places[place].exchanges[exchange.prompt_id] = exchange
        for message_id in exchange.message_ids:
            self._standing.setdefault(message_id, set()).add((place, exchange.prompt_id))
        if files := exchange.all_files:
            self._file_sizes[place, exchange.prompt_id] = sum(len(file.data) for file in files)
        else:
            self._file_sizes.pop((place, exchange.prompt_id), None)

    def _has_too_much_text(self) -> bool:
        characters = sum(here.characters for here in self._places.values())
        return len(self._places) > 1 and characters > self._bounds.characters

    def _drop(self, place: Place, prompt_id: int) -> None:
        exchange = self._places[place].drop(prompt_id)
        self._file_sizes.pop((place, prompt_id), None)
        for message_id in exchange.message_ids:
            self._standing[message_id].discard((place, prompt_id))
            if not self._standing[message_id]:
                del self._standing[message_id]

    def _drop_oldest_files(self) -> None:
        while sum(self._file_sizes.values()) > self._bounds.kept_file_bytes:
            (place, prompt_id), _size = self._file_sizes.popitem(last=False)
            here = self._places.get(place)
            if here is not None and prompt_id in here.exchanges:
                here.exchanges[prompt_id] = here.exchanges[prompt_id].without_files()

    def edit(
        self, message_id: int, prompt: str, *, quoted: str = "", files: Collection[str] | None = None
    ) -> frozenset[int]:
        """Change the words of a message wherever they stand; of its files only the names ``files`` are left.

        A prompt is changed. The beginning of a thread is to be read again. A quote reads ``quoted`` where
        words were added; where something was taken out, the exchange that quotes it is forgotten, as its
        answer may repeat that. Returns what `forget` does.
        """
        gone, channels = set[int](), set[int]()
        for place, prompt_id in list(self._standing.get(message_id, ())):
            exchange = self._places[place].exchanges[prompt_id]
            if prompt_id == message_id and not exchange.answer:
                self._drop(place, prompt_id)
            elif prompt_id == message_id:
                kept = tuple(file for file in exchange.files if files is None or file.name in files)
                self._put(place, replace(exchange, prompt=prompt, files=kept))
            elif (edited := exchange.with_edited_quotes(message_id, quoted, files)) is not None:
                self._put(place, edited)
            else:
                gone.add(prompt_id)
                channels.add(place.channel_id)
        return self._forget(lambda each: each.prompt_id in gone, channels)

    def forget(self, message_id: int) -> frozenset[int]:
        """Forget the exchanges in which words of a message stand; a chain of replies through one ends there.

        That goes with whatever was answered after reading it. Returns the ids of the messages that held the
        answers: they may repeat the words.
        """
        channels = {place.channel_id for place, _prompt_id in self._standing.get(message_id, ())}
        return self._forget(lambda each: message_id in each.message_ids, channels)

    def forget_with_readers(self, place: Place, prompt_ids: Collection[int]) -> frozenset[int]:
        """Forget exchanges, and what was answered after reading them. Returns what `forget` does."""
        return self._forget(lambda each: each.prompt_id in prompt_ids, {place.channel_id})

    def forget_speaker(self, user_id: int) -> frozenset[int]:
        """Forget a person's words wherever they stand, also where only it is not known whose they are.

        That goes with whatever was answered after reading them. Returns what `forget` does.
        """
        return self._forget_everywhere(lambda each: each.may_have_words_of(user_id))

    def forget_channel(self, channel_id: int) -> frozenset[int]:
        """Forget what was said in a channel, in private too, and where it is quoted elsewhere.

        Returns what `forget` does.
        """
        for place in [place for place in self._places if place.channel_id == channel_id]:
            self.forget_place(place)
        return self._forget_everywhere(
            lambda each: any(source.channel_id == channel_id for source in (*each.quoted, *each.read))
        )

    def _forget_everywhere(self, is_meant: Callable[[Exchange], bool]) -> frozenset[int]:
        found = (place for place, here in self._places.items() if any(map(is_meant, here.exchanges.values())))
        return self._forget(is_meant, {place.channel_id for place in found})

    def _forget(self, is_meant: Callable[[Exchange], bool], channels: Collection[int]) -> frozenset[int]:
        """Forget exchanges in channels, and what was answered after reading them; return the answers."""
        gone, answers = set[int](), set[int]()
        places = [place for place in self._places if place.channel_id in channels]
        for place in sorted(places, key=lambda place: place.user_id is not None):
            # How a thread begins is read in private, too, and whatever is read is older than what reads it.
            for exchange in sorted(self._places[place].exchanges.values(), key=_moment):
                if is_meant(exchange) or any(source.message_id in gone for source in exchange.read):
                    gone.add(exchange.prompt_id)
                    answers.update(exchange.answer_ids)
                    self._drop(place, exchange.prompt_id)
        return frozenset(answers)

    def forget_place(self, place: Place) -> None:
        """Forget everything that was said in ``place``."""
        for prompt_id in list(self._places.get(place, _PlaceMemory()).exchanges):
            self._drop(place, prompt_id)
        self._places.pop(place, None)

    def words_of(self, user_id: int) -> list[str]:
        """Return every remembered prompt of a person, and their words where others quote them."""
        exchanges = [exchange for here in self._places.values() for exchange in here.exchanges.values()]
        prompts = (each.prompt for each in exchanges if each.speaker.id == user_id and each.prompt)
        quotes = (quote for each in exchanges for quote in each.quotes)
        return [*prompts, *(quote.text for quote in quotes if quote.author_id == user_id)]

    def continued(self, place: Place, prompt: Exchange) -> Exchange:
        """Return ``prompt`` with what a model reads before it."""
        here, beginning = self._places.get(place, _PlaceMemory()), self._beginning(place)
        before = [*self._before(here, prompt), *([beginning] if beginning else [])]
        read = {source for each in before if each.prompt_id != prompt.prompt_id for source in each.sources}
        return replace(prompt, read=tuple(read))

    def turns(self, place: Place, prompt: Exchange, *, shared: bool) -> tuple[Turn, ...]:
        """Return the conversation for the model: what ``prompt`` continues, then ``prompt`` itself.

        A thread's beginning comes before that, however long ago it was. Begins and ends with a user turn; in
        a ``shared`` place each of them begins with the speaker's name.
        """
        bounds, here = self._bounds, self._places.get(place, _PlaceMemory())
        room, beginning = bounds.tokens - prompt.tokens, self._beginning(place)
        if beginning is not None:
            beginning = end_of(beginning, bounds.tokens // 4)
            room -= beginning.tokens
        chain = self._chain(here, prompt, max(room, bounds.tail))
        if beginning is not None and all(each.prompt_id != beginning.prompt_id for each in chain):
            chain[-1:] = after_beginning(beginning, chain[-1])
        return turns_of(chain, shared=shared, file_bytes=bounds.file_bytes)

    def _beginning(self, place: Place) -> Exchange | None:
        """Return the message with which a thread begins, which everybody in it reads."""
        thread = self._places.get(Place(place.channel_id))
        return thread.exchanges.get(place.channel_id) if thread else None

    def _chain(self, here: _PlaceMemory, prompt: Exchange, room: int) -> list[Exchange]:
        """Return ``prompt`` and what it continues, newest first: what fits into ``room`` tokens."""
        chain = [prompt]
        for exchange in self._before(here, prompt):
            if exchange.tokens > room:
                if room >= self._bounds.tail:
                    chain.append(end_of(exchange, room))
                break
            chain.append(exchange)
            room -= exchange.tokens
        return chain

    def _before(self, here: _PlaceMemory, prompt: Exchange) -> Iterable[Exchange]:
        """Yield what ``prompt`` continues, newest first."""
        bounds, seen = self._bounds, [prompt]
        while 2 * len(seen) + 1 <= bounds.turns:
            exchange = here.previous(seen[-1], idle=bounds.idle)
            if exchange is None or exchange in seen:
                return
            seen.append(exchange)
            yield exchange


def _moment(exchange: Exchange) -> tuple[float, int]:
    return exchange.moment
