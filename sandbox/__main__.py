"""``python -m sandbox``: the whole of Otonari on this machine, without any account."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
from pathlib import Path

# gRPC complains of every child process that is started, unless it is told before its import.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")

from bot.storage.private_files import PRIVATE, create_files_privately
from sandbox.launcher import LaunchError, Options, Sandbox
from sandbox.supabase.errors import StackError

DATA_DIR = Path(__file__).resolve().parent.parent / ".sandbox"
PAGE_PORT = 8765
DASHBOARD_PORT = 8766
SUPABASE_PORT = 8767
HIGHEST_PORT = 65535
BANNER = """
  お隣さん · Otonari is running · 起動しました

  Chat page     {page}
                @Otonari こんにちは  ·  /play 夜に駆ける  ·  /netstats
  Dashboard     {dashboard}
  Supabase API  {supabase_url}
  PostgreSQL    {dsn}
  Data          {data_dir}

  Ctrl-C stops everything · Ctrl-C で終了します
"""


def port_number(text: str) -> int:
    """Return a TCP port from the command line; 0 means any free one."""
    port = int(text)
    if not 0 <= port <= HIGHEST_PORT:
        raise ValueError(text)
    return port


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--headless", action="store_true", help="free ports, the bot's console in a file")
    parser.add_argument("--json", action="store_true", help="print one line of JSON when ready, nothing else")
    parser.add_argument("--stand-ins-only", action="store_true", help="ignore bot/.env and its settings")
    parser.add_argument("--no-bot", action="store_true", help="start the services without the bot")
    parser.add_argument(
        "--dashboard",
        action=argparse.BooleanOptionalAction,
        help="serve the dashboard (default unless headless)",
    )
    for name, what, default in (
        ("--port", "the chat page", PAGE_PORT),
        ("--supabase-port", "Supabase's API", SUPABASE_PORT),
    ):
        parser.add_argument(name, type=port_number, help=f"of {what} (default {default}; headless: any)")
    parser.add_argument(
        "--data-dir", type=Path, default=DATA_DIR, help="what outlives a restart (default %(default)s)"
    )
    return parser.parse_args(arguments)


def options_of(arguments: argparse.Namespace) -> Options:
    """Return what the command line asks for; makes the data directory."""
    data_dir: Path = arguments.data_dir.resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    if data_dir == DATA_DIR:
        data_dir.chmod(PRIVATE)  # whoever made it

    def port(asked: int | None, default: int) -> int:
        return (0 if arguments.headless else default) if asked is None else asked

    with_dashboard = not arguments.headless if arguments.dashboard is None else arguments.dashboard
    return Options(
        data_dir=data_dir,
        port=port(arguments.port, PAGE_PORT),
        stand_ins_only=arguments.stand_ins_only,
        bot_log=data_dir / "bot.log" if arguments.headless else None,
        with_bot=not arguments.no_bot,
        dashboard_port=port(None, DASHBOARD_PORT) if with_dashboard else None,
        supabase_port=port(arguments.supabase_port, SUPABASE_PORT),
    )


async def serve(options: Options, *, as_json: bool) -> None:
    """Run the sandbox until SIGINT or SIGTERM."""
    sandbox = Sandbox(options)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    starting = asyncio.ensure_future(
        sandbox.start(lambda step: print(f"  · {step}", file=sys.stderr, flush=True))
    )
    stopping = asyncio.ensure_future(stopped.wait())
    try:
        await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            await starting
            announce(sandbox, as_json=as_json)
            await stopping
    finally:
        starting.cancel()
        stopping.cancel()
        await asyncio.wait({starting, stopping})
        await sandbox.close()


def announce(sandbox: Sandbox, *, as_json: bool) -> None:
    """Print where everything is: one line of JSON for programs, a few lines for people."""
    info = sandbox.info()
    if as_json:
        print(json.dumps(info, ensure_ascii=False), flush=True)
        return
    supabase = sandbox.supabase
    print(
        BANNER.format(
            page=info["page"],
            dashboard=f"{sandbox.dashboard.url}  (is being prepared; its login follows)"
            if sandbox.dashboard
            else "-",
            supabase_url=supabase.url if supabase else "your own project",
            dsn=supabase.dsn if supabase else "-",
            data_dir=info["data_dir"],
        ),
        flush=True,
    )
    if sandbox.real_services:
        print(f"  Real services, as configured: {', '.join(sandbox.real_services)}\n", flush=True)


def main() -> int:
    """Run, and return the exit code."""
    create_files_privately()
    arguments = parse_arguments(sys.argv[1:])
    try:
        asyncio.run(serve(options_of(arguments), as_json=arguments.json))
    except (LaunchError, StackError, OSError) as error:
        print(f"The sandbox could not start: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
