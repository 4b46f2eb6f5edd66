"""What reaches Lavalink's player, and what is remembered of the rest."""

from __future__ import annotations

from unittest.mock import AsyncMock, Mock

import pytest
import wavelink

from bot.lavalink import LavalinkError, NodeUnreachableError, PlayerEndedError, RequestRefusedError
from bot.lavalink.connection import Node
from bot.lavalink.remote_player import RemotePlayer

GUILD_ID = 900
VOICE = {"token": "t", "endpoint": "e", "sessionId": "s", "channelId": "5"}


class Stage:
    """A player on a node; ``events`` are the interruptions, and their ends."""

    def __init__(self) -> None:
        self.node = self.another_node()
        self.remote = RemotePlayer(Mock(spec=wavelink.Player), GUILD_ID, self.node)
        self.events: list[str] = []
        self.remote.on_interrupted = lambda: self.events.append("interrupted")
        self.remote.on_restored = lambda: self.events.append("restored")

    def another_node(self) -> Mock:
        return Mock(
            spec=Node,
            update_player=AsyncMock(),
            destroy_player=AsyncMock(),
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

    stage.node.destroy_player.assert_awaited_once_with(GUILD_ID)


async def test_a_node_that_does_not_delete_a_player_does_not_keep_the_bot_from_leaving() -> None:
    stage = Stage()
    stage.node.destroy_player.side_effect = NodeUnreachableError

    await stage.remote.destroy()
    assert stage.node.destroy_player.await_count == 1
