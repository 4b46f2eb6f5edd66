"""Every Lavalink node, each watched over by its own task, and the players on them."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from bot.lavalink.connection import Node
from bot.lavalink.errors import JoinTimeoutError, LavalinkError, NoNodeError
from bot.lavalink.keeper import MusicKeeper
from bot.lavalink.lyrics import Lyrics, lyrics_of
from bot.lavalink.music_store import Saved
from bot.lavalink.player import Player
from bot.lavalink.restart_recovery import RestartRecovery
from bot.lavalink.timings import Timings
from bot.lavalink.tracks import Requester, Track, Tracks, search
from bot.waiting import happens

if TYPE_CHECKING:
    from collections.abc import Sequence

    import discord
    import wavelink
    from wavelink.types.websocket import WebsocketOP

    from bot.config import LavalinkNode
    from bot.lavalink.music_store import MusicStore

log = logging.getLogger(__name__)


class NodePool:
    """Keeps every node connected, by itself and in the background, and finds a node for whoever needs one."""

    def __init__(
        self,
        bot: discord.Client,
        nodes: Sequence[LavalinkNode],
        *,
        timings: Timings | None = None,
        store: MusicStore | None = None,
    ) -> None:
        """Look after ``nodes``; with a ``store``, what plays is saved there and survives a restart."""
        self._bot = bot
        self._addresses = nodes
        self._timings = timings or Timings()
        self.restart_recovery = RestartRecovery(bot, self, self._timings)
        self._keeper: MusicKeeper | None = None
        if store is not None:
            self._keeper = MusicKeeper(
                store,
                players=lambda: [player for node in self._nodes for player in _players(node)],
                sessions=self._sessions,
                awaited=lambda: self.restart_recovery.pending,
                interval=self._timings.save,
            )
        self._nodes: list[Node] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._wake = asyncio.Event()
        self._up = asyncio.Event()
        """Set while any node is connected."""
        self._joins: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    def start(self) -> None:
        """Begin to connect; after login (Lavalink wants the bot's user id), within a running loop."""
        for address in self._addresses:
            self._nodes.append(Node(address, client=self._bot, timings=self._timings, on_message=_hand_on))
        self._tasks.append(asyncio.create_task(self._run(), name="lavalink"))

    async def _run(self) -> None:
        """Take over what was saved, then look after everything for ever."""
        saved = await self._keeper.load() if self._keeper else Saved()
        self.restart_recovery.expect(saved.players)
        for node in self._nodes:
            if session_id := saved.sessions.get(node.uri):
                node.take_over(session_id)
        self._tasks += [
            asyncio.create_task(self._supervise(node), name=f"lavalink {node.uri}") for node in self._nodes
        ]
        self._tasks.append(asyncio.create_task(self._mend(), name="lavalink mend"))

    async def close(self) -> None:
        """Leave every voice channel and disconnect from every node; what plays is saved before."""
        await self.restart_recovery.close()
        if self._keeper is not None:
            await self._keeper.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        for node in self._nodes:
            await node.shut()
        self._nodes.clear()

    @property
    def available(self) -> bool:
        """Whether any node is connected."""
        return any(node.up for node in self._nodes)

    def best(self) -> Node:
        """Return the connected node with the fewest players. Raises NoNodeError."""
        connected = [node for node in self._nodes if node.up]
        if not connected:
            raise NoNodeError
        return min(connected, key=lambda node: len(node.players))

    def ping_ms(self) -> float | None:
        """Return the last measured round trip to the node in use, in milliseconds; None without one."""
        return self.best().ping_ms if self.available else None

    async def search(self, query: str, requester: Requester) -> Tracks:
        """Find songs by words or load a URL; see `bot.lavalink.tracks.search`. Raises LavalinkError."""
        return await search(query, requester, self.best())

    async def lyrics(self, track: Track) -> Lyrics:
        """Return a song's words; see `bot.lavalink.lyrics.lyrics_of`. Raises LavalinkError."""
        return await lyrics_of(track, self.best())

    def player(self, guild: discord.Guild) -> Player | None:
        """Return the guild's player, or None while the bot is in none of its voice channels."""
        return guild.voice_client if isinstance(guild.voice_client, Player) else None

    async def wait_for_node(self, uri: str) -> Node:
        """Return the node ``uri`` if it is up, or else the best one, as soon as there is any."""
        preferred = next((node for node in self._nodes if node.uri == uri), None)
        if preferred is not None:
            await preferred.tried.wait()
            if preferred.up:
                return preferred
        await self._up.wait()
        return self.best()

    async def join(
        self, channel: discord.VoiceChannel | discord.StageChannel, node: Node | None = None
    ) -> Player:
        """Return the guild's player after it has entered ``channel``; a new one is on ``node`` or the best.

        Raises NoNodeError, JoinTimeoutError, or PlayerEndedError where the bot was thrown out at once.
        """
        async with self._joins.setdefault(channel.guild.id, asyncio.Lock()):
            player = self.player(channel.guild)
            try:
                if player is None:
                    await self.leave(channel.guild)
                    make = partial(Player, node=node or self.best(), timings=self._timings)
                    player = await channel.connect(cls=make, timeout=self._timings.join, self_deaf=True)
                elif player.channel != channel:
                    await player.go_to(channel)
            except TimeoutError as error:
                raise JoinTimeoutError(channel.mention) from error
            if self._keeper is not None:
                player.on_change = self._keeper.note
                self._keeper.note()
            player.watch_listeners()
            return player

    async def leave(self, guild: discord.Guild) -> None:
        """Leave the guild's voice channel: with the player, or as what a process before left there.

        Discord names no voice server to a bot that enters where it is already.
        """
        if (player := self.player(guild)) is not None:
            await player.disconnect()
        elif guild.me.voice is not None:
            await guild.change_voice_state(channel=None)

    def wake(self) -> None:
        """Look at once for players that have to be restored."""
        self._wake.set()

    async def destroy_orphaned_players(self) -> None:
        """Destroy the players that remain on the nodes from before and that nobody waits for."""
        for node in self._nodes:
            if node.up:
                await self._destroy_orphaned_players(node)

    async def _destroy_orphaned_players(self, node: Node) -> None:
        try:
            await node.destroy_orphaned_players(self.restart_recovery.pending.keys())
        except LavalinkError as error:
            log.warning("Lavalink node %s: old players remain: %s", node.uri, error.detail)

    def _sessions(self) -> dict[str, str]:
        """Return Lavalink's session id by node."""
        return {node.uri: node.lavalink_session for node in self._nodes if node.up and node.lavalink_session}

    async def _supervise(self, node: Node) -> None:
        """Connect a node, for ever again; one line in the log for each change."""
        attempts = 0
        while True:
            try:
                resumed = await node.open()
            except LavalinkError as error:
                node.tried.set()
                if attempts == 0:
                    log.warning("❌ Lavalink node %s is out of reach: %s", node.uri, error.detail)
                await asyncio.sleep(self._timings.pause(attempts))
                attempts += 1
                continue
            node.tried.set()
            attempts = 0
            log.info("✅ Lavalink node %s connected%s", node.uri, " (session resumed)" if resumed else "")
            await self._serve(node, resumed=resumed)
            await self._part(node)

    async def _serve(self, node: Node, *, resumed: bool) -> None:
        """Look after a node that came up until it is lost."""
        for player in _players(node):
            player.on_node_back(resumed=resumed)
        self._up.set()
        self._wake.set()
        care = asyncio.create_task(self._care(node))
        try:
            log.warning("⚠️ Lavalink node %s lost: %s", node.uri, await node.lost())
        finally:
            care.cancel()
            await asyncio.wait({care})

    async def _care(self, node: Node) -> None:
        """Tidy up what a node holds from before, then measure it for ever."""
        await self._destroy_orphaned_players(node)
        while True:
            await node.measure()
            await asyncio.sleep(self._timings.ping)

    async def _part(self, node: Node) -> None:
        """Part with a lost node: its players go to another, or wait for the first that comes."""
        await node.drop()
        if not self.available:
            self._up.clear()
        for player in _players(node):
            player.on_node_lost()
        self._wake.set()

    async def _mend(self) -> None:
        """Restore interrupted players, for ever, as soon as there is a node for them."""
        while True:
            await happens(self._wake, within=self._timings.mend)
            self._wake.clear()
            for node in self._nodes:
                for player in _players(node):
                    player.check()
            if self.available:
                waiting = [player for node in self._nodes for player in _players(node) if player.interrupted]
                await asyncio.gather(*(self._restore(player) for player in waiting))

    async def _restore(self, player: Player) -> None:
        try:
            await player.restore(player.server if player.server.up else self.best())
        except LavalinkError as error:
            log.debug("Guild %s: not restored yet: %s", player.guild_id, error.detail)
        else:
            log.info("Guild %s: music goes on, on %s", player.guild_id, player.server.uri)


def _players(node: Node) -> list[Player]:
    return [player for player in node.players.values() if isinstance(player, Player)]


def _hand_on(player: wavelink.Player, message: WebsocketOP) -> None:
    if isinstance(player, Player):
        player.on_message(message)
