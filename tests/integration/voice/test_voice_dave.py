"""End-to-end encryption: two implementations in one group, through people who come and go."""

from __future__ import annotations

import asyncio
import contextlib
from itertools import product
from typing import Any

import pytest

from sandbox.voice import VoiceStandIn
from sandbox.voice.opcodes import Opcode
from tests.integration.voice.conftest import CHANNEL, client_of, hears, hears_all, member, serving
from tests.support.dave_clients import DaveClient, DavePy, Davey
from tests.support.tones import SILENCE, tone_frames
from tests.support.voice_client import AES, XCHACHA

LIBRARIES = [Davey, DavePy]


def dave_client(
    server: VoiceStandIn, user_id: str, library: type[Davey | DavePy], *, mode: str = XCHACHA, **changes: Any
) -> DaveClient:
    """Return somebody's client that speaks DAVE, not connected yet."""
    who = member(user_id, **changes)
    client = client_of(server, who, kind=DaveClient, library=library, channel_id=CHANNEL, mode=mode)
    assert isinstance(client, DaveClient)
    return client


async def settled(
    server: VoiceStandIn, *clients: DaveClient, epoch: int | None = None, listeners: int = 0
) -> None:
    """Wait until all of them, and nobody else, are in the group, at this epoch, and know it."""
    group = server.gateway.room(CHANNEL).group
    everybody = {client.user_id for client in clients}

    def there() -> bool:
        return (
            (group.idle if epoch is None else group.epoch == epoch)
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


async def hear_each_other(*clients: DaveClient) -> None:
    """Let each of them be heard by all the others."""
    (frame,) = tone_frames(440, 1)
    for client in clients:
        await client.speak()
    for sender, hearer in product(clients, clients):
        if sender is not hearer:
            await hearer.until(lambda sender=sender, hearer=hearer: sender.ssrc in hearer.users)
    for sender in clients:
        others = [one for one in clients if one is not sender]
        for hearer in others:
            hearer.frames.clear()
        sender.send_frame(frame)
        for hearer in others:
            await hearer.until(lambda hearer=hearer: bool(hearer.frames))
            assert hearer.frames == [(sender.ssrc, (sender.sequence - 1) % 2**16, frame)]


@pytest.mark.parametrize(
    "libraries", [[Davey, DavePy, Davey], [DavePy, Davey, DavePy]], ids=["davey", "dave-py"]
)
async def test_who_comes_and_goes_changes_the_epoch(
    server: VoiceStandIn, libraries: list[type[Davey | DavePy]]
) -> None:
    first, second, third = (dave_client(server, str(n), kind) for n, kind in enumerate(libraries, 1))
    async with second:
        async with first:
            await settled(server, first, second, epoch=1)
            async with third:
                await settled(server, first, second, third, epoch=2)
                await hear_each_other(first, second, third)
            await settled(server, first, second, epoch=3)
            await hear_each_other(first, second)
            again = dave_client(server, "3", libraries[2])
            async with again:
                await settled(server, first, second, again, epoch=4)
                await hear_each_other(first, second, again)
            await settled(server, first, second, epoch=5)
        await second.until(lambda: second.opcodes[-2:] == [24, 21])  # alone: a new group, at once
        assert not second.established
        async with dave_client(server, "4", libraries[0]) as fresh:
            await settled(server, second, fresh, epoch=1)
            await hear_each_other(second, fresh)
    assert server.gateway.room(CHANNEL).group.members == {}


async def test_many_who_come_at_once_and_people_of_the_sandbox_are_one_group(server: VoiceStandIn) -> None:
    for user in ("7", "8", "9"):
        server.place(member(user, person=True))
    clients = [dave_client(server, str(number), LIBRARIES[number % 2]) for number in range(1, 6)]
    async with contextlib.AsyncExitStack() as stack:
        await asyncio.gather(*(stack.enter_async_context(client) for client in clients))
        group = server.gateway.room(CHANNEL).group
        for client in clients:
            await client.until(lambda: len(group.members) == 8)
            await client.until(lambda: group.idle)
        await hear_each_other(*clients)
        server.remove(member("7").guild_id, "7")
        server.place(member("6", person=True))
        for client in clients:
            await client.until(lambda: group.members.keys() == set("12345689"))
            await client.until(lambda: group.idle)
        await hear_each_other(*clients)
        assert all(speaker["unreadable"] == 0 for speaker in await hears_all(server))
    # Whoever is a member was one by the same tree that the clients have, leaf by leaf.


async def test_a_persons_own_client_takes_the_place_of_the_sandboxs(server: VoiceStandIn) -> None:
    server.place(member("9", person=True))
    room = server.gateway.room(CHANNEL)
    async with dave_client(server, "1", Davey) as bot:
        await settled(server, bot, epoch=1, listeners=1)
        assert list(room.listeners) == ["9"]
        async with dave_client(server, "9", DavePy, person=True) as own:
            await settled(server, bot, own, epoch=1)
            assert room.listeners == {}
            await hear_each_other(bot, own)
        await bot.until(lambda: "9" in room.listeners and "9" in room.group.members)
    assert room.listeners == {}


@pytest.mark.parametrize("library", LIBRARIES)
async def test_a_client_without_dave_brings_everybody_down_to_no_encryption_and_up_again(
    server: VoiceStandIn, library: type[Davey | DavePy]
) -> None:
    server.place(member("9", person=True))
    (frame,) = tone_frames(440, 1)
    async with dave_client(server, "1", library) as client:
        await settled(server, client, epoch=1, listeners=1)
        await client.speak()
        async with client_of(server, member("2")) as plain:
            assert (await plain.message(4))["d"]["dave_protocol_version"] == 0
            await client.until(lambda: client.opcodes[-2:] == [21, 22])
            assert (client.version, client.established) == (0, False)
            await plain.message(5, user_id="1")
            client.send_frame(frame)
            await plain.until(lambda: len(plain.frames) == 1)
            assert plain.frames[0][2] == frame
        await settled(server, client, epoch=1, listeners=1)
        assert client.version == 1
        client.send_frame(frame)
        figures = await hears(server, 2)
    assert (figures["encrypted"], figures["unreadable"], figures["decoded"]) == (1, 0, 2)


async def test_frames_that_are_encrypted_still_are_kept_from_a_client_without_dave(
    server: VoiceStandIn,
) -> None:
    async with dave_client(server, "1", Davey) as first, dave_client(server, "2", Davey) as second:
        await settled(server, first, second, epoch=1)
        await first.speak()
        first.ready_at_once = False  # so that it goes on as before
        async with client_of(server, member("3")) as plain:
            await first.message(21)
            first.send_frame(tone_frames(440, 1)[0])
            await second.until(lambda: len(second.frames) == 1)
            await first.send(23, {"transition_id": (await first.message(21))["d"]["transition_id"]})
            await first.message(22)
            await plain.message(5, user_id="1")
            first.send_frame(SILENCE)
            await plain.until(lambda: bool(plain.frames))
            assert [frame for _, _, frame in plain.frames] == [SILENCE]


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("newcomer", [False, True], ids=["commit", "welcome"])
async def test_a_client_that_cannot_follow_is_removed_and_added_again(
    server: VoiceStandIn, library: type[Davey | DavePy], *, newcomer: bool
) -> None:
    async with dave_client(server, "1", DavePy) as first, dave_client(server, "2", library) as second:
        await settled(server, first, second, epoch=1)
        third = dave_client(server, "3", library)
        (third if newcomer else second).corrupt_next = True
        async with third:
            refused = third if newcomer else second
            await refused.until(lambda: not refused.corrupt_next)
            await settled(server, first, second, third)
            assert server.gateway.room(CHANNEL).group.epoch in {
                3,
                4,
            }  # removed and added at once, or one by one
            await hear_each_other(first, second, third)


@pytest.mark.parametrize("library", LIBRARIES)
async def test_a_proposal_for_somebody_who_left_is_revoked(
    server: VoiceStandIn, library: type[Davey | DavePy]
) -> None:
    group = server.gateway.room(CHANNEL).group
    async with dave_client(server, "1", library) as first, dave_client(server, "2", library) as second:
        await settled(server, first, second, epoch=1)
        first.commits = second.commits = False
        async with dave_client(server, "3", Davey):
            await first.until(lambda: first.opcodes[-1] == 27)
            await second.until(lambda: second.opcodes[-1] == 27)
        await first.message(13, user_id="3")
        await first.until(lambda: first.opcodes[-2:] == [27, 27])
        assert (group.revoked, group.idle, group.epoch) == (1, True, 1)
        first.commits = second.commits = True
        async with dave_client(server, "4", Davey) as fourth:
            await settled(server, first, second, fourth, epoch=2)
            await hear_each_other(first, second, fourth)


async def test_the_server_takes_only_the_first_good_commit(server: VoiceStandIn) -> None:
    group = server.gateway.room(CHANNEL).group
    async with dave_client(server, "1", Davey) as first, dave_client(server, "2", DavePy) as second:
        await settled(server, first, second, epoch=1)
        await first.send_binary(28, b"junk")
        await first.beat()
        assert "2: of epoch 0" in group.refusals[0] or "1: of epoch 0" in group.refusals[0]
        assert group.refusals[-1].startswith("1: ")
        assert group.epoch == 1


async def test_what_a_client_says_once_it_has_left_is_nothing(server: VoiceStandIn) -> None:
    who = member("1")
    room = server.gateway.room(CHANNEL)
    async with dave_client(server, "1", Davey) as first, dave_client(server, "2", DavePy) as second:
        await settled(server, first, second, epoch=1)
        session, refused = room.sessions["1"], len(room.group.refusals)
        server.remove(who.guild_id, who.user_id)
        for op in (Opcode.KEY_PACKAGE, Opcode.COMMIT_WELCOME):
            room.take(session, op, b"on its way when they left")
        room.take(session, Opcode.INVALID_COMMIT_WELCOME, {"transition_id": 1})
        assert len(room.group.refusals) == refused


async def test_a_transition_does_not_wait_for_ever(
    server: VoiceStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.voice.group.TRANSITION_SECONDS", 0.05)
    async with dave_client(server, "1", Davey) as first, dave_client(server, "2", DavePy) as second:
        second.ready_at_once = False
        await settled(server, first, second, epoch=1)
        await hear_each_other(first, second)


async def test_stages_are_not_encrypted_end_to_end(server: VoiceStandIn) -> None:
    async with dave_client(server, "1", Davey, stage=True) as client:
        assert (await client.message(4))["d"]["dave_protocol_version"] == 0
        assert client.opcodes == []


async def test_where_end_to_end_encryption_is_required_a_client_without_is_refused(
    server: VoiceStandIn,
) -> None:
    server.gateway.require_e2ee = True
    refused = client_of(server, member("1"))
    try:
        await refused.open()
        await refused.identify()
        assert await refused.closed() == 4017
    finally:
        await refused.close()
    async with dave_client(server, "1", Davey), client_of(server, member("2", channel_id="202", stage=True)):
        pass


async def test_a_server_without_dave_says_so() -> None:
    server = VoiceStandIn(None, dave_version=0)
    async with serving(server), dave_client(server, "1", Davey) as client:
        assert (await client.message(4))["d"]["dave_protocol_version"] == 0
        await client.beat()
        assert client.binary == []
