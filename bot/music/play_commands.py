"""Commands to play, pause, skip and stop, and to join and leave."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord_limits import CHOICE_LENGTH
from bot.errors import UserError
from bot.escaping import label, plain, truncate
from bot.lavalink import LavalinkError, Player, Requester, Track, Tracks, is_url
from bot.localization import command_name, language_for, localised
from bot.markup import channel_mention
from bot.music import actions
from bot.music.access import channel_to_enter, check_dj, enter, player_for, pool_of
from bot.music.embeds import songs
from bot.music.messages import answer, sentence_embed
from bot.music.picker import SongPicker
from bot.music.voice_status import leave as leave_voice
from bot.set_text import choices
from bot.texts import Language, music

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.client import Bot
    from bot.escaping import Label
    from bot.lavalink.music_queue import MusicQueue

SUGGESTION_TIMEOUT = 2.0
"""Seconds; Discord waits three for an autocompletion."""
MAX_SUGGESTIONS = 10


class PlayCommands(commands.Cog):
    """What starts and stops music."""

    @commands.hybrid_command(
        name=command_name("play", ja="再生"), description=localised(music.PLAY), aliases=["p"]
    )
    @app_commands.rename(query=command_name("query", ja="曲"))
    @app_commands.describe(query=localised(music.PLAY_QUERY))
    @commands.guild_only()
    async def play(self, ctx: commands.Context[Bot], *, query: str) -> None:
        """Find songs, join the caller and play them, or add them to the queue."""
        player, found = await _find(ctx, query)
        waiting = len(player.music_queue) + (player.track is not None)
        taken = await player.enqueue(_wanted(found))
        await _say_added(ctx, player, found, taken, waiting)

    @commands.hybrid_command(
        name=command_name("playnext", ja="次に再生"), description=localised(music.PLAYNEXT), aliases=["pn"]
    )
    @app_commands.rename(query=command_name("query", ja="曲"))
    @app_commands.describe(query=localised(music.PLAY_QUERY))
    @commands.guild_only()
    async def playnext(self, ctx: commands.Context[Bot], *, query: str) -> None:
        """Play songs right after the current one."""
        player, found = await _find(ctx, query, dj_only=True)
        waiting = int(player.track is not None)
        taken = await player.enqueue(_wanted(found), place=0)
        await _say_added(ctx, player, found, taken, waiting)

    @commands.hybrid_command(
        name=command_name("playnow", ja="今すぐ再生"), description=localised(music.PLAYNOW)
    )
    @app_commands.rename(query=command_name("query", ja="曲"))
    @app_commands.describe(query=localised(music.PLAY_QUERY))
    @commands.guild_only()
    async def playnow(self, ctx: commands.Context[Bot], *, query: str) -> None:
        """Play songs instead of the current one."""
        player, found = await _find(ctx, query, dj_only=True)
        tracks = _wanted(found)

        def interject(queue: MusicQueue[Track]) -> int:
            taken = queue.add(tracks, place=0)
            if taken:
                queue.skip_to(0)
            return taken

        await _say_added(ctx, player, found, await player.change(interject), 0)

    @commands.hybrid_command(name=command_name("search", ja="検索"), description=localised(music.SEARCH))
    @app_commands.rename(query=command_name("query", ja="曲"))
    @app_commands.describe(query=localised(music.PLAY_QUERY))
    @commands.guild_only()
    async def search(self, ctx: commands.Context[Bot], *, query: str) -> None:
        """Let the caller choose from search results."""
        pool, language = pool_of(ctx), language_for(ctx)
        await channel_to_enter(ctx)
        await ctx.defer()
        found = await pool.search(query, Requester.of(ctx.author))
        picker = SongPicker(found.tracks, chooser_id=ctx.author.id, language=language, choose=_play_chosen)
        embed = sentence_embed(music.PICK(language, query=label(query)))
        picker.message = await ctx.send(embed=embed, view=picker)

    @play.autocomplete("query")
    @playnext.autocomplete("query")
    @playnow.autocomplete("query")
    async def suggest(
        self, interaction: discord.Interaction[Bot], current: str
    ) -> list[app_commands.Choice[str]]:
        """Suggest songs for what was typed so far; none where that takes longer than Discord waits."""
        pool, query = interaction.client.lavalink, current.strip()
        if pool is None or not query or is_url(query):
            return []
        try:
            async with asyncio.timeout(SUGGESTION_TIMEOUT):
                found = await pool.search(query, Requester.of(interaction.user))
        except (LavalinkError, TimeoutError):
            return []
        return choices(_suggestion(track) for track in found.tracks[:MAX_SUGGESTIONS])

    @commands.hybrid_command(name=command_name("pause", ja="一時停止"), description=localised(music.PAUSE))
    @commands.guild_only()
    async def pause(self, ctx: commands.Context[Bot]) -> None:
        """Pause the music."""
        await answer(ctx, await actions.pause(ctx, paused=True))

    @commands.hybrid_command(name=command_name("resume", ja="再開"), description=localised(music.RESUME))
    @commands.guild_only()
    async def resume(self, ctx: commands.Context[Bot]) -> None:
        """Resume the music."""
        await answer(ctx, await actions.pause(ctx, paused=False))

    @commands.hybrid_command(
        name=command_name("skip", ja="スキップ"), description=localised(music.SKIP), aliases=["s"]
    )
    @commands.guild_only()
    async def skip(self, ctx: commands.Context[Bot]) -> None:
        """Go on to the next song, or vote for it when others listen."""
        await answer(ctx, await actions.skip(ctx))

    @commands.hybrid_command(name=command_name("stop", ja="停止"), description=localised(music.STOP))
    @commands.guild_only()
    async def stop(self, ctx: commands.Context[Bot]) -> None:
        """Stop the music and clear the queue."""
        await answer(ctx, await actions.stop(ctx))

    @commands.hybrid_command(name=command_name("join", ja="参加"), description=localised(music.JOIN))
    @commands.guild_only()
    async def join(self, ctx: commands.Context[Bot]) -> None:
        """Join the caller's voice channel."""
        channel = await channel_to_enter(ctx)
        await ctx.defer()
        await enter(ctx, channel)
        await answer(ctx, music.JOINED(language_for(ctx), channel=channel_mention(channel.id)))

    @commands.hybrid_command(
        name=command_name("leave", ja="退出"), description=localised(music.LEAVE), aliases=["disconnect"]
    )
    @commands.guild_only()
    async def leave(self, ctx: commands.Context[Bot]) -> None:
        """Leave the voice channel."""
        player = await player_for(ctx, dj_only=True)
        channel = player.channel
        await leave_voice(ctx.bot, player)
        await answer(ctx, music.LEFT(language_for(ctx), channel=channel_mention(channel.id)))


