"""The table for people, as Markdown, and the same as JSON."""

from __future__ import annotations

import os
import platform
import re
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import psutil

from benchmarks.frame import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.frame import Section


def machine() -> str:
    """Say what this was measured on."""
    system = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    memory = psutil.virtual_memory().total / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, {system}, Python {platform.python_version()}"


def as_markdown(section: Section) -> str:
    """Return one benchmark's table."""
    lines = [f"### {section.title}", ""]
    if section.error:
        return "\n".join([*lines, f"could not be measured: {section.error}", ""])
    lines += ["| what | measured | must reach | |", "|---|--:|---|---|"]
    for figure in section.figures:
        verdict = {True: "✅", False: "❌ missed", None: ""}[figure.reached]
        note = f" {figure.note}" if figure.note else ""
        lines.append(
            f"| {figure.what} | {number(figure.value)} {figure.unit} | {figure.mark} | {verdict}{note} |"
        )
    return "\n".join([*lines, "", f"({section.seconds:.0f} s, begun at load {section.load:.1f})", ""])


def documented(text: str, sections: Sequence[Section]) -> str:
    """Return the document ``text`` with the tables of ``sections`` in their places, or else at its end.

    A benchmark's place begins with a comment of its name and ends where the next one begins.
    """
    head, *parts = re.split(r"^<!-- (\w+) -->\n", text, flags=re.MULTILINE)
    tables = dict(zip(parts[::2], parts[1::2], strict=True))
    for section in sections:
        when = f"{datetime.now(UTC):%Y-%m-%d}"
        tables[section.name] = f"{as_markdown(section)}\nMeasured on {when} on {machine()}.\n\n"
    return head + "".join(f"<!-- {name} -->\n{table}" for name, table in tables.items())


def as_json(sections: Sequence[Section], *, quick: bool) -> dict[str, object]:
    """Return everything that was measured, ready for JSON."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "quick": quick,
        "sections": [
            asdict(section)
            | {"figures": [asdict(figure) | {"reached": figure.reached} for figure in section.figures]}
            for section in sections
        ],
    }


def summary(sections: Sequence[Section]) -> str:
    """Return how many marks were reached."""
    judged = [f.reached for section in sections for f in section.figures if f.reached is not None]
    failed = [section.name for section in sections if section.error]
    words = f"{sum(judged)} of {len(judged)} marks reached"
    return words + (f"; could not be measured: {', '.join(failed)}" if failed else "")
