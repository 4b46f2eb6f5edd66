"""Who is in which voice channel, and the gateway's part of a voice connection.

https://discord.com/developers/docs/topics/voice-connections
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from sandbox.discord import objects, render
from sandbox.discord.errors import ApiError, missing_permissions, unknown
from sandbox.discord.permissions import (
    CONNECT,
    MOVE_MEMBERS,
    MUTE_MEMBERS,
    REQUEST_TO_SPEAK,
    SPEAK,
    VIEW_CHANNEL,
)
from sandbox.voice_server import VoiceMember

if TYPE_CHECKING:
    from sandbox.discord.core import Core
    from sandbox.discord.guild import Guild
    from sandbox.discord.sessions import Session
    from sandbox.discord.wire import Json
    from sandbox.voice_server import VoiceServer

USER_NOT_IN_VOICE = 40032
NO_SERVER = "voice.otonari.invalid:443"
"""An endpoint that cannot be reached, on purpose."""


class Voice:
    """Moves people and the bot between voice channels and tells everybody."""

    def __init__(self, core: Core, server: VoiceServer | None) -> None:
        self._core = core
        self._server = server
        self._tokens: dict[tuple[str, str], str] = {}
        """By guild and user: what VOICE_SERVER_UPDATE gave, or would give, to each."""
        if server is not None:
            server.on_move(self._server_moved)

    @property
    def served(self) -> bool:
        """Tell whether there is a voice server."""
        return self._server is not None

    @property
    def endpoint(self) -> str:
        """Return ``host:port`` that VOICE_SERVER_UPDATE names."""
        return NO_SERVER if self._server is None else self._server.endpoint

    def bot_request(self, session: Session, data: Json) -> None:
        """Answer the bot's opcode 4. What it may not do gets no answer, as in Discord."""
        world = self._core.world
        guild = world.guilds.get(str(data.get("guild_id")))
        if guild is None or not session.holds(guild.id):
            return
        flags = {"self_mute": bool(data.get("self_mute")), "self_deaf": bool(data.get("self_deaf"))}
        if data.get("channel_id") is None:
            self.leave(guild, world.bot_id)
            return
        channel = world.channels.get(str(data["channel_id"]))
        if channel is not None and self._may_join(guild, channel, world.bot_id):
            self.place(guild, channel, world.bot_id, flags)

    def _may_join(self, guild: Guild, channel: Json, user_id: str) -> bool:
        world = self._core.world
        if channel["type"] not in objects.VOCAL or channel["guild_id"] != guild.id:
            return False
        held = world.permissions(channel, user_id)
        if not held & VIEW_CHANNEL or not held & CONNECT:
            return False
        here = world.voice_states.get((guild.id, user_id), {}).get("channel_id") == channel["id"]
        return here or not self._full(channel) or bool(held & MOVE_MEMBERS)

    def _full(self, channel: Json) -> bool:
        present = sum(
            state["channel_id"] == channel["id"] for state in self._core.world.voice_states.values()
        )
        return 0 < channel["user_limit"] <= present

    def join(self, guild: Guild, channel_id: str, user_id: str, flags: Json) -> Json:
        """Let a person join or move; raises ApiError when the channel is unknown, closed to them or full."""
        channel = self._core.world.channel(channel_id)
        self._core.world.member(guild, user_id)
        if not self._may_join(guild, channel, user_id):
            raise missing_permissions()
        return self.place(guild, channel, user_id, flags)

    def place(self, guild: Guild, channel: Json, user_id: str, flags: Json) -> Json:
        """Put somebody into a channel (joining, moving or only changing flags) and return the voice state."""
        world = self._core.world
        member = world.member(guild, user_id)
        old = world.voice_states.get((guild.id, user_id))
        state: Json = {
            "guild_id": guild.id,
            "channel_id": channel["id"],
            "user_id": user_id,
            "session_id": secrets.token_hex(16) if old is None else old["session_id"],
            "deaf": member["deaf"],
            "mute": member["mute"],
            "self_deaf": False,
            "self_mute": False,
            "self_video": False,
            "self_stream": False,
            "suppress": channel["type"] == objects.STAGE or not world.permissions(channel, user_id) & SPEAK,
            "request_to_speak_timestamp": None,
            **({} if old is None else {key: old[key] for key in _kept(old, channel)}),
            **flags,
        }
        world.voice_states[guild.id, user_id] = state
        entered = old is None or old["channel_id"] != channel["id"]
        if entered:
            self._tokens[guild.id, user_id] = secrets.token_hex(8)
        self._admit(state)
        self._tell(guild, state)
        if old is not None:
            self._clear_empty(old["channel_id"])
        if entered and user_id == world.bot_id:
            self._send_server(guild)
        return state

    def _send_server(self, guild: Guild) -> None:
        """Send the bot VOICE_SERVER_UPDATE, as on a join, a move, and a change of region."""
        self._core.dispatch("VOICE_SERVER_UPDATE", self.server_for(guild, self._core.world.bot_id), guild.id)

    def server_for(self, guild: Guild, user_id: str) -> Json:
        """Return what VOICE_SERVER_UPDATE says to somebody; raises ApiError 10065 when not in voice."""
        if (guild.id, user_id) not in self._core.world.voice_states:
            raise unknown("Voice State")
        token = self._tokens[guild.id, user_id]
        return {"token": token, "guild_id": guild.id, "endpoint": self.endpoint}

    def _renew(self, state: Json) -> None:
        """Send somebody to the voice server again, with a new token."""
        guild_id, user_id = state["guild_id"], state["user_id"]
        self._tokens[guild_id, user_id] = secrets.token_hex(8)
        self._admit(state)
        if user_id == self._core.world.bot_id:
            self._send_server(self._core.world.guilds[guild_id])

    def _server_moved(self) -> None:
        for state in list(self._core.world.voice_states.values()):
            self._renew(state)

    def _admit(self, state: Json) -> None:
        if self._server is None:
            return
        guild_id, user_id = state["guild_id"], state["user_id"]
        self._server.place(
            VoiceMember(
                guild_id=guild_id,
                channel_id=state["channel_id"],
                user_id=user_id,
                session_id=state["session_id"],
                token=self._tokens[guild_id, user_id],
                person=user_id != self._core.world.bot_id,
                silenced=state["mute"] or state["self_mute"] or state["suppress"],
                stage=self._core.world.channels[state["channel_id"]]["type"] == objects.STAGE,
            )
        )

    def leave(self, guild: Guild, user_id: str, *, call_ended: bool = False) -> None:
        """Take somebody out of voice; nothing happens when they are in none."""
        state = self._core.world.voice_states.pop((guild.id, user_id), None)
        if state is not None:
            self._tokens.pop((guild.id, user_id), None)
            if self._server is not None:
                self._server.remove(guild.id, user_id, call_ended=call_ended)
            self._tell(guild, state | {"channel_id": None})
            self._clear_empty(state["channel_id"])

    def set_status(self, channel: Json, status: str | None) -> None:
        """Set the status of a voice channel; None: it has none.

        https://docs.discord.com/developers/events/gateway-events#voice-channel-status-update
        """
        statuses, channel_id = self._core.world.voice_statuses, channel["id"]
        if status is None:
            statuses.pop(channel_id, None)
        else:
            statuses[channel_id] = status
        data = {"id": channel_id, "guild_id": channel["guild_id"], "status": status}
        self._core.dispatch_in(channel, "VOICE_CHANNEL_STATUS_UPDATE", data)
        self._core.events.add("channel_update", {**channel, "status": status, "change": "update"})

    def _clear_empty(self, channel_id: str) -> None:
        """Take the status away from a channel that the last one has left, as Discord does."""
        world = self._core.world
        is_empty = all(state["channel_id"] != channel_id for state in world.voice_states.values())
        if is_empty and channel_id in world.voice_statuses and channel_id in world.channels:
            self.set_status(world.channels[channel_id], None)

    def state(self, guild: Guild, user_id: str) -> Json:
        """Return a voice state with its member; raises ApiError 10065."""
        state = self._core.world.voice_states.get((guild.id, user_id))
        if state is None:
            raise unknown("Voice State")
        return self._view(guild, state)

    def modify(self, guild: Guild, user_id: str, changes: Json) -> None:
        """Move, mute or deafen a member as a moderator does; raises ApiError 40032 when not in voice."""
        world = self._core.world
        member = world.member(guild, user_id)
        state = world.voice_states.get((guild.id, user_id))
        if state is None:
            raise ApiError(400, USER_NOT_IN_VOICE, "Target user is not connected to voice.")
        for flag in ("mute", "deaf"):
            if flag in changes:
                member[flag] = bool(changes[flag])
                world.touch("guild", guild.id)
        if "channel_id" in changes and changes["channel_id"] is None:
            self.leave(guild, user_id)
            return
        channel = world.channel(str(changes.get("channel_id", state["channel_id"])))
        if channel["type"] not in objects.VOCAL or channel["guild_id"] != guild.id:
            raise unknown("Channel")
        self.place(guild, channel, user_id, {})

    def modify_on_stage(self, guild: Guild, user_id: str, changes: Json, *, by_bot: bool) -> None:
        """Let somebody speak on a stage, raise a hand, or go back into the audience.

        With ``by_bot`` it is the bot that asks: without Mute Members it may only raise its own hand or go
        into the audience, as https://discord.com/developers/docs/resources/voice says. Raises ApiError.
        """
        world = self._core.world
        state = world.voice_states.get((guild.id, user_id))
        if state is None:
            raise unknown("Voice State")
        channel = world.channel(state["channel_id"])
        elsewhere = str(changes.get("channel_id") or channel["id"]) != channel["id"]
        if channel["type"] != objects.STAGE or elsewhere:
            raise ApiError(400, 50024, "Cannot execute action on this channel type")
        held = world.permissions(channel, world.bot_id)
        speaks, raised = changes.get("suppress") is False, changes.get("request_to_speak_timestamp")
        others = user_id != world.bot_id
        if by_bot and (speaks or others) and not held & MUTE_MEMBERS:
            raise missing_permissions()
        if by_bot and raised and not held & (REQUEST_TO_SPEAK | MUTE_MEMBERS):
            raise missing_permissions()
        if changes.get("suppress") is not None:
            state["suppress"] = changes["suppress"]
        if speaks or "request_to_speak_timestamp" in changes:
            state["request_to_speak_timestamp"] = None if speaks else raised
        self._admit(state)
        self._tell(guild, state)

    def channel_deleted(self, channel: Json) -> None:
        """Take everybody out of a channel that went."""
        for (guild_id, user_id), state in list(self._core.world.voice_states.items()):
            if state["channel_id"] == channel["id"]:
                self.leave(self._core.world.guilds[guild_id], user_id, call_ended=True)

    def region_changed(self, channel: Json) -> None:
        """Give everybody a new voice server who is in a channel whose region changed."""
        for state in list(self._core.world.voice_states.values()):
            if state["channel_id"] == channel["id"]:
                self._renew(state)

    def session_ended(self, session: Session) -> None:
        """Take the bot out of the voice channels of the guilds that a gateway session held."""
        for guild_id, user_id in list(self._core.world.voice_states):
            if user_id == self._core.world.bot_id and session.holds(guild_id):
                self.leave(self._core.world.guilds[guild_id], user_id)

    def _view(self, guild: Guild, state: Json) -> Json:
        member = guild.members.get(state["user_id"])
        return state | ({} if member is None else {"member": render.member(self._core.world, member)})

    def _tell(self, guild: Guild, state: Json) -> None:
        data = self._view(guild, state)
        self._core.dispatch("VOICE_STATE_UPDATE", data, guild.id)
        self._core.events.add("voice_state_update", data)


def _kept(old: Json, channel: Json) -> tuple[str, ...]:
    """Return what of somebody's voice state stays as it was when they enter ``channel``, or are there."""
    own = ("self_mute", "self_deaf")
    stays = old["channel_id"] == channel["id"] and channel["type"] == objects.STAGE
    return (*own, "suppress", "request_to_speak_timestamp") if stays else own
