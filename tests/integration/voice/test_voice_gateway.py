"""The voice gateway's websocket and UDP, spoken to by a client of our own."""

from __future__ import annotations

import asyncio
import struct
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.voice import VoiceStandIn
from tests.integration.voice.conftest import CHANNEL, client_of, hears, hears_all, member, serving
from tests.support.tones import SILENCE, tone_frames

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from sandbox.voice_server import VoiceMember
    from tests.support.voice_client import VoiceClient

    Misstep = Callable[[VoiceClient], Coroutine[Any, Any, None]]


async def test_ready_names_what_a_client_needs(server: VoiceStandIn) -> None:
    async with client_of(server, member("1")) as client:
        hello, ready, described = client.messages[:3]
        assert (hello["op"], hello["d"]["v"], "seq" in hello) == (8, 8, False)
        assert ready["d"]["ip"] == "127.0.0.1"
        assert ready["d"]["modes"] == ["aead_aes256_gcm_rtpsize", "aead_xchacha20_poly1305_rtpsize"]
        assert "seq" not in ready
        assert len(described["d"]["secret_key"]) == 32
        assert (described["seq"], described["d"]["dave_protocol_version"]) == (1, 0)
        discovered = await client.datagram(lambda data: data[:2] == b"\0\2")
        own = client.udp.get_extra_info("sockname")
        assert struct.unpack(">HHI64sH", discovered) == (
            2,
            70,
            client.ssrc,
            own[0].encode().ljust(64, b"\0"),
            own[1],
        )


async def test_those_in_a_channel_learn_of_each_other(server: VoiceStandIn) -> None:
    async with client_of(server, member("1")) as first:
        await first.speak(5)
        async with client_of(server, member("2")) as second:
            assert (await second.message(11))["d"] == {"user_ids": ["1"]}
            assert (await first.message(11))["d"] == {"user_ids": ["2"]}
            speaking = await second.message(5)
            assert speaking["d"] == {"user_id": "1", "ssrc": first.ssrc, "speaking": 5, "delay": 0}
            frames = tone_frames(440, 3)
            for frame in frames:
                first.send_frame(frame)
            await second.until(lambda: len(second.frames) == 3)
            assert second.frames == [
                (first.ssrc, 65_530 + index, frame) for index, frame in enumerate(frames)
            ]
        assert (await first.message(13))["d"] == {"user_id": "2"}


async def test_keepalives_come_back(server: VoiceStandIn) -> None:
    async with client_of(server, member("1")) as client:
        for keepalive in (b"\x12\x34\x56\x78\0\0\0\0", b"\xc9" + bytes(8)):
            client.udp.sendto(keepalive)
            assert await client.datagram(keepalive.__eq__)


async def test_what_is_no_voice_packet_of_a_session_is_not_heard(server: VoiceStandIn) -> None:
    async with client_of(server, member("1")) as client:
        client.send_frame(SILENCE)  # before it said that it speaks
        await client.speak()
        session = server.gateway.sessions[member("1").guild_id, "1"]
        for junk in (
            b"",
            b"\x80\x78",
            bytes(74),
            b"\x80\x78" + bytes(10),
            b"\x9f\x78" + bytes(6) + session.ssrc.to_bytes(4, "big"),
        ):
            client.udp.sendto(junk)
        client.udp.sendto(struct.pack(">BBHII", 0x80, 0x78, 1, 1, session.ssrc) + bytes(40))
        client.send_frame(SILENCE)
        figures = await hears(server, 1)
        assert figures["packets"] == 1
        assert (session.unannounced, session.unreadable) == (1, 2)


async def test_whoever_is_muted_is_not_heard_until_they_are_let_speak(server: VoiceStandIn) -> None:
    async with client_of(server, member("1", silenced=True)) as client:
        await client.speak()
        client.send_frame(SILENCE)
        client.udp.sendto(b"keepalive")
        await client.datagram(b"keepalive".__eq__)
        assert await hears_all(server) == []
        server.place(member("1"))
        client.send_frame(SILENCE)
        assert (await hears(server, 1))["packets"] == 1


