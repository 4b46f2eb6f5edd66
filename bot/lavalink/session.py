"""A session on a Lavalink node, which holds players: https://lavalink.dev/api/rest#session-api."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from bot.lavalink.errors import RequestRefusedError, translated

if TYPE_CHECKING:
    from collections.abc import Collection

    import wavelink
    from wavelink.types.response import PlayerResponse


async def end_session(node: wavelink.Node, session_id: str) -> bool:
    """Destroy a session's players, and have it end with its websocket; returns whether it was found.

    One that waits to be resumed is not, no more than one that is gone. Raises LavalinkError.
    """
    if not await destroy_players(node, session_id):
        return False
    with translated():
        await node.send("PATCH", path=f"v4/sessions/{session_id}", data={"resuming": False})
    return True


async def destroy_players(node: wavelink.Node, session_id: str, *, keep: Collection[int] = ()) -> bool:
    """Destroy a session's players but those of some guilds; returns whether the session was found.

    Raises LavalinkError.
    """
    path = f"v4/sessions/{session_id}/players"
    try:
        with translated():
            players = cast("list[PlayerResponse]", await node.send(path=path))
            for guild_id in (player["guildId"] for player in players):
                if int(guild_id) not in keep:
                    await node.send("DELETE", path=f"{path}/{guild_id}")
    except RequestRefusedError as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
        return False
    return True
