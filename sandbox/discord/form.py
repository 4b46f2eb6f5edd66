"""Checking a request body field by field, collecting every fault as Discord does."""

from __future__ import annotations

import re
from typing import Any, cast

from sandbox.discord.errors import InvalidFormError, Path

SNOWFLAKE = re.compile(r"[0-9]{1,20}")


class Form:
    """Reads fields of JSON bodies and collects their faults; `check` raises them together."""

    def __init__(self) -> None:
        self.faults: list[tuple[Path, str, str]] = []

    def fault(self, path: Path, code: str, message: str) -> None:
        """Note one fault."""
        self.faults.append((path, code, message))

    def check(self) -> None:
        """Raise InvalidFormError when any fault was noted."""
        if self.faults:
            raise InvalidFormError(self.faults)

    def required(self, path: Path) -> None:
        """Note that a field is missing."""
        self.fault(path, "BASE_TYPE_REQUIRED", "This field is required")

    def text(
        self, value: object, path: Path, *, low: int = 0, high: int = 2**31, required: bool = False
    ) -> str:
        """Return a string field whose length lies within ``low..high``; an absent one is empty."""
        if value is None:
            if required:
                self.required(path)
            return ""
        if isinstance(value, bool | int | float):
            value = str(value)
        if not isinstance(value, str):
            self.fault(path, "STRING_TYPE_CONVERT", f'Could not interpret "{value}" as string.')
            return ""
        # Discord counts code points: a character beyond the basic plane is one.
        if len(value) > high and low == 0:
            self.fault(path, "BASE_TYPE_MAX_LENGTH", f"Must be {high} or fewer in length.")
        elif not low <= len(value) <= high:
            self.length(path, low, high)
        return value

    def length(self, path: Path, low: int, high: int) -> None:
        """Note that a length lies outside ``low..high``."""
        self.fault(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")

    def integer(self, value: object, path: Path, *, low: int, high: int, default: int) -> int:
        """Return an integer field (digits in a string count) within ``low..high``, or ``default``."""
        if value is None:
            return default
        if isinstance(value, str) and re.fullmatch(r"-?\d+", value):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            self.fault(path, "NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
            return default
        if value < low:
            self.fault(path, "NUMBER_TYPE_MIN", f"int value should be greater than or equal to {low}.")
        elif value > high:
            self.fault(path, "NUMBER_TYPE_MAX", f"int value should be less than or equal to {high}.")
        return value

    def choice(self, value: object, path: Path, allowed: frozenset[int]) -> None:
        """Check that an enumerated field has one of the ``allowed`` values."""
        if not isinstance(value, int) or value not in allowed:
            values = ", ".join(str(item) for item in sorted(allowed))
            self.fault(path, "BASE_TYPE_CHOICES", f"Value must be one of {{{values}}}.")

    def objects(self, value: object, path: Path, *, high: int, low: int = 0) -> list[dict[str, Any]]:
        """Return a list of objects of at most ``high`` entries; an absent one is empty."""
        if value is None:
            value = []
        if not isinstance(value, list):
            self.fault(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return []
        entries = cast("list[object]", value)
        if not low <= len(entries) <= high:
            if low:
                self.length(path, low, high)
            else:
                self.fault(path, "BASE_TYPE_MAX_LENGTH", f"Must be {high} or fewer in length.")
        found: list[dict[str, Any]] = []
        for index, entry in enumerate(entries):
            if isinstance(entry, dict):
                found.append(cast("dict[str, Any]", entry))
            else:
                self.fault(
                    (*path, index), "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType"
                )
        return found

    def strings(self, value: object, path: Path) -> list[str]:
        """Return a list of strings."""
        if value is None:
            return []
        if not isinstance(value, list):
            self.fault(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return []
        entries = cast("list[object]", value)
        return [self.text(entry, (*path, index)) for index, entry in enumerate(entries)]

    def snowflakes(self, value: object, path: Path, *, high: int) -> list[str]:
        """Return a list of ids, as strings."""
        if value is None:
            return []
        if not isinstance(value, list):
            self.fault(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return []
        entries = [str(entry) for entry in cast("list[object]", value)]
        if len(entries) > high:
            self.fault(path, "BASE_TYPE_MAX_LENGTH", f"Must be {high} or fewer in length.")
        for index, entry in enumerate(entries):
            if not SNOWFLAKE.fullmatch(entry):
                self.fault((*path, index), "NUMBER_TYPE_COERCE", f'Value "{entry}" is not snowflake.')
        return entries
