"""What reaches Lavalink's player, and what is remembered of the rest."""

from __future__ import annotations

import asyncio
from unittest.mock import AsyncMock, Mock

import pytest
import wavelink

from bot.lavalink import LavalinkError, NodeUnreachableError, PlayerEndedError, RequestRefusedError, Timings
from bot.lavalink.connection import Node
from bot.lavalink.remote_player import RemotePlayer

GUILD_ID = 900
VOICE = {"token": "t", "endpoint": "e", "sessionId": "s", "channelId": "5"}


class Stage:
    """A player on a node; ``events`` are the interruptions, and their ends."""

    def __init__(self) -> None:
        self.node = self.another_node()
        timings = Timings(command=0.01)
        self.remote = RemotePlayer(Mock(spec=wavelink.Player), GUILD_ID, self.node, timings)
        self.events: list[str] = []
        self.remote.on_interrupted = lambda: self.events.append("interrupted")
        self.remote.on_restored = lambda: self.events.append("restored")

    async def settle(self) -> None:
        while tasks := self.remote._tasks._tasks:
            await asyncio.wait(tasks)
        await asyncio.sleep(0)

    def another_node(self) -> Mock:
        return Mock(
            spec=Node,
            update_player=AsyncMock(),
            destroy_player=AsyncMock(),
            destroy_player_soon=AsyncMock(),
            detach=Mock(return_value=True),
        )


async def test_what_reaches_the_node_is_no_interruption() -> None:
    stage = Stage()
    await stage.remote.send({"volume": 5})

    stage.node.update_player.assert_awaited_once_with(GUILD_ID, {"volume": 5})
    assert not stage.remote.interrupted


async def test_what_does_not_reach_the_node_interrupts_the_player_even_if_its_session_is_resumed() -> None:
    stage = Stage()
    stage.node.update_player.side_effect = NodeUnreachableError
    await stage.remote.send({"volume": 5})
    stage.remote.on_node_back(resumed=True)

    assert stage.remote.interrupted
    assert stage.events == ["interrupted"]


async def test_a_resumed_session_that_missed_nothing_ends_the_interruption() -> None:
    stage = Stage()
    stage.remote.on_node_lost()
    stage.remote.on_node_back(resumed=True)

    assert not stage.remote.interrupted
    assert stage.events == ["interrupted", "restored"]


async def test_a_node_without_the_old_session_has_to_be_told_everything() -> None:
    stage = Stage()
    stage.remote.on_node_lost()
    stage.remote.on_node_back(resumed=False)

    assert stage.remote.interrupted
    assert stage.events == ["interrupted"]


async def test_a_refused_request_is_the_callers_matter() -> None:
    stage = Stage()
    stage.node.update_player.side_effect = RequestRefusedError(400)
    with pytest.raises(RequestRefusedError):
        await stage.remote.send({"volume": 5})

    assert not stage.remote.interrupted


async def test_nothing_is_sent_for_a_player_that_has_ended() -> None:
    stage = Stage()
    stage.remote.ended = True
    for attempt in (stage.remote.send({"volume": 5}), stage.remote.restore(stage.another_node(), {})):
        with pytest.raises(PlayerEndedError):
            await attempt

    assert not stage.node.update_player.called
    assert not stage.node.detach.called


@pytest.mark.parametrize(
    ("error", "joined"), [(NodeUnreachableError(), True), (RequestRefusedError(400), False)]
)
async def test_a_voice_server_that_is_not_passed_on_interrupts_the_player(
    error: LavalinkError, joined: bool
) -> None:
    stage = Stage()
    stage.node.update_player.side_effect = error

    assert await stage.remote.send_voice(VOICE) is joined
    assert stage.remote.interrupted


