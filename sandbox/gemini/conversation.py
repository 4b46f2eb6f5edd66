"""What a request says, free of protocol: turns of text and attachments."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Language = Literal["ja", "en"]

_SPEAKER = re.compile(r"(?P<speaker>[^:\n]{1,64}): (?P<text>.*)", re.DOTALL)
_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uff66-\uff9f]")


@dataclass(frozen=True, slots=True)
class Attachment:
    """An inline file: its MIME type and its size in bytes."""

    mime_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Turn:
    """One content of a request; ``role`` is ``user`` or ``model``."""

    role: str
    text: str
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    """Every turn in order; the last user turn with text is the prompt."""

    turns: tuple[Turn, ...]

    @property
    def prompt(self) -> str:
        """Return the text to answer: the last thing that the user wrote."""
        return next((turn.text for turn in reversed(self.turns) if turn.role == "user" and turn.text), "")

    @property
    def text(self) -> str:
        """Return the prompt without the speaker's name, with which bots begin turns in shared places."""
        return split_speaker(self.prompt)[1]

    @property
    def earlier_texts(self) -> tuple[str, ...]:
        """Return what the prompt's speaker wrote before it, oldest first."""
        speaker = split_speaker(self.prompt)[0]
        texts = [turn.text for turn in self.turns if turn.role == "user" and turn.text][:-1]
        return tuple(text for who, text in map(split_speaker, texts) if who == speaker)

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """Return the attachments of the last turn."""
        return self.turns[-1].attachments if self.turns else ()

    @property
    def language(self) -> Language:
        """Return the prompt's language by its script."""
        return language_of(self.text)


def split_speaker(text: str) -> tuple[str, str]:
    """Return the name before ``": "`` and the text after it; ``""`` and the whole text without a name."""
    match = _SPEAKER.fullmatch(text)
    return (match["speaker"], match["text"]) if match else ("", text)


def language_of(text: str) -> Language:
    """Return ``ja`` for text with kana or kanji, otherwise ``en``."""
    return "ja" if _JAPANESE.search(text) else "en"


def count_tokens(text: str) -> int:
    """Return about how many tokens Gemini counts: one for 4 Latin letters or 1.5 kana or kanji."""
    wide = sum(ord(character) > 0x2E7F for character in text)  # noqa: PLR2004 - where CJK begins
    narrow = len(text) - wide
    return -(-narrow // 4) + -(-wide * 2 // 3)
