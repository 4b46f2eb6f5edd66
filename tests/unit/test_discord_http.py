from __future__ import annotations

import asyncio
import io
import json
from typing import Any
from unittest.mock import Mock

import aiohttp
import discord
import pytest
from discord.http import HTTPClient, Route
from discord.webhook.async_ import AsyncWebhookAdapter, async_context

from bot import discord_http
from bot.discord_http import (
    ALREADY_ACKNOWLEDGED,
    CALLBACK,
    MESSAGES,
    MOST_IN_CHANNEL,
    ChannelBusyError,
    DiscordUnreachableError,
)
from bot.error_handler import explanation_of
from bot.texts import errors as texts

RESET = ConnectionResetError("peer")
NOT_CONNECTED = aiohttp.ClientConnectorError(Mock(ssl=None, host="discord.com", port=443), OSError("refused"))
LOST = [
    RESET,
    aiohttp.ServerDisconnectedError(),
    aiohttp.ClientOSError(104, "reset"),
    aiohttp.ClientPayloadError("half an answer"),
    BrokenPipeError(),
]
FOLLOWUP = "/webhooks/{webhook_id}/{webhook_token}"
IDS = {"channel_id": 1, "webhook_id": 2, "webhook_token": "t", "message_id": 3}


class Discord:
    """Answers requests one after the other with what a test says, an exception or a value."""

    def __init__(self) -> None:
        self.answers: list[object] = []
        self.requests: list[dict[str, Any]] = []

    async def answer(self, _route: Route, **options: Any) -> object:
        files = options.get("files") or ()
        self.requests.append({**options, "read": [file.fp.read() for file in files]})
        answer = self.answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Discord:
    api, adapter = Discord(), async_context.get()
    monkeypatch.setattr(HTTPClient, "request", lambda _self, *args, **options: api.answer(*args, **options))
    monkeypatch.setattr(
        AsyncWebhookAdapter, "request", lambda _self, *args, **options: api.answer(*args, **options)
    )
    monkeypatch.setattr(adapter, "request", None, raising=False)
    monkeypatch.setattr(discord_http, "PAUSES", (0.0, 0.0))
    return api


@pytest.fixture
async def http(api: Discord) -> HTTPClient:
    http = HTTPClient(Mock())
    discord_http.use(http)
    return http


async def ask(http: HTTPClient, method: str, path: str, **options: Any) -> object:
    """Send a request, as an answer to an interaction where its path says so."""
    route = Route(method, path, **IDS)
    if "webhook_token" in path:
        return await async_context.get().request(route, session=Mock(), **options)
    return await http.request(route, **options)


REPEATABLE = [
    ("POST", MESSAGES),
    ("PATCH", MESSAGES + "/{message_id}"),
    ("DELETE", MESSAGES + "/{message_id}"),
    ("GET", MESSAGES),
    ("PUT", MESSAGES + "/{message_id}/reactions/x/@me"),
    ("POST", "/channels/{channel_id}/typing"),
    ("POST", "/users/@me/channels"),
    ("POST", CALLBACK),
    ("PATCH", FOLLOWUP + "/messages/@original"),
    ("DELETE", FOLLOWUP + "/messages/@original"),
]


