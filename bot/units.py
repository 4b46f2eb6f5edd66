"""Amounts as people read them: bytes, and changes in percent. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, LiteralString

from bot.markup import composed

if TYPE_CHECKING:
    from bot.escaping import Label

STEP = 1024
MEBIBYTE = STEP**2
UNITS: tuple[LiteralString, ...] = ("MB", "GB", "TB", "PB")
"""Each 1024 of the one before; MB is 1024² bytes, as in the columns ``mb_sent`` and so on."""


def format_change(now: int, before: int) -> Label:
    """Return by how much ``now`` is above or below ``before``, in whole percent."""
    if not before:
        return composed("–" if not now else "↑ ∞")
    percent = round(100 * (now - before) / before)
    arrow = "→" if percent == 0 else "↑" if percent > 0 else "↓"
    return composed("{} {:,}%", composed(arrow), abs(percent))


def format_file_size(count: int) -> Label:
    """Return ``count`` bytes as MB with one decimal, below one MB as whole KB."""
    return composed("{:.1f} MB", count / MEBIBYTE) if count >= MEBIBYTE else composed("{} KB", count // STEP)


def format_bytes(count: float) -> Label:
    """Return ``count`` bytes with two decimals in the largest unit of at least one: MB, GB, TB or PB."""
    value = count / MEBIBYTE
    unit = 0
    # Rounded first, so that 1,023.996 MB reads 1.00 GB and not 1024.00 MB.
    while round(value, 2) >= STEP and unit < len(UNITS) - 1:
        value /= STEP
        unit += 1
    return composed("{:,.2f} {}", value, composed(UNITS[unit]))
