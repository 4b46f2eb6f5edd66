"""The messages of ``pgoutput``, PostgreSQL's own logical decoding plug-in, protocol version 1.

Source: https://www.postgresql.org/docs/18/protocol-logicalrep-message-formats.html
"""

from __future__ import annotations

import enum
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeAlias

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


class Unchanged(enum.Enum):
    """Stands for a large value that an update did not touch, and that the log therefore lacks."""

    UNCHANGED = enum.auto()


UNCHANGED = Unchanged.UNCHANGED
Row: TypeAlias = "tuple[str | Unchanged | None, ...]"
"""A row's values in PostgreSQL's text form, in the order of the relation's columns."""
Kind = Literal["INSERT", "UPDATE", "DELETE"]


@dataclass(frozen=True, slots=True)
class Begin:
    """A transaction, committed at ``committed_at``, starts here."""

    committed_at: datetime


@dataclass(frozen=True, slots=True)
class Relation:
    """A table; sent before its first row."""

    oid: int
    schema: str
    name: str
    columns: tuple[str, ...]
    identity: frozenset[str]
    """The columns that identify a row in the log: the primary key, unless the owner chose otherwise."""


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row; with ``only_identity``, ``old`` is NULL outside the columns of the relation's identity."""

    kind: Kind
    relation: int
    new: Row | None
    old: Row | None = None
    only_identity: bool = False


Message: TypeAlias = Begin | Relation | RowChange


class _Reader:
    """Takes one value after another from a message."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, layout: str) -> int:
        value: int
        (value,) = struct.unpack_from(f"!{layout}", self._data, self._at)
        self._at += struct.calcsize(f"!{layout}")
        return value

    def tag(self) -> str:
        return chr(self.take("B"))

    def text(self, length: int) -> str:
        self._at += length
        return self._data[self._at - length : self._at].decode()

    def name(self) -> str:
        text = self.text(self._data.index(0, self._at) - self._at)
        self._at += 1
        return text

    def row(self) -> Row:
        return tuple(self._value() for _ in range(self.take("H")))

    def _value(self) -> str | Unchanged | None:
        tag = self.tag()
        if tag == "t":
            return self.text(self.take("I"))
        return None if tag == "n" else UNCHANGED


def decode(data: bytes) -> Message | None:
    """Return the message in ``data``; None for kinds that tell nothing about rows (commit, type, …)."""
    reader = _Reader(data)
    match reader.tag():
        case "B":
            reader.take("Q")
            return Begin(_EPOCH + timedelta(microseconds=reader.take("q")))
        case "R":
            return _relation(reader)
        case "I":
            relation, _ = reader.take("I"), reader.tag()
            return RowChange("INSERT", relation, reader.row())
        case "U":
            relation, tag, old = reader.take("I"), reader.tag(), None
            if tag in "KO":
                old, _ = reader.row(), reader.tag()
            return RowChange("UPDATE", relation, reader.row(), old, tag == "K")
        case "D":
            relation, tag = reader.take("I"), reader.tag()
            return RowChange("DELETE", relation, None, reader.row(), tag == "K")
        case _:
            return None


def _relation(reader: _Reader) -> Relation:
    oid, schema, name = reader.take("I"), reader.name(), reader.name()
    reader.take("B")  # replica identity
    columns: list[str] = []
    identity: list[str] = []
    for _ in range(reader.take("H")):
        identifies = reader.take("B") & 1
        columns.append(reader.name())
        if identifies:
            identity.append(columns[-1])
        reader.take("I")  # type
        reader.take("i")  # type modifier
    return Relation(oid, schema, name, tuple(columns), frozenset(identity))
