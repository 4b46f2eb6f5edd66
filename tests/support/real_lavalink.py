"""The real Lavalink server, where `make lavalink` has fetched it: a process with our application.yml."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import pytest

from sandbox.child_process import dying_with_parent

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ROOT = Path(__file__).parents[2]
JAR = ROOT / ".setup" / "lavalink" / "Lavalink.jar"
CONFIGURATION = ROOT / "lavalink" / "application.yml"
START_SECONDS = 60.0
PASSWORD = "youshallnotpass"


def configuration(port: int) -> dict[str, str]:
    """Return the environment that adds our application.yml to the jar's own, without which it does not start.

    https://docs.spring.io/spring-boot/reference/features/external-config.html
    """
    return {
        "SPRING_CONFIG_ADDITIONAL_LOCATION": CONFIGURATION.as_uri(),
        "SERVER_PORT": str(port),
        "SERVER_ADDRESS": "127.0.0.1",
        "LAVALINK_SERVER_PASSWORD": PASSWORD,
        "LAVALINK_SERVER_SOURCES_HTTP": "true",  # for the tests' own audio files
    }


class RealLavalink:
    """``java -jar Lavalink.jar`` on a free port of the loopback interface."""

    def __init__(self, directory: Path) -> None:
        if not JAR.is_file():
            pytest.skip("the real Lavalink is not here: `make lavalink` could not fetch it, or was not run")
        if shutil.which("java") is None:
            pytest.skip("the real Lavalink cannot run: there is no java")
        self._directory = directory
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start it; returns when it answers."""
        with (self._directory / "lavalink.log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: ASYNC220 - starting takes a moment only
                dying_with_parent(["java", "-Xmx256m", "-XX:TieredStopAtLevel=1", "-jar", str(JAR)]),
                cwd=self._directory,
                env={**os.environ, **configuration(self.port)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        async with asyncio.timeout(START_SECONDS), aiohttp.ClientSession() as http:
            async for _attempt in self._attempts():
                try:
                    async with http.get(f"{self.url}/version", headers={"Authorization": PASSWORD}) as answer:
                        if answer.status == 200:
                            return
                except aiohttp.ClientError:
                    continue

    async def _attempts(self) -> AsyncIterator[None]:
        while True:
            assert self._process is not None
            assert self._process.poll() is None, "Lavalink ended; see lavalink.log"
            yield
            await asyncio.sleep(0.2)

    async def stop(self) -> None:
        """Stop it gracefully, as a service manager does."""
        if self._process is not None:
            self._process.terminate()
            await asyncio.to_thread(self._process.wait, 30)