async def _find(ctx: commands.Context[Bot], query: str, *, dj_only: bool = False) -> tuple[Player, Tracks]:
    """Find songs, then join the caller, who with ``dj_only`` must count as a DJ while something plays."""
    pool, channel = pool_of(ctx), await channel_to_enter(ctx)
    player = pool.player(channel.guild)
    if dj_only and player is not None and player.track is not None:
        check_dj(ctx, player)
    await ctx.defer()
    found = await pool.search(query, Requester.of(ctx.author))
    return await enter(ctx, channel), found


async def _play_chosen(press: discord.Interaction[Bot], chosen: Sequence[Track]) -> Label:
    """Play what was chosen from a menu; returns the answer to show."""
    player = await enter(press, await channel_to_enter(press))
    taken = await player.enqueue(chosen)
    if not taken:
        raise UserError(music.QUEUE_FULL, limit=player.music_queue.limit)
    if len(chosen) > 1:
        language = language_for(press)
        return music.ADDED_COUNT(language, songs=songs(taken, language))
    waiting = len(player.music_queue)
    return _added(Tracks("search", chosen), chosen[0], taken, waiting, language_for(press))


def _suggestion(track: Track) -> tuple[str, str]:
    """Return what shows a song in a choice, and its address for which it stands."""
    title, artist = plain(track.title), f" · {plain(track.author)}" if track.author else ""
    value = (
        track.uri if track.uri and len(track.uri) <= CHOICE_LENGTH else truncate(track.title, CHOICE_LENGTH)
    )
    return title + artist, value


def _wanted(found: Tracks) -> Sequence[Track]:
    """Return what to play of what was found: the best match of a search, otherwise everything."""
    return found.tracks[:1] if found.kind == "search" else found.tracks


async def _say_added(
    ctx: commands.Context[Bot], player: Player, found: Tracks, taken: int, waiting: int
) -> None:
    if taken == 0:
        raise UserError(music.QUEUE_FULL, limit=player.music_queue.limit)
    await answer(ctx, _added(found, found.tracks[0], taken, waiting, language_for(ctx)))


def _added(found: Tracks, first: Track, taken: int, waiting: int, language: Language) -> Label:
    if found.kind == "playlist":
        name, count, left_out = label(found.name), songs(taken, language), len(found.tracks) - taken
        if left_out:
            return music.ADDED_SOME(language, name=name, songs=count, left_out=left_out)
        return music.ADDED_PLAYLIST(language, name=name, songs=count)
    title = label(first.title)
    if waiting == 0:
        return music.PLAYING_SOON(language, title=title)
    return music.ADDED(language, title=title, position=waiting)
