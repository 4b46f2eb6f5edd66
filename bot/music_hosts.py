"""Which links Lavalink is asked to load: those of music services, and of hosts that the bot's owner names.

A node fetches from inside its owner's network: an address of anybody's choice would have it read what only
that network may, or tell by its answers what is there. This is server-side request forgery:
https://cwe.mitre.org/data/definitions/918.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

SERVICES = frozenset(
    {
        *("youtube.com", "youtu.be", "youtube-nocookie.com", "soundcloud.com", "bandcamp.com", "vimeo.com"),
        *("twitch.tv", "nicovideo.jp", "nico.ms", "mixcloud.com", "spotify.com", "music.apple.com"),
        *("deezer.com", "tidal.com", "music.yandex.ru", "music.yandex.com", "bilibili.com", "getyarn.io"),
    }
)
"""What Lavalink's own sources and its plugins play, with every subdomain: https://lavalink.dev/plugins.html."""
_PORTS = {"80", "443"}
_ADDRESS = re.compile(
    r"https?://(?P<host>[a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::(?P<port>\d{1,5}))?(?:[/?#][^\s\\]*)?",
    re.IGNORECASE,
)
"""Without user info, and of plain characters up to the path: what every program reads as the same host."""


def may_load(url: str, hosts: Collection[str] = ()) -> bool:
    """Return whether a node may be asked for ``url``.

    ``hosts`` are the owner's own, in small letters, as ``name``, ``*.name`` for all below it, or either with
    ``:port``; without a port they stand for those of http and https.
    """
    match = _ADDRESS.fullmatch(url)
    if match is None:
        return False
    host = match["host"].lower()
    port = match["port"] or ("443" if url[:5].lower() == "https" else "80")
    is_service = port in _PORTS and not SERVICES.isdisjoint(_domains(host))
    return is_service or any(_stands_for(own, host, port) for own in hosts)


def _domains(host: str) -> list[str]:
    """Return a host's name and those of the domains it is in."""
    labels = host.split(".")
    return [".".join(labels[place:]) for place in range(len(labels) - 1)]


def _stands_for(own: str, host: str, port: str) -> bool:
    name = own.removesuffix(f":{port}")
    if name == own and port not in _PORTS:
        return False
    return host.endswith(name[1:]) if name.startswith("*.") else host == name
