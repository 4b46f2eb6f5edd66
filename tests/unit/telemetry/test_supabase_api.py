"""What is said of a project that does not answer as PostgREST does."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import httpx
import pytest

from bot.telemetry.circuit_breaker import CircuitBreaker
from bot.telemetry.postgrest_errors import (
    NAMELESS,
    PAUSED,
    RETRY_ALL,
    STRANGE,
    UNCONFIRMED,
    TelemetryError,
    Treatment,
)
from bot.telemetry.supabase_api import SupabaseApi
from bot.texts.telemetry import URL_CURE

if TYPE_CHECKING:
    from collections.abc import Callable

HOSTED = "https://xyzcompanyprojectref.supabase.co"


async def failure(
    monkeypatch: pytest.MonkeyPatch, answer: Callable[[httpx.Request], httpx.Response], url: str = HOSTED
) -> TelemetryError:
    async def handle(_self: object, request: httpx.Request) -> httpx.Response:
        return answer(request)

    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", handle)
    api = SupabaseApi(url, "sb_secret_0123456789")
    try:
        with pytest.raises(TelemetryError) as caught:
            await api.call("database_bytes")
    finally:
        await api.close()
    return caught.value


def lookup_fails(number: int) -> Callable[[httpx.Request], httpx.Response]:
    def answer(_request: httpx.Request) -> httpx.Response:
        try:
            raise socket.gaierror(number, "words")
        except socket.gaierror as error:
            raise httpx.ConnectError("[Errno] words") from error

    return answer


def page(status: int, title: str) -> Callable[[httpx.Request], httpx.Response]:
    html = f"<html>\n<head><title>{title}</title></head><body>nginx</body></html>"
    return lambda _request: httpx.Response(status, html=html)


@pytest.mark.parametrize(
    ("url", "number", "is_gone"),
    [
        (HOSTED, socket.EAI_NONAME, True),
        (HOSTED, socket.EAI_AGAIN, False),
        ("https://data.example.jp", socket.EAI_NONAME, False),
    ],
)
async def test_the_name_of_a_hosted_project_that_is_gone_has_its_own_cure(
    monkeypatch: pytest.MonkeyPatch, url: str, number: int, is_gone: bool
) -> None:
    error = await failure(monkeypatch, lookup_fails(number), url)

    assert error.treatment is (NAMELESS if is_gone else RETRY_ALL)


async def test_a_paused_project_is_known_by_its_status(monkeypatch: pytest.MonkeyPatch) -> None:
    error = await failure(monkeypatch, page(540, "Project paused"))

    assert error.treatment is PAUSED
    assert str(error) == "540: Project paused"


async def test_a_refusal_in_plain_words_is_told_in_these(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = httpx.Response(540, text="Project paused", extensions={"reason_phrase": b""})
    error = await failure(monkeypatch, lambda _request: answer)

    assert str(error) == "540: Project paused"


@pytest.mark.parametrize(("status", "treatment"), [(200, UNCONFIRMED), (403, STRANGE)])
async def test_another_sites_page_has_the_cure_of_a_wrong_address(
    monkeypatch: pytest.MonkeyPatch, status: int, treatment: Treatment
) -> None:
    error = await failure(monkeypatch, page(status, "Studio"))

    assert error.treatment is treatment
    assert error.treatment.cure is URL_CURE


async def test_of_a_gateways_page_the_title_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    error = await failure(monkeypatch, page(502, "502 Bad Gateway"))

    assert str(error) == "502: Bad Gateway"
    assert error.in_language("ja") == "いまは応答できません（502: Bad Gateway）"


async def test_where_a_project_is_gone_the_log_says_what_helps(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    breaker = CircuitBreaker("Supabase")
    error = await failure(monkeypatch, lookup_fails(socket.EAI_NONAME))
    breaker.record_failure(error)
    breaker.record_failure(error)

    assert [record.getMessage()[:9] for record in caplog.records] == ["Supabase:", "   → if t"]