async def test_a_session_is_resumed_and_sent_what_it_missed(server: VoiceStandIn) -> None:
    async with client_of(server, member("1")) as client:
        await client.speak()
        await client.beat()
        await client.cut()
        async with client_of(server, member("2")) as other:
            await other.speak()
        seen = len(client.messages)
        await client.resume()
        await client.message(13, user_id="2")
        hello, resumed, *missed = client.messages[seen:]
        assert (hello["op"], resumed["op"], resumed["d"]) == (8, 9, None)
        assert [(one["op"], one["seq"]) for one in missed] == [(11, 2), (5, 3), (13, 4)]
        client.send_frame(SILENCE)  # by the keys that it had
        assert (await hears(server, 1))["packets"] == 1
        await client.beat()
        await client.resume()  # while the other websocket is open still
        await client.beat()
        assert [one["op"] for one in client.messages].count(9) == 2


async def test_a_resume_of_what_was_never_sent_or_is_forgotten_is_refused(server: VoiceStandIn) -> None:
    async with client_of(server, member("1")) as client:
        await client.beat()
        await client.cut()
        for number in (-1, 0, 7):
            client.seq_ack = number
            await client.resume()
            assert await client.closed() == 4006


async def test_heartbeats_with_the_numbers_of_an_earlier_session_are_answered(server: VoiceStandIn) -> None:
    async with client_of(server, member("1")) as client:
        client.seq_ack = 900
        await client.beat()
        await client.cut()
        client.seq_ack = -1
        await client.resume()
        await client.until(lambda: [one["op"] for one in client.messages].count(4) == 2)


async def test_a_goodbye_ends_the_session_and_a_lost_connection_does_not(server: VoiceStandIn) -> None:
    async with client_of(server, member("1")) as watching, client_of(server, member("2")) as client:
        await client.cut()
        assert "2" in server.gateway.room(CHANNEL).sessions
        await client.resume()
        await client.socket.close(code=1000)
        await watching.message(13, user_id="2")
        await client.resume()
        assert await client.closed() == 4006


async def unknown_opcode(client: VoiceClient) -> None:
    await client.send(99, {})


async def no_json(client: VoiceClient) -> None:
    await client.socket.send_str("{")


async def no_object(client: VoiceClient) -> None:
    await client.socket.send_str("[]")


async def speaking_before_identify(client: VoiceClient) -> None:
    await client.send(5, {"speaking": 1})


async def key_package_before_identify(client: VoiceClient) -> None:
    await client.socket.send_bytes(b"\x1ajunk")


async def unknown_binary(client: VoiceClient) -> None:
    await client.socket.send_bytes(b"\x63")


async def empty_binary(client: VoiceClient) -> None:
    await client.socket.send_bytes(b"")


async def wrong_token(client: VoiceClient) -> None:
    client.identity["token"] = "wrong"
    await client.identify()


async def wrong_session(client: VoiceClient) -> None:
    client.identity["session_id"] = "wrong"
    await client.identify()


async def wrong_user(client: VoiceClient) -> None:
    client.user_id = "77"
    await client.identify()


async def wrong_server(client: VoiceClient) -> None:
    client.identity["server_id"] = "77"
    await client.identify()


async def numbers_for_ids(client: VoiceClient) -> None:
    await client.send(0, {**client.identity, "user_id": 1})


async def odd_dave_version(client: VoiceClient) -> None:
    await client.send(0, {**client.identity, "user_id": "1", "max_dave_protocol_version": "1"})


async def identify_twice(client: VoiceClient) -> None:
    await client.identify()
    await client.identify()


async def resume_of_nothing(client: VoiceClient) -> None:
    await client.send(7, client.identity)


async def resume_with_a_wrong_token(client: VoiceClient) -> None:
    await client.identify()
    await client.message(2)
    await client.cut()
    client.identity["token"] = "wrong"
    await client.resume()


async def selecting(client: VoiceClient, **changes: object) -> None:
    await client.identify()
    choice = {"address": "127.0.0.1", "port": 1, "mode": client.mode}
    await client.send(1, {"protocol": "udp", "data": choice | changes})


async def webrtc(client: VoiceClient) -> None:
    await client.identify()
    await client.send(1, {"protocol": "webrtc", "sdp": "v=0"})


async def old_encryption(client: VoiceClient) -> None:
    await selecting(client, mode="xsalsa20_poly1305")


async def no_address(client: VoiceClient) -> None:
    await selecting(client, address=None)


async def heartbeat_that_acknowledges_a_word(client: VoiceClient) -> None:
    await client.send(3, {"t": 1, "seq_ack": "1"})


async def heartbeat_of_old(client: VoiceClient) -> None:
    await client.send(3, 1501184119561)


