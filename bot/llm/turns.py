"""A conversation as a language model reads it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["user", "model"]


@dataclass(frozen=True, slots=True)
class File:
    """A file that came with a message, in a format that a model reads."""

    name: str
    mime_type: str
    data: bytes
    """UTF-8 where it is text."""

    @property
    def is_text(self) -> bool:
        """Whether it is text rather than images or sound."""
        return self.mime_type.startswith("text/")


@dataclass(frozen=True, slots=True)
class Turn:
    """One message as a model reads it."""

    role: Role
    text: str
    files: tuple[File, ...] = ()
