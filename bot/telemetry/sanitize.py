"""Makes any value storable in PostgreSQL through JSON, so that one odd character never costs a row."""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

import orjson

from bot.storable_text import sanitize_text

if TYPE_CHECKING:
    from bot.storage.json_value import Json

INT8_MIN, INT8_MAX = -(2**63), 2**63 - 1
NUL = rb"\u0000"
_NOTHING_ODD = (
    orjson.OPT_STRICT_INTEGER
    | orjson.OPT_PASSTHROUGH_DATACLASS
    | orjson.OPT_PASSTHROUGH_DATETIME
    | orjson.OPT_PASSTHROUGH_SUBCLASS
)
"""Refuses integers of more than 53 bits, and objects that orjson would write in its own way; it refuses lone
surrogates anyway, and writes NaN and the infinities as null."""
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def sanitize(value: object) -> Json:
    """Return ``value`` as JSON that PostgreSQL takes.

    Numbers that JSON or ``bigint`` cannot hold: NaN and the infinities become None (unknown), integers are
    clamped to 64 bits. Anything that is not JSON is written as its ``str()``.
    """
    match value:
        case None | bool():
            clean = value
        case str():
            clean = sanitize_text(value)
        case int():
            clean = min(max(int(value), INT8_MIN), INT8_MAX)
        case float():
            clean = value if math.isfinite(value) else None
        case Mapping():
            items = cast("Mapping[object, object]", value).items()
            clean = {sanitize_text(str(key)): sanitize(item) for key, item in items}
        case list() | tuple():
            clean = [sanitize(item) for item in cast("Sequence[object]", value)]
        case _:
            clean = sanitize_text(str(value))
    return clean


def encode(row: Mapping[str, object]) -> str:
    """Return ``row`` (columns to values), its values sanitised, as compact JSON."""
    # What orjson writes with these options is what `sanitize` makes of it; nearly every row is of that kind.
    with contextlib.suppress(orjson.JSONEncodeError):
        text = orjson.dumps(row, option=_NOTHING_ODD)
        if NUL not in text:
            return text.decode()
    return _JSON.encode({key: sanitize(value) for key, value in row.items()})
