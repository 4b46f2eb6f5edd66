"""One websocket of the voice gateway."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sandbox.queued_websocket import QueuedWebsocket
from sandbox.voice.opcodes import REASONS, CloseCode

if TYPE_CHECKING:
    import asyncio

    from aiohttp import web


class Connection(QueuedWebsocket):
    """Speaks in the voice gateway's words."""

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.Transport | None) -> None:
        super().__init__(socket, transport, "voice-gateway-writer")

    def send_json(self, op: int, data: object) -> None:
        """Queue a payload that is not numbered, and so not sent again after a resume."""
        self.queue(json.dumps({"op": op, "d": data}))

    def reason(self, code: int) -> str:
        """Return what the voice gateway says beside a close code."""
        return REASONS[CloseCode(code)] if code in CloseCode.__members__.values() else ""
