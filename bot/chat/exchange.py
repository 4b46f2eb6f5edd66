"""What one person asked and the model answered, and whose are the words of others that stand in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from bot.llm.tokens import estimate

if TYPE_CHECKING:
    from collections.abc import Collection

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


class Source(NamedTuple):
    """A message without which words would not stand where they do."""

    message_id: int
    channel_id: int
    author_id: int | None
    """None: not known, so it may be anybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Words of others, to which a prompt refers."""

    sources: tuple[Source, ...]
    """The message that was read, and the one whose words it repeats: what it forwards, what it answers."""
    author_id: int | None
    """Who wrote the words; None: not known."""
    text: str
    """A Markdown quote; empty where there are only files."""
    files: tuple[File, ...] = ()

    def edited(self, message_id: int, text: str, files: Collection[str] | None) -> Quote | None:
        """Return the quote when a message reads ``text`` and has the ``files``; None: something is gone."""
        if all(source.message_id != message_id for source in self.sources):
            return self
        are_left = files is None or all(file.name in files for file in self.files)
        if not are_left or self.text.removeprefix("> ") not in text:  # a forward does not name the author
            return None
        return replace(self, text=text) if self.sources[0].message_id == message_id else self


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A prompt and its answer; ``answer`` is empty while it is being written.

    The message with which a thread begins is remembered as one without an answer, which stands in ``quotes``
    as others read it. It has the thread's id: https://discord.com/developers/docs/topics/threads
    """

    prompt_id: int
    speaker: Speaker
    prompt: str
    quotes: tuple[Quote, ...] = ()
    """What others wrote, to which the prompt refers."""
    files: tuple[File, ...] = ()
    """The speaker's own, as long as they are kept; so are those of quotes."""
    answer: str = ""
    answer_ids: tuple[int, ...] = ()
    """The messages that hold the answer, in order."""
    replied_to: int | None = None
    """The message to which the prompt replies. The exchange that it belongs to is continued; without one the
    latest exchange before, even where that is remembered later than this one."""
    read: tuple[Source, ...] = ()
    """The messages that the model may have read before it answered: its words may repeat theirs."""
    at: float

    @property
    def prompt_text(self) -> str:
        """The prompt as a model reads it, after what it refers to."""
        return "\n\n".join(filter(None, (*(quote.text for quote in self.quotes), self.prompt)))

    @property
    def all_files(self) -> tuple[File, ...]:
        """The files that others showed, then the speaker's own."""
        return (*(file for quote in self.quotes for file in quote.files), *self.files)

    @property
    def moment(self) -> tuple[float, int]:
        """What exchanges are ordered by."""
        return self.at, self.prompt_id

    @property
    def tokens(self) -> int:
        """How many the model reads of it, about."""
        return estimate(self.prompt_text) + estimate(self.answer)

    @property
    def quoted(self) -> frozenset[Source]:
        """The messages whose words stand in the quotes."""
        return frozenset(source for quote in self.quotes for source in quote.sources)

    @property
    def sources(self) -> frozenset[Source]:
        """The messages whose words stand in the prompt: its own, and those that it quotes."""
        return self.quoted | {Source(self.prompt_id, 0, self.speaker.id)}

    @property
    def message_ids(self) -> frozenset[int]:
        """The messages whose words stand in it or may be repeated by its answer."""
        return frozenset(source.message_id for source in (*self.sources, *self.read))

    def may_have_words_of(self, user_id: int) -> bool:
        """Tell whether somebody's words may stand in it, or be repeated by its answer."""
        return any(source.author_id in {user_id, None} for source in (*self.sources, *self.read))

    def with_edited_quotes(
        self, message_id: int, text: str, files: Collection[str] | None
    ) -> Exchange | None:
        """Return the exchange with its quotes edited; see `Quote.edited`."""
        quotes = [quote.edited(message_id, text, files) for quote in self.quotes]
        kept = tuple(quote for quote in quotes if quote is not None)
        return replace(self, quotes=kept) if len(kept) == len(quotes) else None

    def without_files(self) -> Exchange:
        """Return the exchange without any files."""
        return replace(self, quotes=tuple(replace(quote, files=()) for quote in self.quotes), files=())
