"""The controllers of all guilds, kept up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord.ext import commands

from bot.music.controller import Controller, forget_place, stored_place
from bot.music.controller_view import ControllerView
from bot.music.lyrics_follower import LineBudget
from bot.request_channel import request_channel

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    import discord

    from bot.client import Bot
    from bot.lavalink import PauseReason, Player, Track
    from bot.music.library import Library


class Controllers(commands.Cog):
    """Updates a guild's controller on each event of `bot.lavalink.Player` that changes what it shows."""

    def __init__(self, bot: Bot, library: Library) -> None:
        self.bot = bot
        self._library = library
        self._controllers: dict[int, Controller] = {}
        self._budget = LineBudget()
        self._buttons = ControllerView(library, bot.settings.bot_language, registered=True)

    async def cog_load(self) -> None:
        """Answer the buttons of every controller, those from before a restart too."""
        self.bot.add_view(self._buttons)

    async def cog_unload(self) -> None:
        """Leave the controllers as they are: after a restart they are used again."""
        self._buttons.stop()
        for controller in self._controllers.values():
            await controller.close()

    @commands.Cog.listener()
    async def on_music_track_start(self, player: Player, _track: Track) -> None:
        """Show a new song, in a new message where the last one has scrolled away."""
        self._of(player).show(player, bring_into_view=True)

    @commands.Cog.listener()
    async def on_music_changed(self, player: Player) -> None:
        """Show what somebody changed."""
        self._of(player).show(player)

    @commands.Cog.listener()
    async def on_music_auto_pause(self, player: Player, _reason: PauseReason, _paused: bool) -> None:
        """Show a pause that nobody asked for."""
        self._of(player).show(player)

    @commands.Cog.listener()
    async def on_music_recovered(self, player: Player, _away: float) -> None:
        """Show what goes on after a restart, in the message from before."""
        self._of(player).show(player)

    @commands.Cog.listener()
    async def on_music_player_end(self, player: Player) -> None:
        """Show that the bot has left."""
        controller = self._controllers.get(player.guild_id)
        if controller is not None:
            controller.show(player, ended=True)

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Count the messages below the controller."""
        controller = self._controllers.get(message.guild.id) if message.guild else None
        if controller is not None:
            controller.note_message(message)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Count a deleted message no more, and forget a controller that was deleted."""
        self._note_deleted(payload.guild_id, {payload.message_id})
        await self._forget_deleted(payload.guild_id, payload.message_id)

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Count deleted messages no more, and forget a controller that was among them."""
        self._note_deleted(payload.guild_id, payload.message_ids)
        await self._forget_deleted(payload.guild_id, *payload.message_ids)

    def _note_deleted(self, guild_id: int | None, message_ids: Collection[int]) -> None:
        controller = self._controllers.get(guild_id) if guild_id else None
        if controller is not None:
            controller.note_deleted(message_ids)

    @commands.Cog.listener()
    async def on_request_channel_changed(self, guild_id: int) -> None:
        """Move to a server's new request channel, or out of what was one."""
        if request_channel(self.bot.state, guild_id) is not None:
            self.settle(guild_id)
        else:
            await self._in(guild_id).retire()

    def settle(self, guild_id: int, *, ignoring: Collection[int] = ()) -> None:
        """Show the controller of a server's request channel, if it has one, below all messages but some."""
        if self.bot.lavalink is not None and request_channel(self.bot.state, guild_id) is not None:
            self._in(guild_id).settle(ignoring)

    def note_messages(self, guild_id: int, messages: Iterable[discord.Message]) -> None:
        """Count messages from before the start, oldest first."""
        for message in messages:
            self._in(guild_id).note_message(message)

    def message_id(self, guild_id: int) -> int | None:
        """Return the id of a server's controller, None where there is none."""
        return self._in(guild_id).message_id

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Forget the controller of a guild that the bot left."""
        await self.forget_guild(guild.id, ())

    async def forget_guild(self, guild_id: int, channel_ids: Collection[int]) -> None:  # noqa: ARG002 - the guild tells
        """Forget a server's controller; see `bot.privacy.departed_guilds.KeepsGuildData`."""
        controller = self._controllers.pop(guild_id, None)
        if controller is not None:
            await controller.close()
        await forget_place(self.bot.state, guild_id)

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Forget a controller that went with its channel."""
        await self._forget_deleted(channel.guild.id, channel.id)

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """Forget a controller that went with its thread."""
        await self._forget_deleted(payload.guild_id, payload.thread_id)

    async def _forget_deleted(self, guild_id: int | None, *ids: int) -> None:
        """Forget a guild's controller if its message or channel is among what was deleted."""
        place = stored_place(self.bot.state, guild_id) if guild_id is not None else None
        if guild_id is None or place is None or set(place).isdisjoint(ids):
            return
        if (controller := self._controllers.get(guild_id)) is not None:
            controller.lose_message()
        await forget_place(self.bot.state, guild_id)

    def _of(self, player: Player) -> Controller:
        return self._in(player.guild_id)

    def _in(self, guild_id: int) -> Controller:
        controller = self._controllers.get(guild_id)
        if controller is None:
            controller = self._controllers[guild_id] = Controller(
                self.bot, guild_id, self._library, self._budget
            )
        return controller
