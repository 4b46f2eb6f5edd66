"""The LavaLyrics plugin's route: https://github.com/topi314/LavaLyrics. Its words are made up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from audio_node.server.errors import RestError
from audio_node.track import Track, TrackDecodeError, decode

if TYPE_CHECKING:
    from audio_node.server.playback import Json

PLUGIN = {"name": "lavalyrics-plugin", "version": "1.1.0"}
_SECONDS = 15
"""Between two lines."""
_LINES = (
    "ラララ、これは{title}ではなく",
    "サンドボックスの歌",
    "となりの音が聞こえたら",
    "いっしょに口ずさもう",
)


async def get_lyrics(request: web.Request) -> web.Response:
    """Answer with a line for every 15 seconds of the track; 204 for a stream, whose words nobody knows."""
    encoded = request.query.get("track")
    if encoded is None:
        raise RestError(400, "Required parameter 'track' is not present.")
    try:
        track = decode(encoded)
    except TrackDecodeError as error:
        raise RestError(400, f"Invalid encoded track: {error}") from error
    if track.is_stream:
        return web.Response(status=204)
    lyrics: Json = {
        "sourceName": track.source_name,
        "provider": "Sandbox",
        "text": None,
        "lines": _lines(track),
        "plugin": {},
    }
    return web.json_response(lyrics)


def _lines(track: Track) -> list[Json]:
    return [
        {
            "timestamp": second * 1000,
            "duration": _SECONDS * 1000,
            "line": _LINES[number % len(_LINES)].format(title=track.title),
            "plugin": {},
        }
        for number, second in enumerate(range(0, track.length // 1000, _SECONDS))
    ]
