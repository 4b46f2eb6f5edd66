"""Lavalink's player of one guild: everything that is sent to its node goes through here."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.lavalink.errors import LavalinkError, NodeUnreachableError, PlayerEndedError, RequestRefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    import wavelink
    from wavelink.types.request import Request, VoiceRequest

    from bot.lavalink.connection import Node

log = logging.getLogger(__name__)


class RemotePlayer:
    """The player on the node, which may be out of reach, or have lost it: then it has to be restored."""

    def __init__(self, player: wavelink.Player, guild_id: int, node: Node) -> None:
        """Stand for the player of a guild on ``node``, which hands its messages to ``player``."""
        self.node = node
        """The Lavalink node that the player is on."""
        self.interrupted = False
        """Whether the player on the node has to be restored."""
        self.ended = False
        """Whether it has ended; the guild may have another player since."""
        self.on_interrupted: Callable[[], None] = lambda: None
        """Called whenever the player on the node may not be in the state that it should be in."""
        self.on_restored: Callable[[], None] = lambda: None
        """Called when it is again."""
        self._player = player
        self._guild_id = guild_id
        self._unsent = False
        """Whether something that was to be sent has not arrived."""

    def check_alive(self) -> None:
        """Raise PlayerEndedError where the player has ended."""
        if self.ended:
            raise PlayerEndedError

    def attach(self) -> None:
        """Have the node hand over its messages about the guild."""
        self.node.attach(self._player, self._guild_id)

    async def send(self, data: Request) -> None:
        """Send what changed; a node that is out of reach gets it once it is back, with everything else.

        Raises PlayerEndedError (Lavalink would make a new player) or RequestRefusedError.
        https://lavalink.dev/api/rest#update-player
        """
        self.check_alive()
        try:
            await self.node.update_player(self._guild_id, data)
        except NodeUnreachableError:
            self.interrupt()

    async def send_voice(self, voice: VoiceRequest) -> bool:
        """Send how to reach Discord's voice server; returns whether the bot counts as connected then."""
        try:
            await self.node.update_player(self._guild_id, {"voice": voice})
        except NodeUnreachableError:
            # The next node gets it, with everything else; as far as Discord goes, the bot is there.
            self.interrupt()
        except RequestRefusedError as error:
            log.warning("Guild %s: voice server not passed on: %s", self._guild_id, error.detail)
            self.interrupt()
            return False
        return True

    async def restore(self, node: Node, data: Request) -> None:
        """Make the player on ``node`` what ``data`` says: another node, or the same without its old session.

        Raises LavalinkError, and it stays interrupted.
        """
        self.check_alive()
        if node is not self.node:
            self.node.detach(self._guild_id)
            self.node = node
            self.attach()
        await node.update_player(self._guild_id, data)

    async def destroy(self) -> None:
        """Delete the player from the node; one that is out of reach forgets it by itself."""
        if not self.node.detach(self._guild_id):
            return
        try:
            await self.node.destroy_player(self._guild_id)
        except LavalinkError as error:
            log.debug("Guild %s: player not deleted from its node: %s", self._guild_id, error.detail)

    # Interruptions

    def interrupt(self) -> None:
        """Note that the player has to be restored, whatever becomes of the node."""
        self._unsent = True
        self.on_node_lost()

    def on_node_lost(self) -> None:
        """Note that the node is out of reach; it may go on playing, or have forgotten the player."""
        self.interrupted = True
        self.on_interrupted()

    def on_node_back(self, *, resumed: bool) -> None:
        """Note that the node is back: with the player as it was (``resumed``), or without."""
        self.interrupted = self._unsent or not resumed
        if not self.interrupted:
            self.note_restored()

    def note_restored(self) -> None:
        """Note that the player on the node is as it should be."""
        self.interrupted = self._unsent = False
        self.on_restored()
