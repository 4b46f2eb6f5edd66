"""Conversations, by reply chain and channel, trimmed to what a model is given.

Pure: no Discord, no Gemini. Ids are Discord's; times are seconds on any one clock.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from bot.llm.tokens import CONVERSATION_LIMIT, OUTPUT_LIMIT, estimate, tail
from bot.llm.turns import Turn
from bot.units import MEBIBYTE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from bot.llm.turns import File


class Place(NamedTuple):
    """A conversation's channel; what is said in one place is never known in another."""

    channel_id: int
    """A channel, thread or direct message."""
    user_id: int | None = None
    """The one person who sees it, in an ephemeral conversation inside a channel."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """A person, by the name that the others in the place see."""

    id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A prompt and its answer; ``answer`` is empty while it is being written.

    The message with which a thread begins is remembered as one without an answer, which stands in ``quote``
    as others read it. It has the thread's id: https://discord.com/developers/docs/topics/threads
    """

    prompt_id: int
    speaker: Speaker
    prompt: str
    quote: str = ""
    """What others wrote, to which the prompt refers."""
    files: tuple[File, ...] = ()
    """The files that came with the prompt, as long as they are kept."""
    answer: str = ""
    answer_ids: tuple[int, ...] = ()
    """The messages that hold the answer, in order."""
    replied_to: int | None = None
    """The message to which the prompt replies. The exchange that it belongs to is continued; without one the
    latest exchange before, even where that is remembered later than this one."""
    at: float

    @property
    def prompt_text(self) -> str:
        """The prompt as a model reads it, after what it refers to."""
        return "\n\n".join(part for part in (self.quote, self.prompt) if part)


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
    file_bytes: int = 18 * MEBIBYTE
    """Of the files given to the model; the newest go first."""
    kept_file_bytes: int = 128 * MEBIBYTE
    """Of all files kept; the oldest go first."""


