"""What a node says of itself (https://lavalink.dev/api/rest.html#get-lavalink-info)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from audio_node.server.playback import Json

VERSION = "4.2.2"
"""Of the Lavalink whose protocol this is."""
_FILTERS = [
    "volume", "equalizer", "karaoke", "timescale", "tremolo", "vibrato", "distortion", "rotation",
    "channelMix", "lowPass",
]  # fmt: skip
_NO_COMMIT: dict[str, object] = {"branch": "otonari", "commit": "0000000", "commitTime": 1_760_000_000_000}


def node_info(sources: Sequence[str], *, player: str, plugins: Sequence[Mapping[str, object]]) -> Json:
    """Return the info object; ``player`` is the version of what plays, in the place of Lavaplayer's."""
    major, minor, patch = (int(number) for number in VERSION.split("."))
    return {
        "version": {
            "semver": VERSION, "major": major, "minor": minor, "patch": patch,
            "preRelease": None, "build": None,
        },
        "buildTime": 1_760_000_000_000,
        "git": _NO_COMMIT,
        "jvm": "none",
        "lavaplayer": player,
        "sourceManagers": list(sources),
        "filters": _FILTERS,
        "plugins": list(plugins),
    }  # fmt: skip
