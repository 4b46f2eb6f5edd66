"""Lavalink's and wavelink's failures, as Otonari's own exceptions.

* LavalinkError            music could not be found or played
  * NoNodeError            no Lavalink node is connected
  * NodeUnreachableError   a node does not answer
  * RequestRefusedError    a node answered with an error
  * TrackLoadError         the source of a song failed
  * NothingFoundError      nothing matches (also a UserError: not a fault)
  * LinkTooLongError       a link is too long to be played (also a UserError)
  * UnknownHostError       a link leads to no music service (also a UserError)
  * LyricsUnavailableError the node has no plugin for lyrics (also a UserError)
  * NoLyricsError          nobody knows a song's words (also a UserError)
  * PlayerEndedError       the bot has left the voice channel meanwhile (also a UserError)
  * JoinTimeoutError       Discord or the node did not finish joining a voice channel
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import aiohttp
import wavelink

from bot.errors import SpokenError, UserError
from bot.escaping import label
from bot.markup import channel_mention
from bot.redaction import redactor
from bot.texts import music

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

REFUSALS = {401, 403}
REASON_LIMIT = 200
"""Characters of a source's own words that users are shown."""
REASON_READ = 10 * REASON_LIMIT


class LavalinkError(SpokenError):
    """Music could not be found or played."""

    @property
    def detail(self) -> str:
        """What the vendor's error says; some say nothing but their name."""
        cause = self.__cause__
        if cause is None:
            return str(self)
        return f"{type(cause).__name__}: {cause}" if str(cause) else type(cause).__name__


class NoNodeError(LavalinkError):
    """No Lavalink node is connected."""

    def __init__(self) -> None:
        super().__init__(music.NO_NODE)


class NodeUnreachableError(LavalinkError):
    """A node does not answer, or not in Lavalink's protocol."""

    def __init__(self) -> None:
        super().__init__(music.NODE_UNREACHABLE)

    @property
    def is_refusal(self) -> bool:
        """Whether it is there, and refuses the password: https://lavalink.dev/api/#authentication."""
        cause = self.__cause__
        return isinstance(cause, aiohttp.WSServerHandshakeError) and cause.status in REFUSALS

    @property
    def is_timeout(self) -> bool:
        """Whether a request was not answered in time; the node may yet carry it out."""
        return isinstance(self.__cause__, TimeoutError)


class RequestRefusedError(LavalinkError):
    """A node answered a request with an error; ``status`` is its HTTP status."""

    def __init__(self, status: int) -> None:
        super().__init__(music.REQUEST_REFUSED)
        self.status = status


class TrackLoadError(LavalinkError):
    """The source of a song failed; ``reason`` is what it says, where it may repeat one of the ``secrets``."""

    def __init__(self, reason: str, secrets: Iterable[str] = ()) -> None:
        shown = redactor(secrets)(reason, REASON_READ)
        super().__init__(music.TRACK_LOAD_FAILED, reason=label(shown, REASON_LIMIT))


class NothingFoundError(LavalinkError, UserError):
    """Nothing matches ``query``."""

    def __init__(self, query: str) -> None:
        super().__init__(music.NOTHING_FOUND, query=label(query))


class LinkTooLongError(LavalinkError, UserError):
    """A link has more than ``limit`` characters."""

    def __init__(self, limit: int) -> None:
        super().__init__(music.LINK_TOO_LONG, limit=limit)


class UnknownHostError(LavalinkError, UserError):
    """A link leads to no music service; the sentence is the same whatever is there."""

    def __init__(self) -> None:
        super().__init__(music.LINK_UNKNOWN)


class LyricsUnavailableError(LavalinkError, UserError):
    """The node has no plugin for lyrics."""

    def __init__(self) -> None:
        super().__init__(music.LYRICS_UNAVAILABLE)


class NoLyricsError(LavalinkError, UserError):
    """Nobody knows the words of the song ``title``."""

    def __init__(self, title: str) -> None:
        super().__init__(music.NO_LYRICS, title=label(title))


class PlayerEndedError(LavalinkError, UserError):
    """The bot has left the voice channel meanwhile."""

    def __init__(self) -> None:
        super().__init__(music.NOT_CONNECTED)


class JoinTimeoutError(LavalinkError):
    """A voice channel could not be joined in time."""

    def __init__(self, channel_id: int) -> None:
        super().__init__(music.JOIN_TIMEOUT, channel=channel_mention(channel_id))


@contextmanager
def translated(node: wavelink.Node | None = None) -> Generator[None]:
    """Raise what wavelink and aiohttp raise inside, of a request to ``node``, as a LavalinkError."""
    try:
        yield
    except wavelink.LavalinkLoadException as error:
        secrets = (node.password,) if node is not None else ()
        raise TrackLoadError(error.error or error.cause or "?", secrets) from error
    except wavelink.LavalinkException as error:
        raise RequestRefusedError(error.status) from error
    except wavelink.InvalidNodeException as error:
        raise NoNodeError from error
    except (wavelink.NodeException, aiohttp.ClientError, TimeoutError, OSError) as error:
        raise NodeUnreachableError from error
