"""The only module that imports supabase and httpx: rows and calls in, answers or TelemetryError out."""

from __future__ import annotations

import socket
from contextvars import ContextVar
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeAlias, cast

import httpx
from postgrest import APIError, CountMethod, ReturnMethod
from supabase import AsyncClient, AsyncClientOptions

from bot.redaction import redactor
from bot.setting_values import user_info
from bot.telemetry.events import Erasure, NetworkSum
from bot.telemetry.postgrest_errors import (
    BAD_KEY,
    NAMELESS,
    RETRY_ALL,
    UNCONFIRMED,
    WRONG_KEY,
    TelemetryError,
    classified,
)
from bot.telemetry.project_key import is_hosted, key_problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.storage.json_value import Json
    from bot.telemetry.tables import Table

IGNORED_DUPLICATES = "resolution=ignore-duplicates"
TIMEOUT = httpx.Timeout(15.0, connect=5.0)
# supabase-py's own client speaks HTTP/2, whose long-lived connections drop, and truncates float timeouts.
LIMITS = httpx.Limits(max_connections=8, max_keepalive_connections=4, keepalive_expiry=60.0)
ANSWER_CHARACTERS = 10_000
"""How much of a refusal is looked at."""
NO_JSON = "JSON could not be generated"
"""postgrest's message of an answer that is none of PostgREST's, which it has as details."""
PAGE_ROWS = 1000
"""Rows asked for at a time. The project's "Max rows" may be lower, so a shorter answer is not the last one.
https://docs.postgrest.org/en/stable/references/configuration.html#db-max-rows"""

RollupRow: TypeAlias = tuple[str, float, NetworkSum]
"""A bot, the start of a quarter of an hour in Unix seconds, and what passed in it."""

# APIError carries neither status nor headers. A hook runs in the task of its request, so this is that
# request's answer.
_answer: ContextVar[httpx.Response | None] = ContextVar("_answer", default=None)


class _Answer(Protocol):
    count: int | None

    @property
    def data(self) -> object: ...


class _Request(Protocol):
    async def execute(self) -> _Answer: ...


class _Pages(_Request, Protocol):
    """A request whose answer has rows and can be had in parts."""

    def offset(self, size: int) -> Self: ...

    def limit(self, size: int) -> Self: ...