@pytest.mark.parametrize("error", LOST, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize(("method", "path"), REPEATABLE)
async def test_what_cannot_happen_twice_is_sent_again_over_a_new_connection(
    api: Discord, http: HTTPClient, method: str, path: str, error: Exception
) -> None:
    api.answers = [error, error, {"id": "1"}]
    assert await ask(http, method, path) == {"id": "1"}


@pytest.mark.parametrize(
    "error", [*LOST, NOT_CONNECTED, TimeoutError()], ids=lambda error: type(error).__name__
)
@pytest.mark.parametrize(("method", "path"), [*REPEATABLE, ("POST", FOLLOWUP)])
async def test_a_connection_that_stays_broken_is_handled_as_discords_own_errors(
    api: Discord, http: HTTPClient, method: str, path: str, error: Exception
) -> None:
    api.answers = [error] * 3
    with pytest.raises(discord.HTTPException) as caught:
        await ask(http, method, path)
    assert isinstance(caught.value, DiscordUnreachableError)
    assert (caught.value.__cause__, caught.value.status) == (error, 0)
    explain = explanation_of(caught.value)
    assert explain is not None
    assert explain(caught.value, "en", "") == texts.DISCORD_DOWN("en")


@pytest.mark.parametrize("error", [TimeoutError(), aiohttp.SocketTimeoutError()])
@pytest.mark.parametrize(("method", "path"), REPEATABLE)
async def test_what_discord_left_without_an_answer_for_long_is_not_sent_again(
    api: Discord, http: HTTPClient, method: str, path: str, error: Exception
) -> None:
    api.answers = [error, {"id": "1"}]
    with pytest.raises(DiscordUnreachableError):
        await ask(http, method, path)
    assert api.answers


async def test_nobody_waits_for_discords_first_word_for_minutes(api: Discord, http: HTTPClient) -> None:
    api.answers = [{"id": "1"}]
    await ask(http, "POST", MESSAGES, json={})
    assert api.requests[0]["timeout"].sock_read <= 60


async def test_a_follow_up_is_sent_again_only_where_it_was_not_sent(api: Discord, http: HTTPClient) -> None:
    api.answers = [NOT_CONNECTED, {"id": "1"}]
    assert await ask(http, "POST", FOLLOWUP) == {"id": "1"}
    api.answers = [RESET, {"id": "1"}]
    with pytest.raises(DiscordUnreachableError):
        await ask(http, "POST", FOLLOWUP)
    assert api.answers, "it might have arrived"


@pytest.mark.parametrize("nonce", [{}, {"nonce": "mine", "enforce_nonce": True}])
async def test_every_message_has_a_nonce_which_its_second_try_keeps(
    api: Discord, http: HTTPClient, nonce: dict[str, object]
) -> None:
    file = discord.File(io.BytesIO(b"data"), "a.png")
    form = [
        {"name": "payload_json", "value": json.dumps({"content": "c", **nonce})},
        {"name": "files[0]", "value": b""},
    ]
    api.answers = [RESET, {}, RESET, {}]
    await ask(http, "POST", MESSAGES, json={"content": "c", **nonce})
    await ask(http, "POST", MESSAGES, form=form, files=[file])
    sent = [request["json"] for request in api.requests[:2]]
    sent += [json.loads(request["form"][0]["value"]) for request in api.requests[2:]]
    assert sent[0] == sent[1]
    assert sent[2] == sent[3]
    for payload in sent:
        assert payload == {
            "content": "c",
            "nonce": nonce.get("nonce", payload["nonce"]),
            "enforce_nonce": True,
        }
        assert 0 < len(payload["nonce"]) <= 25
    assert [request["read"] for request in api.requests[2:]] == [[b"data"], [b"data"]], "from the beginning"


async def test_an_interaction_that_the_first_try_answered_counts_as_answered(
    api: Discord, http: HTTPClient
) -> None:
    acknowledged = discord.HTTPException(
        Mock(status=400, reason=""), {"code": ALREADY_ACKNOWLEDGED, "message": ""}
    )
    api.answers = [RESET, acknowledged]
    assert await ask(http, "POST", CALLBACK) == {"interaction": {"id": 2}}
    api.answers = [acknowledged]
    with pytest.raises(discord.HTTPException):
        await ask(http, "POST", CALLBACK)


@pytest.mark.parametrize("refusal", [discord.Forbidden, discord.NotFound])
async def test_a_refusal_is_not_asked_again(
    api: Discord, http: HTTPClient, refusal: type[discord.HTTPException]
) -> None:
    api.answers = [refusal(Mock(status=403, reason=""), "no"), {}]
    with pytest.raises(refusal):
        await ask(http, "POST", MESSAGES, json={})
    assert len(api.requests) == 1


@pytest.mark.parametrize("path", ["/users/@me", "/gateway/bot"])
async def test_what_is_asked_at_the_start_is_left_to_the_patience_there(
    api: Discord, http: HTTPClient, path: str
) -> None:
    api.answers = [RESET, {}]
    with pytest.raises(DiscordUnreachableError):
        await ask(http, "GET", path)
    assert api.answers == [{}]


async def test_to_a_channel_that_is_flooded_nothing_more_is_sent_until_something_has_arrived(
    http: HTTPClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrive, sent = asyncio.Event(), list[int]()

    async def slowly(_http: HTTPClient, route: Route, **_options: object) -> object:
        sent.append(int(route.channel_id or 0))
        await arrive.wait()
        return {"id": "1"}

    monkeypatch.setattr(HTTPClient, "request", slowly)
    discord_http.use(http)
    flood = Route("POST", MESSAGES, channel_id=1)
    waiting = [asyncio.ensure_future(http.request(flood)) for _ in range(MOST_IN_CHANNEL)]
    elsewhere = asyncio.ensure_future(http.request(Route("POST", MESSAGES, channel_id=2)))
    await asyncio.sleep(0)

    for route in (flood, Route("POST", "/channels/{channel_id}/typing", channel_id=1)):
        with pytest.raises(discord.HTTPException) as caught:
            await http.request(route)
        assert isinstance(caught.value, ChannelBusyError)
    arrive.set()

    await asyncio.gather(*waiting, elsewhere)
    assert await http.request(flood) == {"id": "1"}
    assert sent == [1] * MOST_IN_CHANNEL + [2, 1]