async def test_a_restored_player_belongs_to_the_other_node() -> None:
    stage = Stage()
    other = stage.another_node()
    await stage.remote.restore(other, {"volume": 5})

    assert stage.remote.node is other
    stage.node.detach.assert_called_once_with(GUILD_ID)
    assert other.attach.call_args.args[1] == GUILD_ID
    other.update_player.assert_awaited_once_with(GUILD_ID, {"volume": 5})


async def test_an_ended_player_is_deleted_from_its_node_once() -> None:
    stage = Stage()
    await stage.remote.destroy()
    stage.node.detach.return_value = False
    await stage.remote.destroy()

    stage.node.destroy_player_soon.assert_awaited_once_with(GUILD_ID)


def hanging(stage: Stage) -> asyncio.Event:
    """Have the node leave requests unanswered until the event is set."""
    answered = asyncio.Event()

    async def answer(_guild_id: int, _data: object) -> None:
        await answered.wait()

    stage.node.update_player.side_effect = answer
    return answered


async def test_nobody_waits_long_for_a_node_that_does_not_answer() -> None:
    stage = Stage()
    answered = hanging(stage)
    await stage.remote.send({"volume": 5})
    await stage.remote.send({"paused": True})
    assert not stage.remote.interrupted
    stage.node.doubt.assert_called_once_with()

    answered.set()
    await stage.settle()
    stage.node.update_player.assert_awaited_once_with(GUILD_ID, {"volume": 5})
    assert stage.remote.interrupted, "what was asked for meanwhile has to be told with everything else"


async def test_an_answer_that_comes_late_is_no_interruption() -> None:
    stage = Stage()
    answered = hanging(stage)
    await stage.remote.send({"volume": 5})
    answered.set()
    await stage.settle()
    await stage.remote.send({"paused": True})

    assert not stage.remote.interrupted
    assert stage.node.update_player.await_count == 2


async def test_a_track_that_is_refused_late_is_not_waited_for() -> None:
    stage, refused = Stage(), list[str]()
    stage.remote.on_refused = refused.append
    answered = asyncio.Event()

    async def refuse(_guild_id: int, _data: object) -> None:
        await answered.wait()
        raise RequestRefusedError(400)

    stage.node.update_player.side_effect = refuse
    await stage.remote.send({"track": {"encoded": "x", "userData": {"play_id": "p1"}}})
    assert refused == []
    answered.set()
    await stage.settle()

    assert refused == ["p1"]


@pytest.mark.parametrize("how", ["send", "send_voice", "restore"])
async def test_a_player_that_left_a_request_unanswered_is_deleted_before_the_next(how: str) -> None:
    stage = Stage()
    stage.node.update_player.side_effect = unanswered()
    if how == "send":
        await stage.remote.send({"volume": 5})
    elif how == "send_voice":
        assert not await stage.remote.send_voice(VOICE)
    else:
        with pytest.raises(NodeUnreachableError):
            await stage.remote.restore(stage.node, {"volume": 5})
    assert not stage.node.destroy_player.called

    stage.node.update_player.side_effect = None
    await stage.remote.restore(stage.node, {"volume": 5})
    await stage.remote.restore(stage.node, {"volume": 5})
    stage.node.destroy_player.assert_awaited_once_with(GUILD_ID)
    assert [call[0] for call in stage.node.method_calls][-3:] == [
        "destroy_player",
        "update_player",
        "update_player",
    ]


def unanswered() -> NodeUnreachableError:
    error = NodeUnreachableError()
    error.__cause__ = TimeoutError()
    return error


async def test_what_is_asked_for_during_a_restoring_is_not_forgotten() -> None:
    stage = Stage()
    answered = hanging(stage)
    stage.remote.on_node_lost()
    restoring = asyncio.create_task(stage.remote.restore(stage.node, {"volume": 5}))
    await asyncio.sleep(0)
    await stage.remote.send({"paused": True})
    answered.set()
    await restoring

    assert not stage.remote.up_to_date
    await stage.remote.restore(stage.node, {"volume": 5})
    assert stage.remote.up_to_date
