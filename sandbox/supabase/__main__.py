"""Run just the embedded Supabase: ``python -m sandbox.supabase`` (``--help`` tells the options)."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import signal
import sys
from pathlib import Path

from aiohttp import web

from bot.storage.private_files import create_files_privately
from sandbox.browser_guard import browser_guard
from sandbox.ports import LOOPBACK
from sandbox.supabase.errors import StackError
from sandbox.supabase.stack import SupabaseStack

ROOT = Path(__file__).resolve().parents[2]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox.supabase", description=__doc__)
    parser.add_argument(
        "--data-dir", type=Path, default=ROOT / "data" / "supabase", help="where the data live"
    )
    parser.add_argument(
        "--schema", type=Path, default=ROOT / "bot" / "supabase_schema.sql", help="SQL to apply"
    )
    parser.add_argument("--port", type=int, default=0, help="the project's port (default: any free one)")
    parser.add_argument("--json", action="store_true", help="print one line of JSON when ready")
    return parser.parse_args()


async def run(stack: SupabaseStack, *, as_json: bool) -> None:
    """Run until SIGINT or SIGTERM, with the switches at ``/sandbox/supabase`` of a second port."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    starting = asyncio.create_task(stack.start())
    stopping = asyncio.create_task(stopped.wait())
    application = web.Application(middlewares=[browser_guard()])
    switches = web.Application()
    switches.router.add_routes(stack.control_routes())
    application.add_subapp("/sandbox/supabase", switches)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
    try:
        await asyncio.wait((starting, stopping), return_when=asyncio.FIRST_COMPLETED)
        if not starting.done():
            return
        await starting
        await runner.setup()
        await web.TCPSite(runner, LOOPBACK, 0).start()
        control = f"http://{LOOPBACK}:{runner.addresses[0][1]}/sandbox/supabase"
        _announce({**stack.info(), "control": control}, as_json=as_json)
        await stopping
    finally:
        starting.cancel()
        stopping.cancel()
        await asyncio.wait({starting, stopping})
        await runner.cleanup()
        await stack.close()


def _announce(info: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(info), flush=True)
        return
    print("The embedded Supabase is running; Ctrl-C stops it.")
    for key, value in info.items():
        print(f"  {key:<24} {value}")
    sys.stdout.flush()


def main() -> int:
    """Return the exit code: 0 after a signal, 1 with one readable message if it cannot start."""
    create_files_privately()
    arguments = _arguments()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    stack = SupabaseStack(arguments.data_dir, arguments.schema, port=arguments.port)
    try:
        asyncio.run(run(stack, as_json=arguments.json))
    except StackError as error:
        print(f"The embedded Supabase cannot start: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
