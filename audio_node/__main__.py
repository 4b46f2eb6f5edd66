"""``python -m audio_node``: a Lavalink-v4-compatible node, from package registries only."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import ipaddress
import json
import logging
import os
import signal
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

from aiohttp import web

from audio_node.loading import Loader
from audio_node.node import AudioNode
from audio_node.server.rest import Rest
from audio_node.settings import DEFAULT_PASSWORD, NodeSettings
from audio_node.sources.files import FilesSource
from audio_node.sources.javascript import javascript_runtimes
from audio_node.sources.readiness import problems, update
from audio_node.sources.services import ServicesSource
from audio_node.sources.worker_pool import WorkerPool

if TYPE_CHECKING:
    from audio_node.sources.results import Source

logger = logging.getLogger("audio_node")

PASSWORD_VARIABLE = "AUDIO_NODE_PASSWORD"  # noqa: S105 - its name
HIGHEST_PORT = 65_535
EXIT_BAD_SETTINGS = 2


def port_number(text: str) -> int:
    """Return a TCP port from the command line; 0 means any free one."""
    port = int(text)
    if not 0 <= port <= HIGHEST_PORT:
        raise ValueError(text)
    return port


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m audio_node",
        description="A node that plays music to Discord, for any client of Lavalink v4.",
        epilog=f"The password is {PASSWORD_VARIABLE} in the environment (default: {DEFAULT_PASSWORD}).",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at (default %(default)s)")
    parser.add_argument(
        "--port", type=port_number, default=2333, help="port to listen at; 0: any (default %(default)s)"
    )
    parser.add_argument(
        "--http-host", action="append", default=[], metavar="HOST",
        help="play links to this host: name, name:port or *.name (may be given again)",
    )  # fmt: skip
    parser.add_argument(
        "--services", action=argparse.BooleanOptionalAction, default=True,
        help="find songs by yt-dlp: YouTube, SoundCloud and others (default: yes)",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print one line of JSON when ready")
    parser.add_argument("--check", action="store_true", help="say what is missing or old, and end")
    parser.add_argument("--update", action="store_true", help="install the newest yt-dlp, and end")
    parser.add_argument("--verbose", action="store_true", help="log more")
    return parser.parse_args(arguments)


def refusal(host: str, password: str) -> str:
    """Return why nothing may listen at ``host`` with this password; nothing if it may."""
    if password != DEFAULT_PASSWORD:
        return ""
    try:
        is_loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = host == "localhost"
    if is_loopback:
        return ""
    return f"Everybody knows the default password. Set {PASSWORD_VARIABLE} to listen at {host}."


async def serve(arguments: argparse.Namespace, settings: NodeSettings) -> None:
    """Run the node until SIGINT or SIGTERM; raises OSError where it cannot listen."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows has none; Ctrl-C raises there
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with contextlib.AsyncExitStack() as stack:
        sources: list[Source] = [FilesSource(arguments.http_host)]
        if arguments.services:
            workers = WorkerPool("audio_node.sources.extraction")
            stack.push_async_callback(workers.close)
            sources.append(ServicesSource(workers))
        node = AudioNode(settings, Loader(sources))
        stack.push_async_callback(node.close)
        runner = web.AppRunner(
            Rest(node).app(), handler_cancellation=True, shutdown_timeout=1, access_log=None
        )
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, arguments.host, arguments.port).start()
        announce(runner.addresses[0][1], arguments)
        await stopped.wait()


def announce(port: int, arguments: argparse.Namespace) -> None:
    """Say where the node listens, and what is missing."""
    logger.info("Ready at %s, port %s", arguments.host, port)
    if arguments.services:
        for problem in problems(datetime.now(UTC).date()):
            logger.warning("%s", problem)
    if arguments.json:
        print(json.dumps({"host": arguments.host, "port": port}), flush=True)


def check() -> int:
    """Say whether songs can be found, and return the exit code (1: not all can)."""
    found = problems(datetime.now(UTC).date())
    for problem in found:
        print(f"⚠️  audio_node: {problem}")
    if not found:
        print(f"✅ audio_node: yt-dlp {version('yt-dlp')}, {', '.join(javascript_runtimes())}")
    return min(len(found), 1)


def main() -> int:
    """Run, and return the exit code (2: wrong settings)."""
    arguments = parse_arguments(sys.argv[1:])
    if arguments.update:
        return update()
    if arguments.check:
        return check()
    logging.basicConfig(
        level=logging.DEBUG if arguments.verbose else logging.INFO,
        format="%(asctime)s %(levelname)-8s %(name)s: %(message)s",
    )
    settings = NodeSettings(password=os.environ.get(PASSWORD_VARIABLE, "").strip() or DEFAULT_PASSWORD)
    if why := refusal(arguments.host, settings.password):
        print(why, file=sys.stderr)
        return EXIT_BAD_SETTINGS
    try:
        asyncio.run(serve(arguments, settings))
    except OSError as error:
        print(f"The audio node cannot listen at port {arguments.port}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
