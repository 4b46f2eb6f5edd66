"""A guild's voice connection, as Discord and Lavalink report it: joining, moving, reconnecting."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import TYPE_CHECKING, TypeAlias

import aiohttp
import discord

from bot.lavalink.errors import PlayerEndedError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from discord.types.voice import GuildVoiceState
    from wavelink.types.request import VoiceRequest

    from bot.background_tasks import BackgroundTasks
    from bot.lavalink.timings import Timings

log = logging.getLogger(__name__)

VoiceChannel: TypeAlias = discord.VoiceChannel | discord.StageChannel

MAX_RECONNECTS = 3
RECONNECT_WINDOW = 60.0
"""So many voice reconnects within so many seconds are tried before the player leaves."""
DISCORDS_OWN_CODES = frozenset({4014, 4022})
"""Voice close codes after which Discord itself says what follows: the bot was disconnected or moved, the call
ended. https://discord.com/developers/docs/topics/opcodes-and-status-codes#voice-voice-close-event-codes"""


def listeners_in(channel: VoiceChannel) -> int:
    """Return how many people are in a voice channel; somebody unknown counts as a person."""
    guild = channel.guild
    others = (guild.get_member(user_id) for user_id in channel.voice_states if user_id != guild.me.id)
    return sum(member is None or not member.bot for member in others)


async def change_voice_state(guild: discord.Guild, channel: VoiceChannel | None, *, timings: Timings) -> None:
    """Have Discord move the bot to a voice channel; None: out of voice. Waits for a gateway that is away.

    A voice state goes over the gateway's websocket, which may just be connecting again. Raises TimeoutError.
    """
    attempts = 0
    async with asyncio.timeout(timings.join):
        while True:
            try:
                await guild.change_voice_state(channel=channel, self_deaf=channel is not None)
            except (aiohttp.ClientError, OSError, discord.ConnectionClosed) as error:
                log.info("Guild %s: the gateway cannot take a voice state yet: %r", guild.id, error)
            else:
                return
            await asyncio.sleep(timings.pause(attempts))
            attempts += 1


def hearing_in(channel: VoiceChannel) -> frozenset[int]:
    """Return the ids of the people in a voice channel who are not deafened, by themselves or by others."""
    members = {user_id: channel.guild.get_member(user_id) for user_id in channel.voice_states}
    return frozenset(
        user_id
        for user_id, state in channel.voice_states.items()
        if user_id != channel.guild.me.id and not (state.deaf or state.self_deaf)
        if (member := members[user_id]) is None or not member.bot
    )


