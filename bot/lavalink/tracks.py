"""Songs as Otonari sees them: immutable, with the person who asked for them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal
from urllib.parse import parse_qs, unquote, urlsplit

import wavelink

from bot.escaping import visible
from bot.lavalink.errors import (
    LavalinkError,
    LinkTooLongError,
    NothingFoundError,
    TrackLoadError,
    UnknownHostError,
    translated,
)
from bot.music_hosts import may_load
from bot.storable_text import sanitize_text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import discord
    from wavelink.types.tracks import TrackPayload

    from bot.storage.json_value import Json

SEARCH_SOURCES = ("ytmsearch", "ytsearch", "scsearch")
"""Where words are looked up, in this order, until one source knows them. A node without a source answers
with nothing or an error."""

QUERY_LIMIT = 500
"""Characters of words; what is longer is no song's name, and is cut."""
TEXT_LIMIT = 6_000
"""Characters that are read of a title, a name or a query; no option of a command has more."""
URL_LIMIT = 2000
"""Characters of a link, which is never cut: nodes take no request line without end."""
SONG_URL = "https://www.youtube.com/watch?v={}"
UNTITLED = "Unknown title"
"""What Lavaplayer calls a file or stream without tags."""
FILE_SOURCES = ("http", "local")
TITLE_LIMIT = 200
"""Characters of a file's name that become a title."""
_YOUTUBE = ("youtube.com", "www.youtube.com", "m.youtube.com", "music.youtube.com", "gaming.youtube.com")

_TEXT, _MAYBE = (str,), (str, type(None))
_STORED: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("encoded", "identifier", "title", "author", "source"), _TEXT),
    **dict.fromkeys(("uri", "artwork", "isrc"), _MAYBE),
    "length_ms": (int,),
    **dict.fromkeys(("is_stream", "is_seekable"), (bool,)),
}
"""The fields of a stored track, with their types; the requester aside."""


@dataclass(frozen=True, slots=True)
class Requester:
    """Who asked for a song: Discord user id and display name at that time."""

    id: int
    name: str

    @classmethod
    def of(cls, user: discord.abc.User) -> Requester:
        """Return ``user`` as a requester."""
        return cls(user.id, clean(user.display_name))


NOBODY = Requester(0, "-")
"""In the place of somebody who asked to be forgotten, as in the database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One song, and who asked for it.

    Frozen, so that what one guild does to it never shows in another: wavelink's own objects are shared
    between guilds by its search cache.
    """

    encoded: str
    """Lavalink's own form of the track, which it plays."""
    identifier: str
    title: str
    author: str
    length_ms: int
    is_stream: bool
    is_seekable: bool
    source: str
    uri: str | None = None
    artwork: str | None = None
    isrc: str | None = None
    requester: Requester


@dataclass(frozen=True, slots=True)
class Tracks:
    """What a search or a URL led to; for a search the best match comes first."""

    kind: Literal["track", "search", "playlist"]
    tracks: Sequence[Track]
    name: str = ""
    """The playlist's name."""


def clean(text: str) -> str:
    """Return ``text`` of others fit for one line anywhere: valid Unicode, and nothing unseen that acts."""
    return sanitize_text(visible(text[:TEXT_LIMIT]))


def without_requester(track: Track, user_id: int) -> Track:
    """Return ``track`` as nobody's if this person asked for it, otherwise as it is."""
    return replace(track, requester=NOBODY) if track.requester.id == user_id else track


def track_from(playable: wavelink.Playable, requester: Requester) -> Track:
    """Return wavelink's track as one of ours."""
    return Track(
        encoded=playable.encoded,
        identifier=playable.identifier,
        title=_title_of(playable),
        author=clean(playable.author),
        length_ms=playable.length,
        is_stream=playable.is_stream,
        is_seekable=playable.is_seekable,
        source=playable.source,
        uri=playable.uri,
        artwork=playable.artwork,
        isrc=playable.isrc,
        requester=requester,
    )


def _title_of(playable: wavelink.Playable) -> str:
    """Return the title; of a file without one its name, instead of Lavaplayer's "Unknown title"."""
    title, address = clean(playable.title), playable.uri or playable.identifier
    if playable.source in FILE_SOURCES and title in {"", UNTITLED}:
        title = clean(unquote(address.partition("?")[0].rstrip("/").rpartition("/")[2]))[:TITLE_LIMIT]
    return title or address


def track_to_json(track: Track) -> Json:
    """Return ``track`` as something to store."""
    requester = {"id": track.requester.id, "name": track.requester.name}
    # Written out: dataclasses.asdict takes twenty times as long, and queues are stored whole.
    return {**{name: getattr(track, name) for name in _STORED}, "requester": requester}


def track_from_json(stored: Json) -> Track | None:
    """Return a stored track; None where it is none of ours, or of a version that stored other things."""
    if not isinstance(stored, dict) or not isinstance(requester := stored.get("requester"), dict):
        return None
    try:
        who = Requester(int(str(requester["id"])), str(requester["name"]))
        values = {name: _checked(stored[name], kind) for name, kind in _STORED.items()}
        return Track(**values, requester=who)  # pyright: ignore[reportArgumentType] - checked one by one
    except (KeyError, ValueError):
        return None


