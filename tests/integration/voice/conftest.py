"""A voice server on plain websockets, and people who may connect to it."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.voice import VoiceStandIn
from sandbox.voice.control import heard
from sandbox.voice_server import VoiceMember
from tests.support.voice_client import VoiceClient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

GUILD, CHANNEL = "100", "200"


@pytest.fixture
async def server() -> AsyncIterator[VoiceStandIn]:
    async with serving(VoiceStandIn(None)) as server:
        yield server


@contextlib.asynccontextmanager
async def serving(server: VoiceStandIn) -> AsyncIterator[VoiceStandIn]:
    await server.start()
    try:
        yield server
    finally:
        await server.close()


def member(user_id: str, **changes: object) -> VoiceMember:
    fields = {"guild_id": GUILD, "channel_id": CHANNEL, "session_id": f"s{user_id}", "token": f"t{user_id}"}
    return VoiceMember(user_id=user_id, **fields | changes)  # type: ignore[arg-type]


def client_of(
    server: VoiceStandIn, who: VoiceMember, *, kind: type[VoiceClient] = VoiceClient, **options: object
) -> VoiceClient:
    """Return the client of somebody, not connected yet; the server is told of them."""
    server.place(who)
    return kind(
        server.endpoint,
        server_id=who.guild_id,
        user_id=who.user_id,
        session_id=who.session_id,
        token=who.token,
        **options,  # type: ignore[arg-type]
    )


async def hears(server: VoiceStandIn, packets: int, channel: str = CHANNEL) -> dict[str, Any]:
    """Return the figures of the only speaker, once the server has so many packets of theirs."""
    async with asyncio.timeout(60):
        while True:
            (speaker,) = (await hears_all(server, channel)) or [{"total": {"packets": 0}}]
            if speaker["total"]["packets"] >= packets:
                return speaker
            await asyncio.sleep(0.05)


async def hears_all(server: VoiceStandIn, channel: str = CHANNEL) -> list[dict[str, Any]]:
    """Return the figures of everybody who has spoken, as they are served."""
    figures: Any = await heard(server.gateway.room(channel))
    return figures["speakers"]
