"""``bot/.env`` as people save it: in any encoding, with the habits of other shells; and what it cannot mean.

An editor on Windows adds a byte order mark, PowerShell's ``>`` writes UTF-16 and its ``>>`` appends that to
whatever is there, and old Japanese editors save cp932.
"""

from __future__ import annotations

import codecs
import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dotenv.parser import parse_stream

from bot.texts import Text
from bot.texts import settings as texts

if TYPE_CHECKING:
    from pathlib import Path

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_INVISIBLE = re.compile("[\ufeff\u200b-\u200f\u2060]")
_ASSIGNMENT = re.compile(
    r"^[ \t\u00a0\u3000]*(?:(?:export|set|setx|SET)[ \t]+|\$env:)?"
    r"(?:(\w+)[ \t\u00a0\u3000]*[=＝]|([A-Z]+_[A-Z_]+)[ \t\u00a0\u3000]*[:：])[ \t\u00a0\u3000]*",
    re.MULTILINE,
)
"""A name before its value, also as other shells and YAML write it."""
_NARROW_LINE = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*(?:#[^\0]|\$env|[A-Za-z_]{2})")
"""How a line begins of which each ASCII character is one byte."""
_FULL_WIDTH_COMMENT = re.compile(r"^[ \t\u3000]*＃", re.MULTILINE)
_COMMENT_IN_PLACE_OF_A_VALUE = re.compile(r"#\s")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_WORD_PROCESSOR = ("{\\rtf", "<html", "<!doctype")


@dataclass(slots=True)
class EnvFile:
    """What a file says: values by name, what makes it useless, and what is odd in it.

    ``faults`` and ``notices`` are by name or place, such as ``bot/.env:3`` for the third line.
    """

    name: str
    is_blank: bool = False
    """Whether there is no such file, or nothing in it."""
    values: dict[str, str] = field(default_factory=dict[str, str])
    faults: dict[str, Text] = field(default_factory=dict[str, Text])
    notices: dict[str, Text] = field(default_factory=dict[str, Text])


def read_env_file(path: Path) -> EnvFile:
    """Read a file of settings; one that is not there is empty, and one that cannot be read says why."""
    file = EnvFile(f"{path.parent.name}/{path.name}")
    try:
        text = decoded(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        file.is_blank = True
        return file
    except OSError as error:
        file.faults[file.name] = texts.FILE_UNREADABLE.filled(error=error.strerror or type(error).__name__)
        return file
    if text is None:
        file.faults[file.name] = texts.FILE_NOT_TEXT
    else:
        file.is_blank = not text.strip()
        _parse(text, file)
    return file


def decoded(data: bytes) -> str | None:
    """Return the text of a file in whatever encoding it was saved; None for what is no plain text."""
    try:
        text = _INVISIBLE.sub("", _text_of(data))
    except UnicodeDecodeError:
        return None
    is_plain = not _CONTROL.search(text) and not text.lstrip().lower().startswith(_WORD_PROCESSOR)
    return text if is_plain else None


def _text_of(data: bytes) -> str:
    """Return the text of parts in different encodings, as they were appended; raises UnicodeDecodeError."""
    text = ""
    while data:
        encoding = _wide_encoding(data)
        if encoding is None:
            end = _end_of_narrow(data)
            text += _narrow_text(data[:end])
        else:
            end = _end_of_wide(data, encoding)
            text += data[:end].decode(encoding)
        data = data[end:]
    return text


def _wide_encoding(data: bytes) -> str | None:
    """Return UTF-16 or UTF-32, by their mark, or by the zeros beside a first character of ASCII."""
    marked = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)
    start = data[:4]
    if marked is not None or 0 not in start:
        return marked
    if start.count(0) > 2:  # noqa: PLR2004 - three of the four bytes of UTF-32
        return "utf-32-le" if start[0] else "utf-32-be"
    return "utf-16-le" if start[0] else "utf-16-be"


def _end_of_wide(data: bytes, encoding: str) -> int:
    """Return where the first line begins that is not in this encoding; behind the last whole character."""
    newline = "\n".encode(encoding)
    width = len(newline)
    at = data.find(newline)
    while at >= 0:
        if at % width == 0 and _NARROW_LINE.match(data, at + width):
            return at + width
        at = data.find(newline, at + 1)
    return len(data) - len(data) % width or len(data)


def _end_of_narrow(data: bytes) -> int:
    """Return where the line begins in which there is a zero."""
    zero = data.find(b"\0")
    return len(data) if zero < 0 else data.rfind(b"\n", 0, zero) + 1 or len(data)


def _narrow_text(data: bytes) -> str:
    for encoding in ("utf-8", "cp932", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def _parse(text: str, file: EnvFile) -> None:
    text = _FULL_WIDTH_COMMENT.sub("#", text)
    lines: dict[str, int] = {}
    for binding in parse_stream(io.StringIO(_ASSIGNMENT.sub(lambda match: f"{match[1] or match[2]}=", text))):
        line = binding.original.line + _blank_lines_before(binding.original.string)
        if binding.key is not None and binding.value is not None:
            _take(file, lines, binding.key, binding.value, line)
        elif binding.error or binding.key is not None:
            file.notices[f"{file.name}:{line}"] = texts.LINE_UNREADABLE


def _blank_lines_before(statement: str) -> int:
    """Return how many lines a statement begins with that say nothing: the parser counts it from there."""
    blank = statement[: len(statement) - len(statement.lstrip())]
    return len(re.findall(r"\r\n|\n|\r", blank))


def _take(file: EnvFile, lines: dict[str, int], name: str, value: str, line: int) -> None:
    """Note a value; the template's empty line further down does not take a filled one back."""
    if _COMMENT_IN_PLACE_OF_A_VALUE.match(value):
        value = ""
    before = file.values.get(name, "").strip()
    if before and not value.strip():
        return
    if before and before != value.strip():
        file.notices[name] = texts.SET_TWICE.filled(file=file.name, first=lines[name], last=line)
    file.values[name], lines[name] = value, line