async def speaking_as_somebody_else(client: VoiceClient) -> None:
    await selecting(client)
    await client.send(5, {"speaking": 1, "ssrc": 3})


async def junk_key_package(client: VoiceClient) -> None:
    await selecting(client)
    await client.socket.send_bytes(b"\x1ajunk")


async def junk_transition(client: VoiceClient) -> None:
    await selecting(client)
    await client.send(23, {"transition_id": "x"})


@pytest.mark.parametrize(
    ("misstep", "code"),
    [
        (unknown_opcode, 4001),
        (unknown_binary, 4001),
        (empty_binary, 4001),
        (no_json, 4002),
        (no_object, 4002),
        (numbers_for_ids, 4002),
        (odd_dave_version, 4002),
        (speaking_before_identify, 4003),
        (key_package_before_identify, 4003),
        (wrong_token, 4004),
        (resume_with_a_wrong_token, 4004),
        (identify_twice, 4005),
        (wrong_session, 4006),
        (wrong_user, 4006),
        (resume_of_nothing, 4006),
        (wrong_server, 4011),
        (webrtc, 4012),
        (old_encryption, 4016),
        (no_address, 4020),
        (heartbeat_of_old, 4020),
        (heartbeat_that_acknowledges_a_word, 4020),
        (speaking_as_somebody_else, 4020),
        (junk_key_package, 4020),
        (junk_transition, 4020),
    ],
)
async def test_a_misstep_is_answered_by_its_close_code(
    server: VoiceStandIn, misstep: Misstep, code: int
) -> None:
    client = client_of(server, member("1"))
    try:
        await client.open()
        await misstep(client)
        assert await client.closed() == code
    finally:
        await client.close()


@pytest.mark.parametrize("query", ["v=4", "v=", "x=8"])
async def test_another_version_of_the_gateway_is_refused(server: VoiceStandIn, query: str) -> None:
    client = client_of(server, member("1"))
    try:
        await client.open(query)
        assert await client.closed() == 4012
    finally:
        await client.close()


async def test_a_client_without_heartbeats_is_closed() -> None:
    quick = VoiceStandIn(None, heartbeat_seconds=0.1)
    async with serving(quick), client_of(quick, member("1")) as client:
        assert await client.closed() == 4009


def kicked(server: VoiceStandIn, who: VoiceMember) -> None:
    server.remove(who.guild_id, who.user_id)


def channel_deleted(server: VoiceStandIn, who: VoiceMember) -> None:
    server.remove(who.guild_id, who.user_id, call_ended=True)


def moved(server: VoiceStandIn, who: VoiceMember) -> None:
    server.place(member(who.user_id, channel_id="201", token="new"))


@pytest.mark.parametrize(("happening", "code"), [(kicked, 4014), (channel_deleted, 4022), (moved, 4014)])
async def test_whoever_has_left_the_channel_is_disconnected(
    server: VoiceStandIn, happening: Callable[[VoiceStandIn, VoiceMember], None], code: int
) -> None:
    who = member("1")
    async with client_of(server, who) as client, client_of(server, member("2")) as other:
        happening(server, who)
        assert await client.closed() == code
        await other.message(13, user_id="1")
        await client.resume()
        assert await client.closed() == 4006


async def test_a_second_identify_of_the_same_user_ends_the_first_session(server: VoiceStandIn) -> None:
    async with client_of(server, member("1")) as first, client_of(server, member("1")) as second:
        assert await first.closed() == 4006
        await second.speak()
        second.send_frame(SILENCE)
        assert (await hears(server, 1))["connected"]


async def test_messages_are_numbered_on_beyond_16_bits(server: VoiceStandIn) -> None:
    async with client_of(server, member("1")) as client:
        server.gateway.sessions[member("1").guild_id, "1"].sequence = 65_534
        client.seq_ack = 65_534
        async with client_of(server, member("2")):
            await client.message(11)
        await client.message(13)
        await client.beat()
        await client.cut()
        async with client_of(server, member("3")):
            pass
        await client.resume()
        await client.message(13, user_id="3")
        assert [one["seq"] for one in client.messages if "seq" in one] == [1, 65_535, 0, 1, 2]


async def test_closing_the_server_ends_every_connection() -> None:
    server = VoiceStandIn(None)
    await server.start()
    async with client_of(server, member("1")) as client:
        await asyncio.wait_for(server.close(), 60)
        assert await client.closed() == 1001
