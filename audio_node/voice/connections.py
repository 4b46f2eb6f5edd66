"""The voice connections of a process, and what they share."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import aiohttp

from audio_node.voice.connection import VoiceConnection
from audio_node.voice.pacer import Pacer

if TYPE_CHECKING:
    from audio_node.voice.connection import VoiceListener
    from audio_node.voice.gateway import VoiceOptions
    from audio_node.voice.sender import PacketProvider


class VoiceConnections:
    """Makes connections; made in a running loop, closed in the same."""

    def __init__(self, options: VoiceOptions) -> None:
        self._options = options
        self._http = aiohttp.ClientSession()
        self._pacer = Pacer()
        self._ending: set[asyncio.Task[None]] = set()

    def new(self, provider: PacketProvider, listener: VoiceListener) -> VoiceConnection:
        """Return a connection for ``provider``, to be told where to connect."""
        return VoiceConnection(self._http, self._pacer, provider, listener, self._options)

    def end(self, connection: VoiceConnection) -> None:
        """Close ``connection``, without waiting for that."""
        task = asyncio.create_task(connection.close())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def close(self) -> None:
        """Wait until those that were ended are closed, and let go of the rest."""
        while self._ending:
            await asyncio.wait(self._ending)
        await asyncio.to_thread(self._pacer.close)
        await self._http.close()
