"""The sound behind an address of the web, with whatever that leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from audio_node.audio.container import ContainerSource
from audio_node.audio.http_file import HttpFile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from audio_node.audio.guarded_file import ReadableFile


def web_media(
    url: str, check: Callable[[str, str | None], None], headers: Mapping[str, str] | None = None
) -> ContainerSource:
    """Return the source for ``url``.

    ``check`` raises AudioError for a URL, or for the IP address behind it, that must not be asked.
    """

    def open_file(address: str) -> ReadableFile:
        return cast("ReadableFile", HttpFile(address, check, headers))

    return ContainerSource(lambda: open_file(url), open_file)
