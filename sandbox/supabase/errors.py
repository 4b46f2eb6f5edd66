"""What goes wrong when the embedded Supabase starts, in sentences that say what to do."""

from __future__ import annotations

from bot.errors import OtonariError

_CAUSES = {
    "No space left on device": "the disk is full",
    "Disk quota exceeded": "the disk quota is used up",
    "Address already in use": "its port is taken by another program",
    "Permission denied": "a file or directory may not be read or written",
    "database files are incompatible": "its data were made by another version of PostgreSQL",
    "Cannot find package": "npm packages are missing; run `make setup`",
}
"""What a child process writes → what it means."""


class StackError(OtonariError):
    """The embedded Supabase, or one of its parts, cannot do what it was asked."""


def died(name: str, code: int | None, output: str) -> StackError:
    """Return the error of a child process that ended by itself, with the cause if its last lines tell it."""
    cause = next((meaning for text, meaning in _CAUSES.items() if text in output), None)
    ending = f"ended with code {code}" if code is not None else "does not answer"
    return StackError(
        f"{name} {ending}{f': {cause}' if cause else ''}. Its last lines:\n{output or '(none)'}"
    )