class SupabaseApi:
    """One Supabase project, with the secret key; ``client`` is supabase-py's."""

    def __init__(self, url: str, key: str) -> None:
        self._key_problem = key_problem(key)
        self._redact = redactor((key, *user_info(url)))
        self._http = httpx.AsyncClient(
            timeout=TIMEOUT, limits=LIMITS, http2=False, event_hooks={"response": [_remember]}
        )
        self.client = AsyncClient(
            url,
            key,
            AsyncClientOptions(
                httpx_client=self._http,
                auto_refresh_token=False,
                persist_session=False,
                postgrest_client_retry=False,
            ),
        )

    async def upsert(self, table: Table, rows: Sequence[Mapping[str, Json]]) -> int:
        """Insert ``rows`` and leave alone those whose id is there already; returns how many were new.

        Raises TelemetryError unless the database itself confirmed it: only PostgREST applies the preference,
        a gateway's 200 with a page of HTML does not.
        """
        request = self.client.table(table.name).upsert(  # pyright: ignore[reportUnknownMemberType] - its JSON alias is open
            list(rows),
            on_conflict="id",
            ignore_duplicates=True,
            returning=ReturnMethod.minimal,
            count=CountMethod.exact,
            default_to_null=False,
        )
        answer, response = await self._send(request)
        if IGNORED_DUPLICATES not in response.headers.get("preference-applied", ""):
            raise TelemetryError(
                f"HTTP {response.status_code} did not come from PostgREST, which says Preference-Applied",
                UNCONFIRMED,
                code="unconfirmed",
            )
        return len(rows) if answer.count is None else min(answer.count, len(rows))

    async def check_columns(self, table: Table) -> None:
        """Ask for every column that the bot writes; raises TelemetryError if one cannot be had."""
        columns = ("id", table.time_column, *table.columns)
        await self._send(self.client.table(table.name).select(*columns).limit(1))

    async def call(self, function: str, parameters: Mapping[str, Json] | None = None) -> Json:
        """Call a database function and return its JSON; raises TelemetryError."""
        answer, response = await self._send(self.client.rpc(function, dict(parameters or {})))
        if "json" not in response.headers.get("content-type", "json"):
            raise TelemetryError(
                f"{function} was answered with {response.headers.get('content-type')}",
                UNCONFIRMED,
                code="unconfirmed",
            )
        return cast("Json", answer.data)

    async def rows(
        self, function: str, parameters: Mapping[str, Json] | None = None, *, most: int | None = None
    ) -> list[dict[str, Any]]:
        """Call a function that returns rows, in a fixed order and without changing anything.

        It is asked until there are no more of them, or ``most``. Raises TelemetryError.
        """
        return await self._every(lambda: self.client.rpc(function, dict(parameters or {})), most)

    async def rollup(self, since: datetime) -> list[RollupRow]:
        """Return the quarter hours of every bot from ``since`` on; raises TelemetryError."""
        columns = ("bot_id", "bucket_start", "samples", "bytes_sent", "bytes_recv")
        rows = await self._every(
            lambda: (
                self.client.table("network_stats_rollup")
                .select(*columns)
                .gte("bucket_start", since.isoformat())
                .order("bucket_start")
                .order("bot_id")
                .order("boot_id")
            )
        )
        return [_rollup_row(row) for row in rows]

    async def opted_out(self) -> set[str]:
        """Return the ids of the people who want nothing of what they say recorded; raises TelemetryError."""
        rows = await self._every(
            lambda: self.client.table("privacy_optouts").select("user_id").order("user_id")
        )
        return {str(row["user_id"]) for row in rows}

    async def has_opted_out(self, user_id: str) -> bool:
        """Say whether a person is one of them; raises TelemetryError."""
        request = self.client.table("privacy_optouts").select("user_id").eq("user_id", user_id)
        answer, _ = await self._send(request)
        return bool(answer.data)

    async def erasures(self) -> list[Erasure]:
        """Return everybody who asked to be forgotten in the last 90 days; raises TelemetryError."""
        columns = ("user_id", "erased_before")
        rows = await self._every(
            lambda: self.client.table("privacy_erasures").select(*columns).order("user_id")
        )
        return [Erasure(str(row["user_id"]), _moment(row["erased_before"])) for row in rows]

    async def opt_out(self, user_id: str, since: datetime) -> None:
        """Keep a person's opt-out of ``since`` in the database; raises TelemetryError."""
        row = {"user_id": user_id, "opted_out_at": since.isoformat()}
        request = self.client.table("privacy_optouts").upsert(  # pyright: ignore[reportUnknownMemberType] - its JSON alias is open
            row, on_conflict="user_id", ignore_duplicates=True, returning=ReturnMethod.minimal
        )
        await self._send(request)

    async def opt_in(self, user_id: str) -> None:
        """Take that opt-out back; raises TelemetryError."""
        request = self.client.table("privacy_optouts").delete(returning=ReturnMethod.minimal)
        await self._send(request.eq("user_id", user_id))

    async def _every(self, ask: Callable[[], _Pages], most: int | None = None) -> list[dict[str, Any]]:
        """Return all rows of a request (or the first ``most``), asked page by page until a page is empty."""
        rows: list[dict[str, Any]] = []
        while most is None or len(rows) < most:
            answer, _ = await self._send(ask().offset(len(rows)).limit(PAGE_ROWS))
            if not isinstance(answer.data, list):
                raise TelemetryError("an answer is no list of rows", UNCONFIRMED, code="unconfirmed")
            page = cast("list[dict[str, Any]]", answer.data)
            if not page:
                break
            rows += page
        return rows

    async def close(self) -> None:
        """Close every connection."""
        await self.client.postgrest.aclose()

    def _unanswered(self, error: Exception) -> TelemetryError:
        """Return the error of a request without an answer."""
        is_gone = is_hosted(str(self.client.supabase_url)) and _is_nameless(error)
        return TelemetryError(
            self._redact(str(error)) or type(error).__name__,
            NAMELESS if is_gone else RETRY_ALL,
            code="dns" if is_gone else "network",
            too_slow=isinstance(error, httpx.ReadTimeout),
        )

    def _translated(self, error: APIError, response: httpx.Response | None) -> TelemetryError:
        """Return the error of an answer that is a refusal; the service may repeat in it what it was sent."""
        if response is None:
            return TelemetryError(self._redact(str(error)))
        details = error.details if isinstance(error.details, str) else ""
        empty = {NO_JSON, f"Request failed with status {response.status_code}"}
        message = " ".join(part for part in (error.message, details) if part and part not in empty)
        message = self._redact(message, ANSWER_CHARACTERS)
        return classified(response.status_code, response.headers, error.code, message)

    async def _send(self, request: _Request) -> tuple[_Answer, httpx.Response]:
        if self._key_problem:
            # Asked all the same, the project would blame its tables and grants.
            raise TelemetryError(self._key_problem, WRONG_KEY, code=BAD_KEY)
        token = _answer.set(None)
        try:
            answer = await request.execute()
            response = _answer.get()
        except APIError as error:
            raise self._translated(error, _answer.get()) from error
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ValueError) as error:
            raise self._unanswered(error) from error
        finally:
            _answer.reset(token)
        if response is None:
            raise TelemetryError("no answer was seen")
        if "html" in response.headers.get("content-type", ""):
            raise TelemetryError(
                f"HTTP {response.status_code} with a page of HTML, which PostgREST does not write",
                UNCONFIRMED,
                code="unconfirmed",
            )
        return answer, response


def _is_nameless(error: BaseException) -> bool:
    """Tell whether a name was looked up in vain, from what raised a connection error."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, socket.gaierror):
            return cause.errno == socket.EAI_NONAME
        cause = cause.__cause__ or cause.__context__
    return False


def _rollup_row(row: Mapping[str, Any]) -> RollupRow:
    start = _moment(row["bucket_start"]).timestamp()
    return row["bot_id"], start, NetworkSum(row["samples"], row["bytes_sent"], row["bytes_recv"])


def _moment(value: str) -> datetime:
    return datetime.fromisoformat(value)


async def _remember(response: httpx.Response) -> None:
    _answer.set(response)