def _checked(value: Json, kinds: tuple[type, ...]) -> Json:
    if type(value) not in kinds:
        raise ValueError(value)
    return value


def user_data(track: Track, play_id: str) -> dict[str, str]:
    """Return what Lavalink keeps with a playing track and sends back in its events.

    ``play_id`` tells one playing from another of the same song, so that a late event is known as such.
    Ids are strings, since JSON numbers of that size are not safe everywhere.
    """
    requester = track.requester
    return {"play_id": play_id, "requester_id": str(requester.id), "requester_name": requester.name}


def play_id_of(payload: TrackPayload) -> str | None:
    """Return the ``play_id`` that came back in a message, or None for a track that we did not start."""
    play_id: object = payload.get("userData", {}).get("play_id")
    return play_id if isinstance(play_id, str) else None


def is_url(query: str) -> bool:
    """Return whether ``query`` is a web address; anything else, a file path too, is searched for."""
    return query.lower().startswith(("http://", "https://"))


async def search(
    query: str, requester: Requester, node: wavelink.Node, *, hosts: Collection[str] = ()
) -> Tracks:
    """Search for words, or load a URL, on ``node``.

    ``hosts`` are those besides the music services' of which links are loaded. Raises UnknownHostError,
    LinkTooLongError, NothingFoundError, TrackLoadError (the last source's, where every one failed),
    RequestRefusedError or NodeUnreachableError.
    """
    query = clean(query).strip()
    # Angle brackets keep Discord from showing a preview; they are not part of the address.
    bare = query.removeprefix("<").removesuffix(">")
    if is_url(bare):
        if not may_load(bare, hosts):
            raise UnknownHostError
        if len(bare) > URL_LIMIT:
            raise LinkTooLongError(URL_LIMIT)
        return await _load_link(bare, requester, node)
    query = query[:QUERY_LIMIT]
    failure: LavalinkError = NothingFoundError(query)
    for source in SEARCH_SOURCES if query else ():
        try:
            return await search_in(source, query, requester, node)
        except NothingFoundError:
            continue
        except TrackLoadError as error:
            failure = error
    raise failure


async def search_in(source: str, query: str, requester: Requester, node: wavelink.Node) -> Tracks:
    """Search for words in one of SEARCH_SOURCES. Raises like `search`."""
    query = clean(query)[:QUERY_LIMIT]
    found = await _load(f"{source}:{query}", query, requester, node)
    return replace(found, kind="search") if found.kind == "track" else found


async def _load_link(url: str, requester: Requester, node: wavelink.Node) -> Tracks:
    """Load what a link leads to: the song that it names, and what follows and precedes it in its playlist."""
    song = song_in_playlist(url)
    try:
        found = await _load(url, url[:QUERY_LIMIT], requester, node)
    except (NothingFoundError, TrackLoadError):
        if song is None:
            raise
        return await _load(SONG_URL.format(song), song, requester, node)  # The playlist may be private.
    if found.kind != "playlist" or song is None:
        return found
    place = next((place for place, track in enumerate(found.tracks) if track.identifier == song), None)
    if place is not None:
        return replace(found, tracks=_from(place, found.tracks))
    try:
        # A node loads only the beginning of a long playlist.
        alone = await _load(SONG_URL.format(song), song, requester, node)
    except (NothingFoundError, TrackLoadError):
        return found
    return replace(found, tracks=(*alone.tracks, *found.tracks))


def _from(place: int, tracks: Sequence[Track]) -> tuple[Track, ...]:
    """Return ``tracks`` from ``place`` on, and then those before it."""
    return (*tracks[place:], *tracks[:place])


def song_in_playlist(url: str) -> str | None:
    """Return the id of the YouTube video that a link names besides a playlist, None for any other link."""
    try:
        parts = urlsplit(url)
        fields = parse_qs(parts.query.replace("&amp;", "&"))  # Copied out of HTML.
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    if "list" not in fields:
        return None
    if host == "youtu.be":
        return parts.path.strip("/") or None
    match parts.path.strip("/").split("/") if host in _YOUTUBE else []:
        case ["watch"]:
            return fields.get("v", [None])[0]
        case ["live" | "shorts" | "embed" | "v", song] if (
            song != "videoseries"
        ):  # A player of the list alone.
            return song
        case _:
            return None


async def _load(identifier: str, query: str, requester: Requester, node: wavelink.Node) -> Tracks:
    with translated(node):
        found = await wavelink.Pool.fetch_tracks(identifier, node=node)
    if not found:
        raise NothingFoundError(query)
    tracks = tuple(track_from(playable, requester) for playable in found)
    if isinstance(found, wavelink.Playlist):
        return Tracks("playlist", _from(max(0, found.selected), tracks), clean(found.name))
    return Tracks("track" if is_url(identifier) else "search", tracks)
