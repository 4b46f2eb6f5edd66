"""Draws traffic over time as a PNG, in a short-lived process of its own.

The plotting library costs 60 MB and half a second to load, which neither the bot's memory nor its event loop
should bear.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from bot.units import MEBIBYTE

if TYPE_CHECKING:
    from bot.telemetry.network_report import NetworkReport
    from bot.texts import Language

log = logging.getLogger(__name__)

DRAWING_SECONDS = 15.0
LARGEST_PNG = 4 * MEBIBYTE
REPOSITORY = Path(__file__).resolve().parents[2]
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "SYSTEMROOT", "TEMP", "TMPDIR")
"""What the child gets of the environment: no secret is among it."""
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


class TrafficChart:
    """Draws one chart at a time; ``cache`` is a directory for the library's list of fonts."""

    def __init__(self, cache: Path) -> None:
        self._cache = cache
        self._turn = asyncio.Lock()

    async def draw(self, report: NetworkReport, timezone: str, language: Language = "en") -> bytes | None:
        """Return the chart of ``report`` with its time axis in ``timezone``, or None if there will be none.

        Why there is none stands in the log.
        """
        if not report.points:
            return None
        data = json.dumps(
            {**asdict(report), "gaps": None, "timezone": timezone, "language": language}
        ).encode()
        try:
            async with asyncio.timeout(DRAWING_SECONDS), self._turn:
                code, png, stderr = await self._run(data)
        except (TimeoutError, OSError) as error:
            log.warning("The chart of /netstats was not drawn: %r", error)
            return None
        if code or not png.startswith(PNG_SIGNATURE) or len(png) > LARGEST_PNG:
            log.warning(
                "The chart of /netstats was not drawn: exit code %s: %s", code, stderr.decode()[-500:]
            )
            return None
        return png

    async def _run(self, data: bytes) -> tuple[int | None, bytes, bytes]:
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot.traffic_chart",
            cwd=REPOSITORY,
            env={**environment, "PYTHONUTF8": "1", "MPLCONFIGDIR": str(self._cache)},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            png, stderr = await process.communicate(data)
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        return process.returncode, png, stderr
