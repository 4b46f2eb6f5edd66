"""Why the doctor had no answer, in few words of the reader's language."""

from __future__ import annotations

import errno
import socket
import ssl
from typing import Any, cast

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey

from bot.doctor.web import UnreachableError, get
from bot.texts import doctor as texts

KEY = cast("ConnectionKey", ConnectionKey("host", 443, True, True, None, None, None))


async def failure(monkeypatch: pytest.MonkeyPatch, error: Exception) -> UnreachableError:
    def refuse(*_: object, **_options: object) -> Any:
        raise error

    monkeypatch.setattr(aiohttp.ClientSession, "get", refuse)
    with pytest.raises(UnreachableError) as caught:
        await get("https://host/", {})
    return caught.value


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (aiohttp.ClientConnectorError(KEY, OSError(errno.ECONNREFUSED, "refused")), texts.CONNECTION_REFUSED),
        (aiohttp.ClientConnectorSSLError(KEY, OSError(1, "wrong version number")), texts.NO_TLS),
        (
            aiohttp.ClientConnectorCertificateError(KEY, ssl.SSLCertVerificationError("self-signed")),
            texts.NO_TLS,
        ),
        (aiohttp.ServerTimeoutError(), texts.NO_ANSWER),
        (TimeoutError(), texts.NO_ANSWER),
        (aiohttp.ClientConnectorError(KEY, OSError(errno.ENETUNREACH, "No route")), "No route"),
        (aiohttp.ServerDisconnectedError(), "Server disconnected"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
async def test_the_reason_is_short(monkeypatch: pytest.MonkeyPatch, error: Exception, reason: object) -> None:
    told = await failure(monkeypatch, error)

    assert told.reason == reason
    assert not told.is_nameless


@pytest.mark.parametrize(("number", "is_nameless"), [(socket.EAI_NONAME, True), (socket.EAI_AGAIN, False)])
async def test_a_name_that_does_not_exist_is_told_from_a_network_without_names(
    monkeypatch: pytest.MonkeyPatch, number: int, is_nameless: bool
) -> None:
    error = aiohttp.ClientConnectorDNSError(KEY, socket.gaierror(number, "words"))

    assert (await failure(monkeypatch, error)).is_nameless is is_nameless
