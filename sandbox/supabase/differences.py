"""Where @supabase/lite 0.10 answers otherwise than a hosted project, and what the relay makes of it.

* Without a database, REST answers 500 with a code of its own; PostgREST 503 with PGRST000.
  https://docs.postgrest.org/en/stable/references/errors.html#group-0-connection
* A check constraint's refusal has lite's code and 500; PostgREST answers 400 with SQLSTATE 23514.
* Auth writes times as PostgreSQL does; GoTrue as RFC 3339 does, and supabase-py reads nothing else.
* ``select=song_title,count`` counts rows; PostgREST reads a column of that name (a count is ``count()``).
* ``user_id=eq.1573843211640635394`` becomes a JavaScript number, which is rounded; PostgREST leaves a value
  to the column's type. What is quoted stays as it is.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from yarl import URL

NO_DATABASE = {
    "code": "PGRST000",
    "details": None,
    "hint": None,
    "message": "Database connection error. Retrying the connection.",
}
_LOST = re.compile(rb"ECONNREFUSED|ECONNRESET|CONNECTION_")
_REFUSED = re.compile(r"PostgresError: (new row for relation .* violates check constraint .*)")
_TIME = re.compile(rb'"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)\+00"')
_PLAIN_COLUMNS = re.compile(r"\s*\w+\s*(,\s*\w+\s*)*")
_LONG_VALUE = re.compile(r"((?:not\.)?(?:n?eq|[gl]te?|isdistinct)\.)(-?\d{16,})")
"""A filter by one number that a double may not hold: 2^53 has 16 digits."""
_LIST = re.compile(r"(not\.)?in\.\(.*\)")
_LOGIC = {"or", "and", "not.or", "not.and"}
_LONG_ITEM = re.compile(r'("(?:[^"\\]|\\.)*")|(?<=[.(,])(-?\d{16,})(?=[,)])')
"""In a list or a logic tree; what is quoted already comes first, so that its inside is left alone."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a client asked of ``url`` (path and query), and how lite is asked for it."""

    url: URL

    @property
    def for_lite(self) -> URL:
        """The URL to ask lite: long numbers quoted; all columns, where it would count rows for ``count``."""
        if not self.url.path.startswith("/rest/"):
            return self.url
        asked = list(self.url.query.items())
        exact = [(name, _quoted(name, value)) for name, value in asked]
        url = self.url if exact == asked else self.url.with_query(exact)
        return url.update_query(select="*") if self._columns else url

    def answer(self, status: int, body: bytes) -> tuple[int, bytes]:
        """Return the status and body that a hosted project would answer with."""
        if status == HTTPStatus.INTERNAL_SERVER_ERROR and b'"code":"SUP"' in body and _LOST.search(body):
            return HTTPStatus.SERVICE_UNAVAILABLE, json.dumps(NO_DATABASE).encode()
        if status == HTTPStatus.INTERNAL_SERVER_ERROR and b"violates check constraint" in body:
            return _check_violation(status, body)
        if self.url.path.startswith("/auth/"):
            return status, _TIME.sub(rb'"\1T\2Z"', body)
        if self._columns and status < HTTPStatus.MULTIPLE_CHOICES:
            return self._only_columns(status, body)
        return status, body

    @property
    def _columns(self) -> list[str]:
        """The columns of a plain list that has ``count`` among them; otherwise none."""
        select = self.url.query.get("select", "")
        if not self.url.path.startswith("/rest/") or not _PLAIN_COLUMNS.fullmatch(select):
            return []
        columns = [column.strip() for column in select.split(",")]
        return columns if "count" in columns else []

    def _only_columns(self, status: int, body: bytes) -> tuple[int, bytes]:
        try:
            answer: object = json.loads(body)
        except ValueError:
            return status, body  # empty, or CSV
        rows = cast("list[dict[str, object]]", answer if isinstance(answer, list) else [answer])
        missing = [column for column in self._columns if any(column not in row for row in rows)]
        if missing:
            message = f"column {self.url.name}.{missing[0]} does not exist"
            error = {"code": "42703", "details": None, "hint": None, "message": message}
            return HTTPStatus.BAD_REQUEST, json.dumps(error).encode()
        chosen = [{column: row[column] for column in self._columns} for row in rows]
        return status, json.dumps(chosen if isinstance(answer, list) else chosen[0]).encode()


def _quoted(name: str, value: str) -> str:
    """Return a parameter of the query with the long numbers that its filter compares with in quotes."""
    if name in _LOGIC or _LIST.fullmatch(value):
        return _LONG_ITEM.sub(lambda found: found[1] or f'"{found[2]}"', value)
    filtered = _LONG_VALUE.fullmatch(value)
    return f'{filtered[1]}"{filtered[2]}"' if filtered else value


def _check_violation(status: int, body: bytes) -> tuple[int, bytes]:
    message = _REFUSED.fullmatch(str(json.loads(body).get("message")))
    if message is None:
        return status, body
    error = {"code": "23514", "details": None, "hint": None, "message": message[1]}
    return HTTPStatus.BAD_REQUEST, json.dumps(error).encode()
