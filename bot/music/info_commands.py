"""Commands that only show something; everybody may use them, from any channel."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from discord import app_commands
from discord.ext import commands

from bot.errors import UserError
from bot.escaping import label
from bot.localization import command_name, language_for, localised, localised_choices
from bot.music.access import player_for, playing_for
from bot.music.charts_embed import charts_embed
from bot.music.embeds import list_embed, page_count, queue_embed
from bot.music.live_progress import LiveProgress, progress_embed
from bot.music.lyrics_embed import LyricsPages
from bot.music.pages import send_pages
from bot.music.song_lyrics import lyrics_of
from bot.period import Period
from bot.telemetry.postgrest_errors import TelemetryError
from bot.texts import music, music_library
from bot.texts import period as period_texts

if TYPE_CHECKING:
    from bot.client import Bot

_PAGE = command_name("page", ja="ページ")


class InfoCommands(commands.Cog):
    """The queue, the current song, its lyrics, the history and the charts."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self._progress = LiveProgress()

    async def cog_unload(self) -> None:
        """Stop updating progress bars."""
        await self._progress.close()

    @commands.hybrid_command(
        name=command_name("queue", ja="キュー"),
        description=localised(music.QUEUE),
        aliases=["q"],
        usage="[1-]",
    )
    @app_commands.rename(page=_PAGE)
    @app_commands.describe(page=localised(music.QUEUE_PAGE))
    @commands.guild_only()
    async def queue(self, ctx: commands.Context[Bot], page: int = 1) -> None:
        """Show the queue."""
        player, language = await player_for(ctx, same_channel=False), language_for(ctx)
        queue = player.music_queue
        await send_pages(
            ctx, lambda page: queue_embed(queue, language, page), lambda: page_count(len(queue)), page
        )

    @commands.hybrid_command(
        name=command_name("history", ja="履歴"), description=localised(music_library.HISTORY), usage="[1-]"
    )
    @app_commands.rename(page=_PAGE)
    @app_commands.describe(page=localised(music.QUEUE_PAGE))
    @commands.guild_only()
    async def history(self, ctx: commands.Context[Bot], page: int = 1) -> None:
        """Show what was played, latest first."""
        player, language = await player_for(ctx, same_channel=False), language_for(ctx)
        queue = player.music_queue
        title = music_library.HISTORY_TITLE(language)
        await send_pages(
            ctx,
            lambda page: list_embed(
                queue.history, language, page, title=title, empty=music_library.HISTORY_EMPTY
            ),
            lambda: page_count(len(queue.history)),
            page,
        )

    @commands.hybrid_command(
        name=command_name("nowplaying", ja="再生中"), description=localised(music.NOWPLAYING), aliases=["np"]
    )
    @commands.guild_only()
    async def nowplaying(self, ctx: commands.Context[Bot]) -> None:
        """Show the current song with a bar that moves for a while."""
        player, track = await playing_for(ctx, same_channel=False)
        language = language_for(ctx)
        message = await ctx.send(embed=progress_embed(player, track, language))
        self._progress.watch(player, message, language)

    @commands.hybrid_command(
        name=command_name("lyrics", ja="歌詞"), description=localised(music_library.LYRICS)
    )
    @commands.guild_only()
    async def lyrics(self, ctx: commands.Context[Bot]) -> None:
        """Show the lyrics of the current song."""
        _player, track = await playing_for(ctx, same_channel=False)
        await ctx.defer()
        lyrics = await lyrics_of(self.bot, track)
        if not lyrics.lines:
            raise UserError(music_library.INSTRUMENTAL)
        pages = LyricsPages(lyrics, label(track.title), language_for(ctx))
        await send_pages(ctx, pages.embed, pages.count)

    @commands.hybrid_command(
        name=command_name("top", ja="ランキング"),
        description=localised(music_library.TOP),
        usage="[today|week|month|all]",
    )
    @app_commands.rename(period=command_name("period", ja=period_texts.NAME_JA))
    @app_commands.describe(period=localised(period_texts.DESCRIPTION))
    @app_commands.choices(period=localised_choices(period_texts.CHOICES))
    @commands.guild_only()
    async def top(
        self, ctx: commands.Context[Bot], period: Literal["today", "week", "month", "all"] = "week"
    ) -> None:
        """Show the guild's most played songs and top requesters, from the database."""
        if ctx.guild is None or self.bot.user is None:
            return
        await ctx.defer()
        since = Period.of(period).start(datetime.now(self.bot.settings.bot_timezone))
        try:
            charts = await self.bot.supabase_client.charts(ctx.guild.id, since)
        except TelemetryError as error:
            raise UserError(music_library.TOP_UNREACHABLE) from error
        if charts is None:
            raise UserError(music_library.TOP_WITHOUT_DATABASE)
        await ctx.send(embed=charts_embed(charts, period, language_for(ctx), self.bot.user.id))
