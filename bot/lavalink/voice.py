"""A Lavalink player's place in a voice channel: joining, being moved, broken connections."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import TYPE_CHECKING

import discord
import wavelink

from bot.lavalink.errors import NodeUnreachableError, PlayerEndedError, RequestRefusedError

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from discord.types.voice import GuildVoiceState
    from wavelink.types.request import VoiceRequest

    from bot.lavalink.connection import Node
    from bot.lavalink.timings import Timings

log = logging.getLogger(__name__)

MAX_REJOINS = 3
REJOIN_WINDOW = 60.0
"""So many new voice sessions are made within so many seconds before the player gives up."""
BROKEN_VOICE = frozenset({4006, 4009, 4015})
"""Voice close codes after which a new voice session helps: session no longer valid, session timeout, voice
server crashed. https://discord.com/developers/docs/topics/opcodes-and-status-codes#voice"""


def listeners_in(channel: discord.VoiceChannel | discord.StageChannel) -> int:
    """Return how many people are in a voice channel; somebody unknown counts as a person."""
    guild = channel.guild
    others = (guild.get_member(user_id) for user_id in channel.voice_states if user_id != guild.me.id)
    return sum(member is None or not member.bot for member in others)


class VoicePlayer(wavelink.Player):
    """Keeps Lavalink and Discord agreed on where a guild's music is heard."""

    client: discord.Client

    def __init__(
        self, client: discord.Client, channel: discord.abc.Connectable, *, node: Node, timings: Timings
    ) -> None:
        super().__init__(client, channel, nodes=[node])
        self.server = node
        """The Lavalink node that this player is on."""
        self.interrupted = False
        """Whether Lavalink's player may not be in the state that this one is in: it has to be restored."""
        self.unsent = False
        """Whether something that Lavalink was to be told has not reached it."""
        self.voice_connected = True
        """Whether Lavalink is connected to Discord's voice server, by its last report."""
        self.rejoining = False
        """Whether a new voice session is being made."""
        self.ended = False
        """Whether it has left; the guild may have another player since."""
        self.timings = timings
        self._guild = self.channel.guild
        self._guild_id = self._guild.id
        self._rejoins: deque[float] = deque(maxlen=MAX_REJOINS)
        self._silenced = False
        self._arrived = False
        """Whether Discord has told that the bot is in the channel."""
        self._departing = False
        """Whether Discord has yet to tell of a leaving that only makes way for a new voice session."""
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def guild_id(self) -> int:
        """The guild's id."""
        return self._guild_id

    @property
    def listeners(self) -> int:
        """How many people are in the voice channel; somebody unknown counts as a person."""
        return listeners_in(self.channel)

    async def connect(
        self,
        *,
        timeout: float = 10.0,  # noqa: ASYNC109 - the signature is discord.py's
        reconnect: bool,  # noqa: ARG002
        self_deaf: bool = False,  # noqa: ARG002
        self_mute: bool = False,  # noqa: ARG002
    ) -> None:
        """Join the channel; called by discord.py, which tidies up after TimeoutError only.

        Raises TimeoutError. wavelink's own raises something else, out of a cancellation too, and would leave
        a player behind that counts as connected.
        """
        self.server.attach(self, self.guild_id)
        try:
            await self._enter(self.channel, timeout)
        except asyncio.CancelledError:
            await self.disconnect()
            raise

    async def go_to(self, channel: discord.VoiceChannel | discord.StageChannel) -> None:
        """Move to another channel of the guild. Raises TimeoutError or PlayerEndedError."""
        await self._enter(channel, self.timings.join)

    async def _enter(self, channel: discord.VoiceChannel | discord.StageChannel, seconds: float) -> None:
        """Have Discord take the bot into ``channel``, and tell Lavalink.

        Raises TimeoutError, or PlayerEndedError where the bot was thrown out at once.
        """
        self._connection_event.clear()
        await channel.guild.change_voice_state(channel=channel, self_deaf=True)
        async with asyncio.timeout(seconds):
            await self._connection_event.wait()
        self.check_alive()

    async def disconnect(self, **_options: object) -> None:
        """Leave, and end this player; once it has ended, whoever is in the channel now is not meant."""
        if not self.ended:
            await super().disconnect()

    async def on_voice_state_update(self, data: GuildVoiceState, /) -> None:
        """Follow the bot's own voice state; called by discord.py."""
        if data["channel_id"]:
            self._arrived = True
        elif self._departing or not self._arrived:
            # A player before this one left, or this one did, in order to enter anew.
            self._departing = False
            return
        await super().on_voice_state_update(data)
        silenced = data["mute"] or data["suppress"]
        if data["channel_id"] and silenced != self._silenced:
            self._silenced = silenced
            if data["suppress"] and isinstance(self.channel, discord.StageChannel):
                self.spawn(self._ask_to_speak(self.channel))
            self.on_silenced(silenced=silenced)

    def on_silenced(self, *, silenced: bool) -> None:
        """Note whether people can hear the bot: not under a server mute, nor in a stage's audience."""

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
            log.info("Guild %s: may not speak on the stage: %s", self.guild_id, error)

    def on_voice_closed(self, code: int) -> None:
        """Mend a broken voice connection. Being moved or thrown out (4014) is told by Discord itself."""
        log.info("Guild %s: voice connection closed with code %s", self.guild_id, code)
        if code in BROKEN_VOICE:
            self.renew_voice()

    def renew_voice(self) -> None:
        """Get a new voice session in place of one that ended, e.g. with the gateway session that made it."""
        if not self.rejoining:
            self.spawn(self.rejoin())

    def on_node_lost(self) -> None:
        """Note that the node is out of reach; it may go on playing, or have forgotten this player."""
        self.interrupted = True

    def on_node_back(self, *, resumed: bool) -> None:
        """Note that the node is back: with this player as it was (``resumed``), or without."""
        self.interrupted = self.unsent or not resumed

    def move_node(self, node: Node) -> None:
        """Belong to ``node`` from now on; what it is to play has yet to be sent."""
        if node is not self.server:
            self.server.detach(self.guild_id)
            node.attach(self, self.guild_id)
            self._node = self.server = node

    def cleanup(self) -> None:
        """End what runs for this player; called at every end of it, whoever caused it."""
        self.ended = True
        self._connection_event.set()
        current = asyncio.current_task()
        for task in self._tasks:
            if task is not current:
                task.cancel()
        super().cleanup()

    def check_alive(self) -> None:
        """Raise PlayerEndedError where the player has ended."""
        if self.ended:
            raise PlayerEndedError

    def spawn(self, work: Coroutine[None, None, None]) -> None:
        """Run ``work`` beside the caller, for as long as this player lives at most."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("Guild %s: the music stumbled", self.guild_id, exc_info=error)

    async def _disconnected_wait(self, code: int, by_remote: bool) -> None:
        """Do nothing: at 4014 wavelink would forget the connection without leaving. See on_voice_closed."""

    async def _dispatch_voice_update(self) -> None:
        """Tell the node how to reach Discord's voice server; called by wavelink when that changes."""
        voice = self._voice()
        if voice is None:
            return
        try:
            await self.server.update_player(self.guild_id, {"voice": voice})
        except NodeUnreachableError:
            # The next node is told, with everything else; as far as Discord goes, the bot is there.
            self.unsent = True
            self.on_node_lost()
        except RequestRefusedError as error:
            log.warning("Guild %s: voice server not passed on: %s", self.guild_id, error.detail)
            self.unsent = True
            self.on_node_lost()
            return
        self._connected = True
        self._connection_event.set()

    def _voice(self) -> VoiceRequest | None:
        """Return how to reach Discord's voice server, as far as Discord has told everything."""
        voice = self._voice_state["voice"]
        token, endpoint, session_id = voice.get("token"), voice.get("endpoint"), voice.get("session_id")
        if not token or not endpoint or not session_id:
            return None
        # Lavalink from 4.2 on requires the channel, for end-to-end encryption.
        channel_id = self._voice_state.get("channel_id")
        return {"token": token, "endpoint": endpoint, "sessionId": session_id, "channelId": channel_id}

    async def rejoin(self) -> None:
        """Get a new voice session: leave and enter again; the track waits in Lavalink meanwhile."""
        self.rejoining = True
        try:
            while self._may_rejoin():
                self._departing = True
                await self.channel.guild.change_voice_state(channel=None)
                try:
                    await self._enter(self.channel, self.timings.join)
                except TimeoutError:
                    log.warning("Guild %s: could not join voice again yet", self.guild_id)
                else:
                    return
            log.warning("Guild %s: the voice connection keeps breaking; leaving", self.guild_id)
            self.client.dispatch("music_voice_lost", self)
            await self.disconnect()
        finally:
            self.rejoining = self._departing = False

    def _may_rejoin(self) -> bool:
        """Count a new voice session; returns whether there have not been too many."""
        now = asyncio.get_running_loop().time()
        if len(self._rejoins) == MAX_REJOINS and now - self._rejoins[0] < REJOIN_WINDOW:
            return False
        self._rejoins.append(now)
        return True