@dataclass(slots=True)
class _PlaceMemory:
    """The exchanges of one place."""

    exchanges: dict[int, Exchange] = field(default_factory=dict[int, Exchange])
    prompt_of: dict[int, int] = field(default_factory=dict[int, int])
    """The ``prompt_id`` for every message id, the prompt's own included."""

    @property
    def answered(self) -> Iterable[Exchange]:
        """Every exchange but a thread's beginning."""
        return (each for each in self.exchanges.values() if each.answer)

    def previous(self, exchange: Exchange, *, idle: float) -> Exchange | None:
        """Return the exchange that this one continues, if it is known."""
        if exchange.replied_to is not None:
            replied = self.exchanges.get(self.prompt_of.get(exchange.replied_to, -1))
            return replied if replied and replied.answer else None
        earlier = (each for each in self.answered if _moment(each) < _moment(exchange))
        latest = max(earlier, key=_moment, default=None)
        return latest if latest and exchange.at - latest.at <= idle else None

    def drop(self, prompt_id: int) -> None:
        exchange = self.exchanges.pop(prompt_id)
        for message_id in (prompt_id, *exchange.answer_ids):
            self.prompt_of.pop(message_id, None)


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

    def knows(self, place: Place, message_id: int) -> bool:
        """Tell whether the message is part of a remembered exchange."""
        here = self._places.get(place)
        return here is not None and message_id in here.prompt_of

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
        """Add an answered exchange, or put it in the place of the one with its ``prompt_id``."""
        here = self._places.setdefault(place, _PlaceMemory())
        self._places.move_to_end(place)
        if exchange.prompt_id in here.exchanges:
            self._drop(place, exchange.prompt_id)
        here.exchanges[exchange.prompt_id] = exchange
        for message_id in (exchange.prompt_id, *exchange.answer_ids):
            here.prompt_of[message_id] = exchange.prompt_id
        if exchange.files:
            self._file_sizes[place, exchange.prompt_id] = sum(len(file.data) for file in exchange.files)
            self._drop_oldest_files()
        while len(here.exchanges) > self._bounds.exchanges:
            unanswered = next(iter(here.exchanges.values()))
            self._drop(place, min(here.answered, key=_moment, default=unanswered).prompt_id)
        while len(self._places) > self._bounds.places:
            self.forget_place(next(iter(self._places)))

    def _drop(self, place: Place, prompt_id: int) -> None:
        self._places[place].drop(prompt_id)
        self._file_sizes.pop((place, prompt_id), None)

    def _drop_oldest_files(self) -> None:
        while sum(self._file_sizes.values()) > self._bounds.kept_file_bytes:
            (place, prompt_id), _size = self._file_sizes.popitem(last=False)
            here = self._places.get(place)
            if here is not None and prompt_id in here.exchanges:
                here.exchanges[prompt_id] = replace(here.exchanges[prompt_id], files=())

    def edit(self, place: Place, message_id: int, prompt: str, *, removed: Collection[str] = ()) -> None:
        """Change a remembered prompt, without the files of the names ``removed``.

        Messages that are not prompts are left alone. The beginning of a thread is to be read again.
        """
        self._forget_beginning(message_id)
        here = self._places.get(place)
        if here is not None and message_id in here.exchanges:
            exchange = here.exchanges[message_id]
            files = tuple(file for file in exchange.files if file.name not in removed)
            here.exchanges[message_id] = replace(exchange, prompt=prompt, files=files)
            if files != exchange.files:
                self._file_sizes[place, message_id] = sum(len(file.data) for file in files)

    def forget(self, place: Place, message_id: int) -> None:
        """Forget the exchange whose prompt this message is; a chain of replies through it ends there."""
        self._forget_beginning(message_id)
        here = self._places.get(place)
        if here is not None and message_id in here.exchanges:
            self._drop(place, message_id)

    def _forget_beginning(self, message_id: int) -> None:
        thread = Place(message_id)
        here = self._places.get(thread)
        if here and message_id in here.exchanges and not here.exchanges[message_id].answer:
            self._drop(thread, message_id)

    def forget_place(self, place: Place) -> None:
        """Forget everything that was said in ``place``."""
        for prompt_id in self._places.pop(place, _PlaceMemory()).exchanges:
            self._file_sizes.pop((place, prompt_id), None)

    def prompts_of(self, user_id: int) -> list[str]:
        """Return every remembered prompt of a person."""
        exchanges = (exchange for here in self._places.values() for exchange in here.exchanges.values())
        return [exchange.prompt or exchange.quote for exchange in exchanges if exchange.speaker.id == user_id]

    def forget_speaker(self, user_id: int) -> None:
        """Forget every exchange of a person."""
        for place, here in self._places.items():
            for prompt_id, exchange in list(here.exchanges.items()):
                if exchange.speaker.id == user_id:
                    self._drop(place, prompt_id)

    def turns(self, place: Place, prompt: Exchange, *, shared: bool) -> tuple[Turn, ...]:
        """Return the conversation for the model: what ``prompt`` continues, then ``prompt`` itself.

        A thread's beginning comes before that, however long ago it was. Begins and ends with a user turn; in
        a ``shared`` place each of them begins with the speaker's name.
        """
        bounds, here = self._bounds, self._places.get(place, _PlaceMemory())
        thread = self._places.get(Place(place.channel_id), here)  # everybody in it reads how it begins
        room, beginning = bounds.tokens - _size(prompt), thread.exchanges.get(place.channel_id)
        if beginning is not None:
            beginning = _end_of(beginning, bounds.tokens // 4)
            room -= _size(beginning)
        chain = self._chain(here, prompt, max(room, bounds.tail))
        if beginning is not None and all(each.prompt_id != beginning.prompt_id for each in chain):
            chain[-1:] = _after(beginning, chain[-1])
        files = _newest_files(chain, bounds.file_bytes)
        return tuple(_turns(reversed(chain), files, _labels(chain) if shared else {}))

    def _chain(self, here: _PlaceMemory, prompt: Exchange, room: int) -> list[Exchange]:
        """Return ``prompt`` and what it continues, newest first: what fits into ``room`` tokens."""
        bounds, chain = self._bounds, [prompt]
        while 2 * len(chain) + 1 <= bounds.turns:
            exchange = here.previous(chain[-1], idle=bounds.idle)
            if exchange is None or exchange in chain:
                break
            if _size(exchange) > room:
                if room >= bounds.tail:
                    chain.append(_end_of(exchange, room))
                break
            chain.append(exchange)
            room -= _size(exchange)
        return chain


def _moment(exchange: Exchange) -> tuple[float, int]:
    return exchange.at, exchange.prompt_id


def _size(exchange: Exchange) -> int:
    return estimate(exchange.prompt_text) + estimate(exchange.answer)


def _end_of(exchange: Exchange, room: int) -> Exchange:
    """Return the end of an exchange in ``room`` tokens, up to a quarter of them for its prompt."""
    prompt = tail(exchange.prompt_text, max(room // 4, room - estimate(exchange.answer)))
    return replace(exchange, quote="", prompt=prompt, answer=tail(exchange.answer, room - estimate(prompt)))


def _after(beginning: Exchange, oldest: Exchange) -> list[Exchange]:
    """Return the end of a chain (newest first) with a thread's beginning before its oldest exchange."""
    if beginning.answer:
        return [oldest, beginning]
    quoted = "\n\n".join(part for part in (beginning.prompt_text, oldest.quote) if part)
    return [replace(oldest, quote=quoted, files=(*beginning.files, *oldest.files))]


def _newest_files(newest_first: Iterable[Exchange], limit: int) -> dict[int, tuple[File, ...]]:
    """Return the files to give to the model, by ``prompt_id``: the newest that fit.

    Of one exchange the last are the newest: they are the speaker's own.
    """
    chosen: dict[int, tuple[File, ...]] = {}
    for exchange in newest_first:
        for file in reversed(exchange.files):
            limit -= len(file.data)
            if limit < 0:
                return chosen
            chosen[exchange.prompt_id] = (file, *chosen.get(exchange.prompt_id, ()))
    return chosen


def _turns(
    chain: Iterable[Exchange], files: Mapping[int, tuple[File, ...]], labels: Mapping[int, str]
) -> Iterable[Turn]:
    for exchange in chain:
        label = labels.get(exchange.speaker.id)
        prompt = f"{label}: {exchange.prompt_text}" if label else exchange.prompt_text
        yield Turn("user", prompt, files.get(exchange.prompt_id, ()))
        if exchange.answer:
            yield Turn("model", exchange.answer)


def _labels(chain: Sequence[Exchange]) -> dict[int, str]:
    """Return a one-line name by each speaker's id; people of the same name get the end of their id too."""
    names = {exchange.speaker.id: " ".join(exchange.speaker.name.split()) for exchange in chain}
    holders = Counter(names.values())
    return {id_: name if holders[name] == 1 else f"{name} ({id_ % 10_000:04})" for id_, name in names.items()}
