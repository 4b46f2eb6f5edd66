"""Commands for a person's favourites and a guild's playlists."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.colours import BLURPLE
from bot.errors import UserError
from bot.escaping import label, plain
from bot.lavalink import Requester, Track
from bot.localization import command_name, language_for, localised
from bot.markup import joined
from bot.music.access import channel_to_enter, enter, player_for, playing_for
from bot.music.embeds import list_embed, page_count, songs
from bot.music.library import (
    FAVOURITES_LIMIT,
    NAME_LIMIT,
    PLAYLIST_TRACKS_LIMIT,
    PLAYLISTS_LIMIT,
    LibraryError,
    Playlist,
)
from bot.music.messages import answer
from bot.music.pages import send_pages
from bot.set_text import choices, one_line
from bot.texts import music, music_library

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from bot.client import Bot
    from bot.music.library import Library
    from bot.storage.json_value import Json

ALL = 0
"""Stands for no number given; favourites are counted from 1."""
_NUMBER = command_name("number", ja="番号")
_NAME = command_name("name", ja="名前")
_LIST = command_name("list", ja="一覧")


class LibraryCommands(commands.Cog):
    """Favourites and playlists."""

    def __init__(self, library: Library) -> None:
        self._library = library

    async def personal_data(self, user_id: int) -> Mapping[str, Sequence[Json]]:
        """Return what is stored of a person, by kind; see `bot.privacy.commands.KeepsPersonalData`."""
        return {"favourites": [track.title for track in await self._library.favourites(user_id)]}

    async def forget_person(self, user_id: int, snowflake: int) -> None:  # noqa: ARG002 - all of it is older
        """Forget a person's favourites."""
        await self._library.forget_person(user_id)

    async def forget_guild(self, guild_id: int, channel_ids: Collection[int]) -> None:  # noqa: ARG002 - none is kept
        """Forget a server's playlists; see `bot.privacy.departed_guilds.KeepsGuildData`."""
        await self._library.forget_guild(guild_id)

    # Favourites

    @commands.hybrid_group(
        name=command_name("favorites", ja="お気に入り"),
        description=localised(music_library.FAVOURITES),
        aliases=["favourites", "fav"],
        fallback=_LIST,  # pyright: ignore[reportArgumentType] - takes a locale_str, its hint says str
    )
    @commands.guild_only()
    async def favorites(self, ctx: commands.Context[Bot]) -> None:
        """Show the caller's favourites."""
        tracks, language = await self._library.favourites(ctx.author.id), language_for(ctx)
        title = music_library.FAVOURITES_TITLE(language, name=label(ctx.author.display_name))
        await send_pages(
            ctx,
            lambda page: list_embed(
                tracks, language, page, title=title, empty=music_library.FAVOURITES_EMPTY
            ),
            lambda: page_count(len(tracks)),
        )

    @favorites.command(
        name=command_name("add", ja="追加"), description=localised(music_library.FAVOURITES_ADD)
    )
    @commands.guild_only()
    async def favorites_add(self, ctx: commands.Context[Bot]) -> None:
        """Add the current song to the caller's favourites."""
        _player, track = await playing_for(ctx, same_channel=False)
        added = await self._library.toggle_favourite(ctx.author.id, track, keep=True)
        text = music_library.FAVOURITE_ADDED if added else music_library.ALREADY_FAVOURITE
        await answer(ctx, text(language_for(ctx), title=label(track.title)))

    @favorites.command(
        name=command_name("remove", ja="削除"), description=localised(music_library.FAVOURITES_REMOVE)
    )
    @app_commands.rename(number=_NUMBER)
    @app_commands.describe(number=localised(music_library.FAVOURITE_NUMBER))
    @commands.guild_only()
    async def favorites_remove(
        self, ctx: commands.Context[Bot], number: commands.Range[int, 1, FAVOURITES_LIMIT]
    ) -> None:
        """Take a song out of the caller's favourites."""
        track = _at(await self._library.favourites(ctx.author.id), number)
        await self._library.toggle_favourite(ctx.author.id, track)
        await answer(ctx, music_library.FAVOURITE_REMOVED(language_for(ctx), title=label(track.title)))

    @favorites.command(
        name=command_name("play", ja="再生"), description=localised(music_library.FAVOURITES_PLAY)
    )
    @app_commands.rename(number=_NUMBER)
    @app_commands.describe(number=localised(music_library.FAVOURITE_PLAY_NUMBER))
    @commands.guild_only()
    async def favorites_play(
        self, ctx: commands.Context[Bot], number: commands.Range[int, 0, FAVOURITES_LIMIT] = ALL
    ) -> None:
        """Play the caller's favourites, or one of them."""
        tracks = await self._library.favourites(ctx.author.id)
        if not tracks:
            raise UserError(music_library.FAVOURITES_EMPTY)
        await _play(ctx, tracks if number == ALL else [_at(tracks, number)])

    # Playlists

    @commands.hybrid_group(
        name=command_name("playlist", ja="プレイリスト"),
        description=localised(music_library.PLAYLIST),
        fallback=_LIST,  # pyright: ignore[reportArgumentType] - takes a locale_str, its hint says str
    )
    @commands.guild_only()
    async def playlist(self, ctx: commands.Context[Bot]) -> None:
        """List the guild's playlists."""
        language = language_for(ctx)
        playlists = await self._library.playlists(_guild_id(ctx))
        lines = [
            music_library.PLAYLIST_LINE(
                language, name=label(kept.name), songs=songs(len(kept.tracks), language)
            )
            for kept in playlists
        ]
        embed = discord.Embed(
            title=music_library.PLAYLISTS_TITLE(language),
            description=joined("\n", lines) or music_library.PLAYLISTS_EMPTY(language),
            colour=BLURPLE,
        )
        await ctx.send(embed=embed)

    @playlist.command(
        name=command_name("save", ja="保存"), description=localised(music_library.PLAYLIST_SAVE)
    )
    @app_commands.rename(name=_NAME)
    @app_commands.describe(name=localised(music_library.PLAYLIST_NAME))
    @commands.guild_only()
    async def playlist_save(
        self, ctx: commands.Context[Bot], *, name: commands.Range[str, 1, NAME_LIMIT]
    ) -> None:
        """Save the current song and the queue as a playlist."""
        queue = (await player_for(ctx, same_channel=False)).music_queue
        current = [queue.current] if queue.current else []
        tracks = [*current, *queue.upcoming][:PLAYLIST_TRACKS_LIMIT]
        if not tracks:
            raise UserError(music_library.NOTHING_TO_SAVE)
        guild_id, name = _guild_id(ctx), one_line(name)
        if not name:
            raise UserError(music_library.NAME_EMPTY)
        if len(name) > NAME_LIMIT:
            raise UserError(music_library.NAME_TOO_LONG, limit=NAME_LIMIT)
        names = {kept.name: kept for kept in await self._library.playlists(guild_id)}
        if name in names:
            _check_maker(ctx, names[name])
        elif len(names) >= PLAYLISTS_LIMIT:
            raise UserError(music_library.PLAYLISTS_FULL, limit=PLAYLISTS_LIMIT)
        await self._library.save_playlist(guild_id, Playlist(name, ctx.author.id, tracks))
        language = language_for(ctx)
        count = songs(len(tracks), language)
        await answer(ctx, music_library.PLAYLIST_SAVED(language, name=label(name), songs=count))

    @playlist.command(
        name=command_name("play", ja="再生"), description=localised(music_library.PLAYLIST_PLAY)
    )
    @app_commands.rename(name=_NAME)
    @app_commands.describe(name=localised(music_library.PLAYLIST_NAME))
    @commands.guild_only()
    async def playlist_play(self, ctx: commands.Context[Bot], *, name: str) -> None:
        """Play a playlist of the guild."""
        await _play(ctx, (await self._find(ctx, name)).tracks)

    @playlist.command(
        name=command_name("delete", ja="削除"), description=localised(music_library.PLAYLIST_DELETE)
    )
    @app_commands.rename(name=_NAME)
    @app_commands.describe(name=localised(music_library.PLAYLIST_NAME))
    @commands.guild_only()
    async def playlist_delete(self, ctx: commands.Context[Bot], *, name: str) -> None:
        """Delete a playlist of the guild."""
        playlist = await self._find(ctx, name)
        _check_maker(ctx, playlist)
        await self._library.delete_playlist(_guild_id(ctx), playlist.name)
        await answer(ctx, music_library.PLAYLIST_DELETED(language_for(ctx), name=label(playlist.name)))

    @playlist_play.autocomplete("name")
    @playlist_delete.autocomplete("name")
    async def suggest(
        self, interaction: discord.Interaction[Bot], current: str
    ) -> list[app_commands.Choice[str]]:
        """Offer the guild's playlists."""
        try:
            playlists = await self._library.playlists(interaction.guild_id or 0)
        except LibraryError:
            return []
        names = [playlist.name for playlist in playlists]
        return choices((plain(name), name) for name in names if current.strip().casefold() in name.casefold())

    async def _find(self, ctx: commands.Context[Bot], name: str) -> Playlist:
        found = [await self._library.playlist(_guild_id(ctx), form) for form in (name, one_line(name))]
        playlist = found[0] or found[1]
        if playlist is None:
            raise UserError(music_library.NO_SUCH_PLAYLIST, name=label(name))
        return playlist


async def _play(ctx: commands.Context[Bot], tracks: Sequence[Track]) -> None:
    """Join the caller and play ``tracks``, with the caller as their requester."""
    channel = await channel_to_enter(ctx)
    await ctx.defer()
    player, requester = await enter(ctx, channel), Requester.of(ctx.author)
    taken = await player.enqueue([replace(track, requester=requester) for track in tracks])
    if not taken:
        raise UserError(music.QUEUE_FULL, limit=player.music_queue.limit)
    language = language_for(ctx)
    await answer(ctx, music.ADDED_COUNT(language, songs=songs(taken, language)))


def _at(tracks: Sequence[Track], number: int) -> Track:
    if not 1 <= number <= len(tracks):
        raise UserError(music_library.NO_SUCH_FAVOURITE, count=len(tracks))
    return tracks[number - 1]


def _guild_id(ctx: commands.Context[Bot]) -> int:
    return ctx.guild.id if ctx.guild else 0


def _check_maker(ctx: commands.Context[Bot], playlist: Playlist) -> None:
    if ctx.author.id != playlist.maker_id and not ctx.permissions.manage_guild:
        raise UserError(music_library.NOT_YOUR_PLAYLIST)
