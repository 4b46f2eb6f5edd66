"""Commands that change the queue, the loop mode or the position in the song."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeVar

from discord import app_commands
from discord.ext import commands

from bot.errors import UserError
from bot.escaping import label
from bot.lavalink.music_queue import Loop, Removal
from bot.localization import command_name, language_for, localised, localised_choices
from bot.music import actions
from bot.music.access import check_dj, player_for, playing_for
from bot.music.embeds import songs
from bot.music.messages import answer
from bot.music.song_time import duration, parse_position
from bot.texts import music

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.client import Bot
    from bot.lavalink import Player, Track
    from bot.lavalink.music_queue import MusicQueue

T = TypeVar("T")

_PLACE = command_name("place", ja="番号")
NO_PLACE = 0
"""Stands for no place given; places are counted from 1."""


class QueueCommands(commands.Cog):
    """Changes of the queue; its places are counted from 1, as `/queue` shows them."""

    @commands.hybrid_command(
        name=command_name("skipto", ja="ここまでスキップ"), description=localised(music.SKIPTO)
    )
    @app_commands.rename(place=_PLACE)
    @app_commands.describe(place=localised(music.PLACE))
    @commands.guild_only()
    async def skipto(self, ctx: commands.Context[Bot], place: int) -> None:
        """Play the song at a place at once; those before it are left out."""
        track = await _change(await player_for(ctx, dj_only=True), lambda queue: queue.skip_to(place - 1))
        await answer(ctx, music.PLAYING_SOON(language_for(ctx), title=label(track.title)))

    @commands.hybrid_command(
        name=command_name("previous", ja="前の曲"), description=localised(music.PREVIOUS), aliases=["back"]
    )
    @commands.guild_only()
    async def previous(self, ctx: commands.Context[Bot]) -> None:
        """Play the previous song again."""
        await answer(ctx, await actions.previous(ctx))

    @commands.hybrid_command(
        name=command_name("seek", ja="シーク"), description=localised(music.SEEK), usage="<1:23 | +10 | -10>"
    )
    @app_commands.rename(position=command_name("position", ja="位置"))
    @app_commands.describe(position=localised(music.SEEK_POSITION))
    @commands.guild_only()
    async def seek(self, ctx: commands.Context[Bot], position: str) -> None:
        """Seek to a position in the song."""
        player, track = await playing_for(ctx, dj_only=True)
        position_ms = parse_position(position, player.position_ms)
        if position_ms is None:
            raise UserError(music.BAD_POSITION)
        if track.is_stream or not track.is_seekable:
            raise UserError(music.NOT_SEEKABLE)
        await player.seek(min(position_ms, track.length_ms))
        await answer(ctx, music.POSITION_SET(language_for(ctx), position=duration(player.position_ms)))

    @commands.hybrid_command(name=command_name("move", ja="移動"), description=localised(music.MOVE))
    @app_commands.rename(place=_PLACE, to=command_name("to", ja="移動先"))
    @app_commands.describe(place=localised(music.PLACE), to=localised(music.MOVE_TO))
    @commands.guild_only()
    async def move(self, ctx: commands.Context[Bot], place: int, to: int = 1) -> None:
        """Move a song to another place in the queue, by default to be the next one."""
        track = await _change(
            await player_for(ctx, dj_only=True), lambda queue: queue.move(place - 1, to - 1)
        )
        await answer(ctx, music.MOVED(language_for(ctx), title=label(track.title), place=to))

    @commands.hybrid_command(
        name=command_name("remove", ja="削除"), description=localised(music.REMOVE), aliases=["rm"]
    )
    @app_commands.rename(place=_PLACE, last=command_name("last", ja="最後の番号"))
    @app_commands.describe(place=localised(music.PLACE), last=localised(music.REMOVE_LAST))
    @commands.guild_only()
    async def remove(self, ctx: commands.Context[Bot], place: int, last: int = NO_PLACE) -> None:
        """Take a song, or those up to another place, out of the queue."""
        end = place if last == NO_PLACE else last
        player = await player_for(ctx)
        chosen = player.music_queue.upcoming[max(0, min(place, end) - 1) : max(place, end)]
        if not all(track.requester.id == ctx.author.id for track in chosen):
            # Everybody may remove what they requested themselves.
            check_dj(ctx, player)
        removed = await _change(player, lambda queue: queue.remove(place - 1, end - 1))
        language = language_for(ctx)
        if len(removed) == 1:
            await answer(ctx, music.REMOVED(language, title=label(removed[0].title)))
        else:
            await answer(ctx, music.REMOVED_SOME(language, songs=songs(len(removed), language)))

    @commands.hybrid_command(name=command_name("clear", ja="クリア"), description=localised(music.CLEAR))
    @commands.guild_only()
    async def clear(self, ctx: commands.Context[Bot]) -> None:
        """Empty the queue; the current song plays on."""
        player = await player_for(ctx, dj_only=True)
        removed = await player.change(lambda queue: queue.clear())
        if not removed:
            raise UserError(music.QUEUE_EMPTY)
        language = language_for(ctx)
        await answer(ctx, music.REMOVED_SOME(language, songs=songs(len(removed), language)))

    @commands.hybrid_command(
        name=command_name("shuffle", ja="シャッフル"), description=localised(music.SHUFFLE)
    )
    @commands.guild_only()
    async def shuffle(self, ctx: commands.Context[Bot]) -> None:
        """Put the queue into a random order."""
        await answer(ctx, await actions.shuffle(ctx))

    @commands.hybrid_command(name=command_name("undo", ja="元に戻す"), description=localised(music.UNDO))
    @commands.guild_only()
    async def undo(self, ctx: commands.Context[Bot]) -> None:
        """Undo the last removal, clearing or skip."""
        player = await player_for(ctx, dj_only=True)
        undone = await player.change(lambda queue: queue.undo())
        language = language_for(ctx)
        if undone is None:
            raise UserError(music.NOTHING_TO_UNDO)
        if isinstance(undone, Removal):
            await answer(ctx, music.UNDID_REMOVAL(language, songs=songs(len(undone.places), language)))
        else:
            await answer(ctx, music.PLAYING_SOON(language, title=label(undone.track.title)))

    @commands.hybrid_command(name=command_name("loop", ja="ループ"), description=localised(music.LOOP))
    @app_commands.rename(mode=command_name("mode", ja="モード"))
    @app_commands.describe(mode=localised(music.LOOP_MODE))
    @app_commands.choices(
        mode=localised_choices({loop.value: text for loop, text in actions.LOOP_TEXTS.items()})
    )
    @commands.guild_only()
    async def loop(self, ctx: commands.Context[Bot], mode: Literal["off", "track", "queue"]) -> None:
        """Repeat the song or the queue."""
        await answer(ctx, await actions.loop(ctx, Loop(mode)))


async def _change(player: Player, operation: Callable[[MusicQueue[Track]], T]) -> T:
    """Change the queue; raises UserError for a place that does not exist."""
    try:
        return await player.change(operation)
    except IndexError as error:
        raise UserError(music.NO_SUCH_NUMBER, count=len(player.music_queue)) from error
