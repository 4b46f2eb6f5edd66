"""Real audio made here, served on loopback: WAV files that hold one tone."""

from __future__ import annotations

import io
import math
import struct
import wave
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

RATE = 16_000


def tone(seconds: int, hertz: int = 440) -> bytes:
    """Return a WAV file, 16 bits, mono, with a sine."""
    second = (int(12_000 * math.sin(2 * math.pi * hertz * index / RATE)) for index in range(RATE))
    samples = struct.pack(f"<{RATE}h", *second) * seconds
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(RATE)
        writer.writeframes(samples)
    return file.getvalue()


@asynccontextmanager
async def audio_server() -> AsyncIterator[str]:
    """Serve ``/short.wav`` (2 s), ``/long.wav`` (30 s), ``/high.wav`` (880 Hz) and ``/broken.wav``.

    Also ``/440hz.wav`` (5 minutes), which the sandbox's songs know by its name. Yields the address.
    """
    files = {"short": tone(2), "long": tone(30), "high": tone(30, 880), "broken": tone(1)[:30]}
    files["440hz"] = tone(300)

    async def get(request: web.Request) -> web.Response:
        content = files.get(request.match_info["name"])
        if content is None:
            raise web.HTTPNotFound
        return web.Response(body=content, content_type="audio/wav")

    app = web.Application()
    app.router.add_get("/{name}.wav", get)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
