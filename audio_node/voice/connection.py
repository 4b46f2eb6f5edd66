"""A player's voice connection: made, kept through what the network does, given up with a reason."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, NoReturn, Protocol

from audio_node.errors import VoiceClosedError
from audio_node.voice.gateway import VoiceOptions
from audio_node.voice.opcodes import FORGOTTEN, RESUMABLE, Close
from audio_node.voice.session import VoiceSession

if TYPE_CHECKING:
    import aiohttp

    from audio_node.voice.gateway import VoiceServer
    from audio_node.voice.pacer import Pacer
    from audio_node.voice.sender import PacketProvider

logger = logging.getLogger(__name__)

_MOST_ATTEMPTS = 3
_FIRST_WAIT = 0.5
_STEADY_SECONDS = 60
"""A connection that held so long may be tried again as often as a new one."""


class VoiceListener(Protocol):
    """Is told of a player's voice connection, in the event loop."""

    def voice_connected(self) -> None:
        """Hear that packets can be sent."""
        ...

    def voice_closed(self, code: int, reason: str, by_remote: bool) -> None:
        """Hear that the connection is gone and will not come back by itself."""
        ...


class VoiceConnection:
    """Connects ``provider`` to voice servers, one at a time; a task of its own does it."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        pacer: Pacer,
        provider: PacketProvider,
        listener: VoiceListener,
        options: VoiceOptions | None = None,
    ) -> None:
        self._http = http
        self._pacer = pacer
        self._provider = provider
        self._listener = listener
        self._options = options or VoiceOptions()
        self._task: asyncio.Task[None] | None = None
        self._session: VoiceSession | None = None

    @property
    def connected(self) -> bool:
        """Whether packets can be sent."""
        return self._session is not None and self._session.ready

    @property
    def ping_ms(self) -> int:
        """Return how long a heartbeat takes to be answered, -1 without a connection."""
        return self._session.gateway.ping_ms if self._session and self._session.ready else -1

    def connect(self, server: VoiceServer) -> None:
        """Connect, instead of what was before; the listener hears how it went."""
        before = self._task
        self._task = asyncio.create_task(self._replace(before, server), name=f"voice {server.guild_id}")

    async def close(self) -> None:
        """Disconnect; the listener hears nothing of it."""
        task, self._task = self._task, None
        if task is not None:
            await _cancelled(task)

    async def _replace(self, before: asyncio.Task[None] | None, server: VoiceServer) -> None:
        if before is not None:
            await _cancelled(before)
        session = VoiceSession(
            self._http, self._pacer, self._provider, self._listener.voice_connected, server, self._options
        )
        self._session = session
        try:
            await self._keep(session)
        except VoiceClosedError as error:
            closed = error
        except Exception as error:
            logger.exception("The voice connection of guild %s broke", server.guild_id)
            closed = VoiceClosedError(Close.INTERNAL_ERROR, str(error), by_remote=False)
        finally:
            session.close()
            if self._session is session:
                self._session = None
        logger.debug("The voice connection of guild %s is gone: %s", server.guild_id, closed)
        self._listener.voice_closed(closed.code, closed.reason, closed.by_remote)

    async def _keep(self, session: VoiceSession) -> NoReturn:
        """Stay connected; raises VoiceClosedError once nothing helps."""
        attempts = 0
        resume = False
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            try:
                await session.run(resume=resume)
            except VoiceClosedError as closed:
                if session.stable and loop.time() - began >= _STEADY_SECONDS:
                    attempts = 0
                # A server that has forgotten the session may still take the same token.
                refused = resume and not session.stable and closed.code in FORGOTTEN
                if attempts >= _MOST_ATTEMPTS or not (refused or closed.code in RESUMABLE):
                    raise
                resume = session.ready and not refused
                logger.debug("Voice connection closed with %d, trying again", closed.code)
            await asyncio.sleep(_FIRST_WAIT * 2**attempts if attempts else 0)
            attempts += 1


async def _cancelled(task: asyncio.Task[None]) -> None:
    """Cancel ``task`` and wait until it has ended."""
    task.cancel()
    await asyncio.wait([task])
