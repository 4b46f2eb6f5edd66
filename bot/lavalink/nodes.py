"""Every Lavalink node, each watched over by its own task, and the players on them."""

from __future__ import annotations

import asyncio
import logging
import math
from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from bot.background_tasks import BackgroundTasks, cancel_and_wait
from bot.lavalink.connection import Node
from bot.lavalink.errors import JoinTimeoutError, LavalinkError, NodeUnreachableError, NoNodeError
from bot.lavalink.lyrics import lyrics_of
from bot.lavalink.music_queue import SharedRoom
from bot.lavalink.player import Player
from bot.lavalink.timings import Timings
from bot.lavalink.tracks import Requester, Track, Tracks, search
from bot.lavalink.voice_connection import change_voice_state
from bot.texts.console import SESSION_RESUMED
from bot.texts.doctor import LAVALINK_PASSWORD_CURE
from bot.waiting import happens

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    import discord
    import wavelink
    from wavelink.types.websocket import WebsocketOP

    from bot.config import LavalinkNode
    from bot.lyrics.lyrics import Lyrics

log = logging.getLogger(__name__)


class NodePool:
    """Keeps every node connected in the background, and finds a node for whoever needs one."""

    def __init__(
        self,
        bot: discord.Client,
        nodes: Sequence[LavalinkNode],
        timings: Timings | None = None,
        *,
        hosts: Collection[str] = (),
    ) -> None:
        self._bot = bot
        self._hosts = hosts
        """Besides the music services', those of which links are loaded; see `bot.music_hosts`."""
        self._addresses = nodes
        self._timings = timings or Timings()
        self.on_change: Callable[[], None] = lambda: None
        """Called whenever something changed that a restart must not lose."""
        self.expected: set[int] = set()
        """Guilds whose player of before a restart is yet to be recovered: on its node, it is no orphan."""
        self._nodes: list[Node] = []
        self._tasks = BackgroundTasks("Lavalink")
        self._wake = asyncio.Event()
        self._up = asyncio.Event()
        """Set while any node is connected."""
        self._room = SharedRoom()
        self._restoring: set[Player] = set()
        self._joins: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    def start(self, sessions: Mapping[str, str] | None = None) -> None:
        """Begin to connect; after login (Lavalink wants the bot's user id), within a running loop.

        ``sessions`` are Lavalink's session ids of the process before, by node URI: they are resumed.
        """
        for address in self._addresses:
            node = Node(address, client=self._bot, timings=self._timings, on_message=_pass_on)
            if session_id := (sessions or {}).get(node.uri):
                node.take_over(session_id)
            self._nodes.append(node)
        for node in self._nodes:
            self._tasks.spawn(self._supervise(node))
        self._tasks.spawn(self._restore_players())

    async def close(self) -> None:
        """Leave every voice channel and disconnect from every node."""
        await self._tasks.close()
        for node in self._nodes:
            await node.release()
        self._nodes.clear()

    @property
    def players(self) -> Sequence[Player]:
        """Every player on every node."""
        return [player for node in self._nodes for player in _players(node)]

    @property
    def sessions(self) -> Mapping[str, str]:
        """Lavalink's session id by node URI, of the nodes that are connected."""
        return {node.uri: node.session_id for node in self._nodes if node.up and node.session_id}

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
        node = self.best()
        try:
            return await search(query, requester, node, hosts=self._hosts)
        except NodeUnreachableError:
            node.doubt()
            others = [other for other in self._nodes if other.up and other is not node]
            if not others:
                raise
            return await search(query, requester, others[0], hosts=self._hosts)

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
            await preferred.attempted.wait()
            if preferred.up:
                return preferred
        await self._up.wait()
        return self.best()

    async def join(
        self, channel: discord.VoiceChannel | discord.StageChannel, node: Node | None = None
    ) -> Player:
        """Return the guild's player after it has entered ``channel``; a new one is on ``node`` or the best.

        Raises NoNodeError, JoinTimeoutError, or PlayerEndedError where the bot was disconnected at once.
        """
        async with self._joins.setdefault(channel.guild.id, asyncio.Lock()):
            player = self.player(channel.guild)
            try:
                if player is None:
                    await self.leave(channel.guild)
                    make = partial(Player, node=node or self.best(), timings=self._timings, room=self._room)
                    player = await channel.connect(cls=make, timeout=self._timings.join, self_deaf=True)
                elif player.channel != channel:
                    await player.go_to(channel)
            except TimeoutError as error:
                raise JoinTimeoutError(channel.id) from error
            player.on_change = self.on_change
            self.on_change()
            self.wake()
            player.watch_listeners()
            return player

    async def leave(self, guild: discord.Guild) -> None:
        """Leave the guild's voice channel: with the player, or as what a process before left there.

        Discord names no voice server to a bot that enters where it is already.
        """
        if (player := self.player(guild)) is not None:
            await player.disconnect()
        elif guild.me.voice is not None:
            await change_voice_state(guild, None, timings=self._timings)

    def wake(self) -> None:
        """Look at once after the players, for those that have to be restored."""
        self._wake.set()

    async def destroy_orphaned_players(self) -> None:
        """Destroy the players that remain on the nodes from before and that nobody waits for."""
        for node in self._nodes:
            if node.up:
                await self._destroy_orphaned_players(node)

    async def _destroy_orphaned_players(self, node: Node) -> None:
        try:
            await node.destroy_orphaned_players(self.expected)
        except LavalinkError as error:
            log.warning("Lavalink node %s: old players remain: %s", node.uri, error.detail)

    async def _supervise(self, node: Node) -> None:
        """Connect a node, again and again; one line in the log for each change."""
        attempts, told = 0, ""
        while True:
            try:
                resumed = await node.open()
            except LavalinkError as error:
                node.attempted.set()
                told = _tell_why(node, error, told)
                await asyncio.sleep(self._timings.pause(attempts))
                attempts += 1
                continue
            node.attempted.set()
            attempts, told = 0, ""
            log.info("✅ Lavalink node %s connected%s", node.uri, SESSION_RESUMED if resumed else "")
            await self._serve(node, resumed=resumed)
            await self._fail_over(node)

    async def _serve(self, node: Node, *, resumed: bool) -> None:
        """Look after a node that came up until it is lost."""
        for player in _players(node):
            player.on_node_back(resumed=resumed)
        self._up.set()
        self.on_change()  # Its session has another id.
        self._wake.set()
        upkeep = self._tasks.spawn(self._maintain(node))
        try:
            log.warning("⚠️ Lavalink node %s lost: %s", node.uri, await node.wait_closed())
        finally:
            await cancel_and_wait(upkeep)

    async def _maintain(self, node: Node) -> None:
        """Destroy what a node holds from before, measure it every now and then, and give up a hung one."""
        orphans = self._tasks.spawn(self._destroy_orphaned_players(node))
        try:
            while await node.measure() or await node.measure():
                node.doubted.clear()
                await happens(node.doubted, within=self._timings.ping)
            await node.give_up()
        finally:
            await cancel_and_wait(orphans)

    async def _fail_over(self, node: Node) -> None:
        """Have the players of a lost node move to another, or wait for the first that comes."""
        await node.drop()
        if not self.available:
            self._up.clear()
        for player in _players(node):
            player.on_node_lost()
        self._wake.set()

    async def _restore_players(self) -> None:
        """Restore interrupted players, again and again, as soon as there is a node for them."""
        while True:
            await happens(self._wake, within=self._timings.restore if self.players else math.inf)
            self._wake.clear()
            for player in self.players:
                player.check()
                if self.available and player.interrupted and not player.voiceless:
                    # Each by itself: a node may leave one of them unanswered.
                    self._tasks.spawn(self._restore(player))

    async def _restore(self, player: Player) -> None:
        if player in self._restoring:
            return
        self._restoring.add(player)
        try:
            await player.restore(player.node if player.node.up else self.best())
        except LavalinkError as error:
            log.debug("Guild %s: not restored yet: %s", player.guild_id, error.detail)
        else:
            if player.interrupted:
                self._wake.set()  # More was asked for meanwhile.
            else:
                log.info("Guild %s: music goes on, on %s", player.guild_id, player.node.uri)
        finally:
            self._restoring.discard(player)


def _tell_why(node: Node, error: LavalinkError, told: str) -> str:
    """Log why a node is not connected, unless that was ``told``; returns what is told now."""
    why = "refused" if isinstance(error, NodeUnreachableError) and error.is_refusal else "away"
    if why != told and why == "refused":
        log.error("❌ Lavalink node %s refuses the password: %s", node.uri, error.detail)
        log.error("   → %s", LAVALINK_PASSWORD_CURE)
    elif why != told:
        log.warning("❌ Lavalink node %s is out of reach: %s", node.uri, error.detail)
    return why


def _players(node: Node) -> list[Player]:
    return [player for player in node.players.values() if isinstance(player, Player)]


def _pass_on(player: wavelink.Player, message: WebsocketOP) -> None:
    if isinstance(player, Player):
        player.on_message(message)
