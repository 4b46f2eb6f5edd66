"""Recovering music after the bot was restarted, killed or not."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Literal, TypeAlias

import discord

from bot.background_tasks import BackgroundTasks
from bot.lavalink.errors import LavalinkError, NodeUnreachableError, NoNodeError, PlayerEndedError
from bot.lavalink.tracks import play_id_of
from bot.lavalink.voice_connection import listeners_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.lavalink.nodes import NodePool
    from bot.lavalink.player import Player
    from bot.lavalink.snapshot import Snapshot
    from bot.lavalink.snapshot_saver import SnapshotSaver
    from bot.lavalink.timings import Timings
    from bot.lavalink.tracks import Track

log = logging.getLogger(__name__)

CONCURRENT_JOINS = 8
"""Guilds that are joined at the same time; Discord takes 120 gateway messages a minute."""
MAX_REFUSALS = 5
"""Attempts that Discord or Lavalink may fail; until then commands wait for the music."""

NotRecoveredReason: TypeAlias = Literal["empty", "late", "closed", "disconnected"]
"""Why music is not recovered. empty: nobody listens there any more · late: it is too long ago, or nothing
played · closed: the channel cannot be entered · disconnected: somebody disconnected the bot, or removed it
from the server."""


class RestartRecovery:
    """Holds what was saved until each guild's music is recovered, or is known not to be.

    Dispatches ``music_recovered(player, away)`` (seconds since it was saved last) and
    ``music_not_recovered(snapshot, reason)``.
    """

    def __init__(self, bot: discord.Client, pool: NodePool, saver: SnapshotSaver, timings: Timings) -> None:
        self._bot = bot
        self._pool = pool
        self._saver = saver
        self._timings = timings
        self._pending: dict[int, Snapshot] = {}
        self._settled = asyncio.Condition()
        """Notified whenever a guild is no longer pending."""
        self._begun: set[int] = set()
        """Guilds whose music is being recovered; of those that were, nothing is pending."""
        self._tasks = BackgroundTasks("Restart recovery")
        self._joins = asyncio.Semaphore(CONCURRENT_JOINS)
        self._loaded = asyncio.Event()

    def start(self) -> None:
        """Read what the process before this one left, then have the nodes connect; after login."""
        self._tasks.spawn(self._load())

    async def _load(self) -> None:
        saved = await self._saver.load()
        self._pending |= saved.players
        self._pool.expected |= saved.players.keys()
        self._pool.start(saved.sessions)
        self._loaded.set()

    @property
    def pending(self) -> Mapping[int, Snapshot]:
        """What has yet to be recovered, by guild id."""
        return self._pending

    async def wait(self, guild_id: int) -> None:
        """Wait until a guild's music is recovered, or is known not to be."""
        await self._loaded.wait()
        async with self._settled:
            await self._settled.wait_for(lambda: guild_id not in self._pending)

    def begin(self, guild_id: int) -> None:
        """Recover a guild's music in the background, as soon as there is a node; once."""
        if guild_id not in self._begun:
            self._begun.add(guild_id)
            task = self._tasks.spawn(self._recover(guild_id))
            task.add_done_callback(lambda _: self._begun.discard(guild_id))

    def forget_absent(self) -> None:
        """Forget the guilds that the bot is not in any more."""
        self._tasks.spawn(self._forget_absent())

    def requested_by(self, user_id: int) -> list[Track]:
        """Return every song that this person asked for and that plays, waits, or can be played again."""
        live = [player.snapshot().songs for player in self._pool.players]
        songs = [*live, *(snapshot.songs for snapshot in self._pending.values())]
        return [track for each in songs for track in each.all if track.requester.id == user_id]

    async def forget_requester(self, user_id: int) -> None:
        """Let every song that this person asked for be nobody's, what is saved included."""
        for guild_id, snapshot in self._pending.items():
            self._pending[guild_id] = snapshot.without_requester(user_id)
        for player in self._pool.players:
            player.forget_requester(user_id)
        await self._saver.forget_requester(user_id)

    async def close(self) -> None:
        """Stop, and save what plays a last time; what is not recovered stays saved."""
        await self._tasks.close()
        await self._saver.close()

    async def _forget_absent(self) -> None:
        await self._loaded.wait()
        for guild_id in [guild_id for guild_id in self._pending if self._bot.get_guild(guild_id) is None]:
            await self._settle(guild_id)

    async def _settle(self, guild_id: int) -> None:
        self._pending.pop(guild_id, None)
        self._pool.expected.discard(guild_id)
        async with self._settled:
            self._settled.notify_all()

    async def _recover(self, guild_id: int) -> None:
        await self._loaded.wait()
        snapshot = self._pending.get(guild_id)
        if snapshot is None:
            return
        outcome = await self._recover_with_retries(guild_id, snapshot)
        await self._settle(guild_id)
        if isinstance(outcome, str):
            log.info("Guild %s: the music does not come back: %s", guild_id, outcome)
            self._bot.dispatch("music_not_recovered", snapshot, outcome)
        else:
            log.info("Guild %s: the music is back after a restart", guild_id)
            self._bot.dispatch("music_recovered", outcome, time.time() - snapshot.saved_at)
        if not self._pending:
            await self._pool.destroy_orphaned_players()

    async def _recover_with_retries(self, guild_id: int, snapshot: Snapshot) -> Player | NotRecoveredReason:
        """Recover the music, however often that fails at first; or return why it is not recovered."""
        attempts = refusals = 0
        while True:
            try:
                async with self._joins:
                    return await self._attempt(guild_id, snapshot)
            except PlayerEndedError:
                return "disconnected"
            except LavalinkError as error:
                # A node that is out of reach may come back at any time; people do not wait for a channel.
                refusals += not isinstance(error, NodeUnreachableError | NoNodeError)
                if refusals == MAX_REFUSALS:
                    return "closed"
                if attempts == 0:
                    log.warning("Guild %s: the music is not back yet: %s", guild_id, error.detail)
            await asyncio.sleep(self._timings.pause(attempts))
            attempts += 1

    async def _attempt(self, guild_id: int, snapshot: Snapshot) -> Player | NotRecoveredReason:
        node = await self._pool.wait_for_node(snapshot.node)
        # Looked up for each attempt: after another READY discord.py has new objects for everything.
        guild = self._bot.get_guild(guild_id)
        if guild is None:
            return "disconnected"
        # First of all, since Lavalink's player ends with one that an attempt before has left behind.
        await self._pool.leave(guild)
        channel = self._channel(guild, snapshot)
        if isinstance(channel, str):
            return channel
        held = await node.fetch_state(guild_id)
        player = await self._pool.join(channel, node)
        if held is not None:
            # It has played on while the channel was joined, or has ended.
            held = await node.fetch_state(guild_id)
        text_channel = guild.get_channel_or_thread(snapshot.text_channel_id or 0)
        if isinstance(text_channel, discord.abc.Messageable):
            player.text_channel = text_channel
        playing = held.get("track") if held else None
        same = playing is not None and play_id_of(playing) == snapshot.play_id
        await player.recover(snapshot, held["state"]["position"] if held and same else None)
        if held is not None and playing is None:
            await player.advance_after_end()
        self._pool.wake()
        return player

    def _channel(
        self, guild: discord.Guild, snapshot: Snapshot
    ) -> discord.VoiceChannel | discord.StageChannel | NotRecoveredReason:
        """Return the channel to go back to, or why nobody waits for the music there."""
        channel = guild.get_channel(snapshot.channel_id)
        if not isinstance(channel, discord.VoiceChannel | discord.StageChannel):
            return "closed"
        allowed = channel.permissions_for(guild.me)
        if not (allowed.view_channel and allowed.connect):
            return "closed"
        if snapshot.stay:
            return channel
        if snapshot.songs.current is None or time.time() - snapshot.saved_at > self._timings.memory:
            return "late"
        return channel if listeners_in(channel) else "empty"
