"""What the doctor found, line by line."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.texts import Language, Text

Level = Literal["ok", "warning", "error"]
SIGNS: dict[Level, str] = {"ok": "✅", "warning": "⚠️", "error": "❌"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, how it is, and what to do (empty where nothing needs to be)."""

    name: str
    """The same in every language, such as ``discord.token``."""
    level: Level
    subject: str
    message: str
    cure: str = ""

    def __str__(self) -> str:
        return f"{SIGNS[self.level]} {self.subject}: {self.message}"


@dataclass(slots=True)
class Report:
    """Collects findings in one language; ``values`` fill the placeholders of all the texts given."""

    language: Language
    findings: list[Finding] = field(default_factory=list[Finding])

    def fine(self, name: str, subject: Text, message: Text, **values: object) -> None:
        """Note what is right."""
        self._add(name, "ok", subject, message, None, values)

    def warn(self, name: str, subject: Text, message: Text, cure: Text | str, **values: object) -> None:
        """Note what works, but not as well as it could."""
        self._add(name, "warning", subject, message, cure, values)

    def fail(self, name: str, subject: Text, message: Text | str, cure: Text | str, **values: object) -> None:
        """Note what does not work."""
        self._add(name, "error", subject, message, cure, values)

    def lines(self) -> Iterator[str]:
        """Yield what to print; a cure of several findings in a row stands once, below them."""
        for finding, after in zip_longest(self.findings, self.findings[1:]):
            yield str(finding)
            if finding.cure and (after is None or after.cure != finding.cure):
                yield f"   → {finding.cure}"

    def count(self, level: Level) -> int:
        """Return how many findings are of a level."""
        return sum(finding.level == level for finding in self.findings)

    def _add(
        self,
        name: str,
        level: Level,
        subject: Text,
        message: Text | str,
        cure: Text | str | None,
        values: dict[str, object],
    ) -> None:
        text = message if isinstance(message, str) else message.plain(self.language, **values)
        action = (
            "" if cure is None else cure if isinstance(cure, str) else cure.plain(self.language, **values)
        )
        self.findings.append(Finding(name, level, subject.plain(self.language, **values), text, action))


def as_json(value: object) -> str:
    """Return JSON, escaped where standard output is not UTF-8, so that scripts read every character."""
    is_utf8 = sys.stdout.encoding.lower().replace("-", "") == "utf8"
    return json.dumps(value, ensure_ascii=not is_utf8, indent=2)
