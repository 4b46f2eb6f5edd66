"""People API: what there is — guilds, channels, people, voice, commands — and the event stream."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.discord import objects, render
from sandbox.discord.people.api import PREFIX, Fields, PeopleError
from sandbox.discord.permissions import VIEW_CHANNEL
from sandbox.discord.wire import reply

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sandbox.discord.core import Core
    from sandbox.discord.guild import Guild
    from sandbox.discord.wire import Json


class StateRoutes:
    """Serves ``/sandbox/state``, ``/sandbox/dms`` and ``/sandbox/events``."""

    def __init__(
        self,
        core: Core,
        players: Callable[[], list[Json]],
        stand_ins: Callable[[], list[str]],
        *,
        voice_server: bool,
    ) -> None:
        self._core = core
        self._world = core.world
        self._players = players
        self._stand_ins = stand_ins
        self._voice_server = voice_server

    def routes(self) -> Sequence[web.RouteDef]:
        """Return the routes."""
        return [
            web.get(f"{PREFIX}/state", self._state),
            web.post(f"{PREFIX}/dms", self._dm),
            web.get(f"{PREFIX}/events", self._core.events.websocket),
        ]

    async def _state(self, _request: web.Request) -> web.Response:
        world = self._world
        dms = [channel for channel in world.channels.values() if channel["type"] == objects.DM]
        return reply(
            {
                "bot": {"user": world.users[world.bot_id], "online": self._core.sessions.online},
                "me": world.users[world.meta["me"]],
                "users": [user for user in world.users.values() if not user.get("bot")],
                "guilds": [self._guild(guild) for guild in world.guilds.values()],
                "dms": [render.channel(world, channel, world.bot_id) for channel in dms],
                "voice_states": list(world.voice_states.values()),
                "players": self._players(),
                "stand_ins": self._stand_ins(),
                "voice_server": self._voice_server,
                "commands": list(world.commands.values()),
                "sequence": self._core.events.sequence,
            }
        )

    def _guild(self, guild: Guild) -> Json:
        world = self._world
        return guild.data | {
            "channels": [
                *(
                    channel | {"status": world.voice_statuses.get(channel["id"])}
                    for channel in world.channels_of(guild.id)
                ),
                *world.threads_of(guild.id),
            ],
            "roles": list(guild.roles.values()),
            "members": [render.member(world, member) for member in guild.members.values()],
        }

    async def _dm(self, request: web.Request) -> web.Response:
        user_id = (await Fields.of(request)).text("user")
        if user_id == self._world.bot_id:
            raise PeopleError(400, "user must be a person")
        return reply(render.channel(self._world, self._world.direct_channel(user_id), self._world.bot_id))


def require(core: Core, channel_id: str, user_id: str, bits: int = 0) -> Json:
    """Return a channel where a person holds ``bits``; raises PeopleError 403 or ApiError 404."""
    channel = core.world.channel(channel_id)
    core.world.user(user_id)
    held = core.world.permissions(channel, user_id)
    if held & (bits | VIEW_CHANNEL) != bits | VIEW_CHANNEL:
        raise PeopleError(403, "this person may not do that in this channel")
    return channel