class VoiceConnection:
    """Where a guild's music is heard, and how Lavalink reaches Discord's voice server for that.

    ``send`` passes what Lavalink needs on to the node, and returns whether the bot counts as connected then.
    """

    def __init__(
        self,
        client: discord.Client,
        channel: VoiceChannel,
        *,
        timings: Timings,
        tasks: BackgroundTasks,
        send: Callable[[VoiceRequest], Awaitable[bool]],
        on_silenced: Callable[[bool], None],
        on_broken: Callable[[], None],
        on_lost: Callable[[int | None], Awaitable[None]],
    ) -> None:
        """Call ``on_broken`` when it breaks, ``on_lost`` with the last close code when it keeps breaking."""
        self.channel = channel
        """The channel that the bot is in, or is about to enter."""
        self.broken = False
        """Whether the connection has ended, and Lavalink does not know another voice session yet."""
        self.reconnecting = False
        """Whether a new voice session is being made."""
        self._client = client
        self._guild_id = channel.guild.id
        self._timings = timings
        self._tasks = tasks
        self._send = send
        self._on_silenced = on_silenced
        self._on_broken = on_broken
        self._on_lost = on_lost
        self._close_code: int | None = None
        """With which the connection was closed last."""
        self._disconnected_at: float | None = None
        """Since when Lavalink has no connection to Discord's voice server, by the loop's clock."""
        self._joined = asyncio.Event()
        self._ended = False
        self._arrived = False
        """Whether Discord has reported that the bot is in the channel."""
        self._leaving = False
        """Whether Discord has yet to report a leaving that only makes way for a new voice session."""
        self._silenced = False
        self._reconnects: deque[float] = deque()
        """When those of the last minute were, by the loop's clock."""
        self._channel_id: str | None = None
        self._session_id: str | None = None
        self._token: str | None = None
        self._endpoint: str | None = None

    @property
    def listeners(self) -> int:
        """How many people are in the channel; somebody unknown counts as a person."""
        return listeners_in(self.channel)

    @property
    def request(self) -> VoiceRequest | None:
        """How Lavalink reaches Discord's voice server; None until Discord has sent all of it."""
        if not self._token or not self._endpoint or not self._session_id:
            return None
        return {
            "token": self._token,
            "endpoint": self._endpoint,
            "sessionId": self._session_id,
            # Lavalink from 4.2 on requires the channel, for end-to-end encryption.
            "channelId": self._channel_id,
        }

    async def join(self, channel: VoiceChannel, within: float) -> None:
        """Have Discord take the bot into ``channel``, and tell Lavalink; ``within`` so many seconds.

        Raises TimeoutError, or PlayerEndedError where the bot was disconnected at once.
        """
        self._joined.clear()
        await change_voice_state(channel.guild, channel, timings=self._timings)
        async with asyncio.timeout(within):
            await self._joined.wait()
        if self._ended:
            raise PlayerEndedError

    def end(self) -> None:
        """Wait for nothing any more: the player has left."""
        self._ended = True
        self._joined.set()

    # What Discord reports

    def on_voice_state(self, state: GuildVoiceState) -> bool:
        """Take the bot's own voice state; returns False where the bot has left the channel for good.

        https://discord.com/developers/docs/resources/voice#voice-state-object
        """
        if not state["channel_id"]:
            if self._arrived and not self._leaving:
                return False
            # A player before this one left, or this one did in order to reconnect.
            self._leaving = False
            return True
        self._arrived = True
        self._session_id, self._channel_id = state["session_id"], str(state["channel_id"])
        channel = self._client.get_channel(int(state["channel_id"]))
        if isinstance(channel, discord.VoiceChannel | discord.StageChannel):
            self.channel = channel
        silenced = state["mute"] or state["suppress"]
        if silenced != self._silenced:
            self._silenced = silenced
            if state["suppress"] and isinstance(self.channel, discord.StageChannel):
                self._tasks.spawn(self._ask_to_speak(self.channel))
            self._on_silenced(silenced)
        return True

    async def on_voice_server(self, token: str, endpoint: str | None) -> None:
        """Take the voice server that the music goes to, and pass it on to Lavalink.

        https://discord.com/developers/docs/events/gateway-events#voice-server-update
        """
        self._token, self._endpoint = token, endpoint
        if (request := self.request) is None:
            return
        if not await self._send(request):
            self.on_unreachable()
            return
        self.broken, self._disconnected_at = False, None
        self._joined.set()

    async def _ask_to_speak(self, channel: discord.StageChannel) -> None:
        """Leave the audience of a stage, or raise a hand where only a moderator can do that.

        https://discord.com/developers/docs/resources/voice#modify-current-user-voice-state
        """
        me = channel.guild.me
        try:
            if channel.permissions_for(me).mute_members:
                await me.edit(suppress=False)
            else:
                await me.request_to_speak()
        except discord.HTTPException as error:
            log.info("Guild %s: may not speak on the stage: %s", self._guild_id, error)

    # Reconnecting

    def on_closed(self, code: int, *, by_remote: bool) -> None:
        """Take the close code of the voice connection, and get a new voice session unless Discord says more.

        https://lavalink.dev/api/websocket#websocketclosedevent
        """
        log.info("Guild %s: voice connection closed with code %s", self._guild_id, code)
        if not by_remote:
            return  # Lavalink follows to another voice server, or else its reports tell.
        self._close_code = code
        self._break()
        if code not in DISCORDS_OWN_CODES:
            self.reconnect()

    def on_unreachable(self) -> None:
        """Get a new voice session, perhaps with another voice server, unless one is being made."""
        self._break()
        if self._joined.is_set():
            self.reconnect()

    def on_report(self, *, connected: bool) -> None:
        """Take whether Lavalink is connected to Discord's voice server."""
        if connected:
            self.broken, self._disconnected_at = False, None
        elif self._disconnected_at is None:
            self._disconnected_at = self._now()

    def check(self, *, playing: bool) -> None:
        """Get a new voice session where there has been no connection for a while and something plays."""
        since = self._disconnected_at
        if playing and since is not None and self._now() - since > self._timings.voice_lost:
            self._break()
            self.reconnect()

    def _break(self) -> None:
        """Note that nothing is heard until Lavalink knows a new voice session."""
        if self._disconnected_at is None:
            self._disconnected_at = self._now()
        if not self.broken:
            self.broken = True
            self._on_broken()

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()

    def reconnect(self) -> None:
        """Get a new voice session in place of one that ended, e.g. with the gateway session that made it."""
        if not self.reconnecting:
            self.reconnecting = True
            self._tasks.spawn(self._reconnect())

    async def _reconnect(self) -> None:
        """Leave and enter again, more and more slowly; the track waits meanwhile."""
        try:
            while self._may_reconnect():
                if len(self._reconnects) > 1:
                    await asyncio.sleep(self._timings.pause(len(self._reconnects) - 2))
                self._leaving = True
                try:
                    await change_voice_state(self.channel.guild, None, timings=self._timings)
                    await self.join(self.channel, self._timings.join)
                except TimeoutError:
                    log.warning("Guild %s: could not join voice again yet", self._guild_id)
                else:
                    return
            log.warning("Guild %s: the voice connection keeps breaking; leaving", self._guild_id)
            await self._on_lost(self._close_code)
        finally:
            self.reconnecting = self._leaving = False

    def _may_reconnect(self) -> bool:
        """Count a reconnect; returns whether there have not been too many."""
        now = self._now()
        while self._reconnects and now - self._reconnects[0] >= RECONNECT_WINDOW:
            self._reconnects.popleft()
        if len(self._reconnects) == MAX_RECONNECTS:
            return False
        self._reconnects.append(now)
        return True
