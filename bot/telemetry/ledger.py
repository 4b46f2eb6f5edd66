"""What became of every event: ``recorded = delivered + duplicate + spooled + dead + dropped``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Account:
    """The events of one table, counted since its ledger began; or a change to such counts."""

    recorded: int = 0
    delivered: int = 0
    """Acknowledged by the database, which did not have them before."""
    duplicate: int = 0
    """Acknowledged by the database, which had them already, as an earlier answer was lost; or which keeps out
    words that somebody wants forgotten."""
    spooled: int = 0
    """Waiting here."""
    dead: int = 0
    """Set aside here with the reason for which the database refused them."""
    dropped: int = 0
    """Given up: the spool was full, the event too old, or the disk lost it."""

    @property
    def balance(self) -> int:
        """How many recorded events are accounted for nowhere; 0 unless a disk lost some."""
        return self.recorded - self.delivered - self.duplicate - self.spooled - self.dead - self.dropped

    def __add__(self, other: Account) -> Account:
        return Account(
            self.recorded + other.recorded,
            self.delivered + other.delivered,
            self.duplicate + other.duplicate,
            self.spooled + other.spooled,
            self.dead + other.dead,
            self.dropped + other.dropped,
        )


ROW_OVERHEAD = 128
"""Bytes that a row costs beside its JSON: ids, times, index entries."""


@dataclass(slots=True)
class Books:
    """The accounts of every table, and how many bytes wait in the spool."""

    accounts: dict[str, Account] = field(default_factory=dict[str, Account])
    size: int = 0

    def add(self, table: str, change: Account) -> None:
        """Change one table's account."""
        self.accounts[table] = self.accounts.get(table, Account()) + change

    def copy(self) -> Books:
        """Return books that can be changed without changing these."""
        return Books(dict(self.accounts), self.size)


def total(accounts: Iterable[Account]) -> Account:
    """Return the sum of ``accounts``."""
    return sum(accounts, Account())
