"""Bringing music back after the bot was restarted, killed or not."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import TYPE_CHECKING

import discord

from bot.lavalink.errors import LavalinkError
from bot.lavalink.tracks import play_id_of
from bot.lavalink.voice import listeners_in

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping

    from bot.lavalink.connection import Node
    from bot.lavalink.nodes import NodePool
    from bot.lavalink.player import Player
    from bot.lavalink.snapshot import Snapshot
    from bot.lavalink.timings import Timings

log = logging.getLogger(__name__)

AT_ONCE = 8
"""Guilds that are joined at the same time; Discord takes 120 gateway messages a minute."""


class Revival:
    """Holds what was saved until each guild's music is back, or is known not to come back.

    Dispatches ``music_revived(player, away)`` (seconds since it was saved last) and
    ``music_forgotten(guild, snapshot)``: nobody is there any more, or it is too long ago.
    """

    def __init__(self, bot: discord.Client, pool: NodePool, timings: Timings) -> None:
        self._bot = bot
        self._pool = pool
        self._timings = timings
        self._pending: dict[int, Snapshot] = {}
        self._settled = asyncio.Condition()
        """Notified whenever a guild is no longer pending."""
        self._begun: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._loaded = asyncio.Event()

    @property
    def pending(self) -> Mapping[int, Snapshot]:
        """What has yet to come back, by guild id."""
        return self._pending

    def expect(self, saved: Mapping[int, Snapshot]) -> None:
        """Take what the process before this one left."""
        self._pending |= saved
        self._loaded.set()

    async def wait(self, guild_id: int) -> None:
        """Wait until a guild's music is back, or is known not to come back."""
        await self._loaded.wait()
        async with self._settled:
            await self._settled.wait_for(lambda: guild_id not in self._pending)

    def begin(self, guild: discord.Guild) -> None:
        """Bring a guild's music back in the background, as soon as there is a node."""
        if guild.id not in self._begun:
            self._begun.add(guild.id)
            self._spawn(self._revive(guild))

    def forget_absent(self) -> None:
        """Forget the guilds that the bot is not in any more."""
        self._spawn(self._forget_absent())

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work, name="music revival")
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("Music could not be brought back", exc_info=error)

    async def _forget_absent(self) -> None:
        await self._loaded.wait()
        for guild_id in [guild_id for guild_id in self._pending if self._bot.get_guild(guild_id) is None]:
            await self._settle(guild_id)

    async def _settle(self, guild_id: int) -> None:
        self._pending.pop(guild_id, None)
        async with self._settled:
            self._settled.notify_all()

    async def close(self) -> None:
        """Stop; what has not come back stays saved."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _revive(self, guild: discord.Guild) -> None:
        await self._loaded.wait()
        snapshot = self._pending.get(guild.id)
        if snapshot is None:
            return
        player = await self._insist(guild, snapshot)
        await self._settle(guild.id)
        if player is not None:
            log.info("Guild %s: the music is back after a restart", guild.id)
            self._bot.dispatch("music_revived", player, time.time() - snapshot.saved_at)
        if not self._pending:
            await self._pool.tidy()

    async def _insist(self, guild: discord.Guild, snapshot: Snapshot) -> Player | None:
        """Bring the music back, however often that fails at first; None if nobody waits for it any more."""
        attempts, until = 0, time.monotonic() + self._timings.memory
        while True:
            try:
                async with self._slots:
                    return await self._bring_back(guild, snapshot)
            except LavalinkError as error:
                if time.monotonic() > until:
                    log.warning("Guild %s: the music does not come back: %s", guild.id, error.detail)
                    return None
                if attempts == 0:
                    log.warning("Guild %s: the music is not back yet: %s", guild.id, error.detail)
            await asyncio.sleep(self._timings.pause(attempts))
            attempts += 1

    async def _bring_back(self, guild: discord.Guild, snapshot: Snapshot) -> Player | None:
        node = await self._pool.wait_for_node(snapshot.node)
        channel = self._channel(guild, snapshot)
        if channel is None:
            self._bot.dispatch("music_forgotten", guild, snapshot)
            return None
        held = await node.fetch_state(guild.id)
        await self._leave(guild)
        player = await self._pool.join(channel, node)
        text_channel = guild.get_channel_or_thread(snapshot.text_channel_id or 0)
        if isinstance(text_channel, discord.abc.Messageable):
            player.text_channel = text_channel
        playing = held.get("track") if held else None
        alive = playing is not None and play_id_of(playing) == snapshot.play_id
        await player.revive(snapshot, alive=alive)
        if alive:
            await self._synchronise(player, node)
        elif held is not None and playing is None:
            await player.skip_ended()
        self._pool.wake()
        return player

    def _channel(
        self, guild: discord.Guild, snapshot: Snapshot
    ) -> discord.VoiceChannel | discord.StageChannel | None:
        """Return the channel to go back to, if anybody wants the music there."""
        channel = guild.get_channel(snapshot.channel_id)
        if not isinstance(channel, discord.VoiceChannel | discord.StageChannel):
            return None
        if snapshot.stay:
            return channel
        recent = time.time() - snapshot.saved_at < self._timings.memory
        wanted = snapshot.songs.current is not None and recent and listeners_in(channel)
        return channel if wanted else None

    async def _leave(self, guild: discord.Guild) -> None:
        """Leave the channel that an attempt, or the gateway session, before was in: it cannot be used."""
        if (player := self._pool.player(guild)) is not None:
            await player.disconnect()
            return
        if guild.me.voice is None:
            return

        def is_out(member: discord.Member, _before: discord.VoiceState, after: discord.VoiceState) -> bool:
            return member == guild.me and after.channel is None

        left = asyncio.ensure_future(self._bot.wait_for("voice_state_update", check=is_out))
        await guild.change_voice_state(channel=None)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(left, self._timings.join)

    async def _synchronise(self, player: Player, node: Node) -> None:
        """Learn where the track is, that Lavalink has played on by itself."""
        state = await node.fetch_state(player.guild_id)
        if state is not None:
            player.on_message(
                {"op": "playerUpdate", "guildId": str(player.guild_id), "state": state["state"]}
            )
