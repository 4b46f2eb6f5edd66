"""End-to-end encryption: two implementations in one group, through people who come and go."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.voice.conftest import CHANNEL, client_of, hears, hears_all, member
from tests.support.dave_clients import DaveClient, DavePy, Davey
from tests.support.tones import tone_frames
from tests.support.voice_client import AES

if TYPE_CHECKING:
    from sandbox.voice import VoiceStandIn

LIBRARIES = [Davey, DavePy]


def dave_client(
    server: VoiceStandIn, user_id: str, library: type[Davey | DavePy], **options: Any
) -> DaveClient:
    """Return somebody's client that speaks DAVE, not connected yet."""
    options |= {"kind": DaveClient, "library": library, "channel_id": CHANNEL}
    client = client_of(server, member(user_id), **options)
    assert isinstance(client, DaveClient)
    return client


async def settled(server: VoiceStandIn, *clients: DaveClient, epoch: int, listeners: int = 0) -> None:
    """Wait until all of them, and nobody else, are in the group at this epoch, and know it."""
    group = server.gateway.room(CHANNEL).group
    everybody = {client.user_id for client in clients}

    def there() -> bool:
        return (
            group.epoch == epoch
            and everybody <= group.members.keys()
            and len(group.members) == len(everybody) + listeners
            and all(client.established for client in clients)
        )

    for client in clients:
        await client.until(there)


@pytest.mark.parametrize(("sending", "hearing"), list(product(LIBRARIES, LIBRARIES)))
async def test_the_two_implementations_understand_each_other(
    server: VoiceStandIn, sending: type[Davey | DavePy], hearing: type[Davey | DavePy]
) -> None:
    async with (
        dave_client(server, "1", sending) as sender,
        dave_client(server, "2", hearing, mode=AES) as hearer,
    ):
        await settled(server, sender, hearer, epoch=1)
        await sender.speak()
        await hearer.message(5, user_id="1")
        frames = tone_frames(440, 20)
        for frame in frames:
            sender.send_frame(frame)
        await hearer.until(lambda: len(hearer.frames) == len(frames))
        assert [frame for _, _, frame in hearer.frames] == frames
        (speaker,) = await hears_all(server)
    # Nobody in the sandbox is a member, so that the server itself hears nothing of it.
    assert (speaker["encrypted"], speaker["unreadable"], speaker["frequency_hz"]) == (20, 20, None)


@pytest.mark.parametrize("library", LIBRARIES)
async def test_a_person_in_the_sandbox_hears_what_is_encrypted(
    server: VoiceStandIn, library: type[Davey | DavePy]
) -> None:
    server.place(member("9", person=True))
    async with dave_client(server, "1", library) as client:
        await settled(server, client, epoch=1, listeners=1)
        await client.speak()
        for frame in tone_frames(440, 50):
            client.send_frame(frame)
        figures = await hears(server, 50)
    assert figures["frequency_hz"] == pytest.approx(440, abs=1)
    assert (figures["encrypted"], figures["unreadable"], figures["decoded"]) == (50, 0, 50)
