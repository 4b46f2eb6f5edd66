"""``make run``: the bot on real services, with an embedded Supabase beside it where none is configured."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import NoReturn

from bot.config import ConfigError, Settings, console_language, load_settings
from bot.main import EXIT_BAD_SETTINGS
from bot.storage.private_files import create_files_privately
from bot.texts import Text
from sandbox.bot_process import REPOSITORY, BotProcess
from sandbox.launcher import SCHEMA
from sandbox.ports import port_fault
from sandbox.supabase import SupabaseStack
from sandbox.supabase.errors import StackError

SUPABASE_PORT = 8768
"""Of the embedded Supabase's API; always the same, since dashboards are built for it."""
EMBEDDED = Text(
    ja="SUPABASE_URL がないため、組み込みの Supabase に記録します。\n"
    "  API     {url}\n"
    "  データ  {path}\n"
    "自分のプロジェクトに記録するなら SUPABASE_URL を、記録しないなら SUPABASE_URL=off を設定してください。",
    en="SUPABASE_URL is not set: telemetry is kept in an embedded Supabase.\n"
    "  API   {url}\n"
    "  Data  {path}\n"
    "Set SUPABASE_URL to use a project of your own, or SUPABASE_URL=off for no telemetry.",
)


async def run_with_supabase(settings: Settings) -> int:
    """Run the embedded Supabase and the bot until either ends or a signal comes; returns the exit code."""
    fault = port_fault(SUPABASE_PORT)
    supabase = SupabaseStack(settings.embedded_supabase, SCHEMA, port=0 if fault else SUPABASE_PORT)
    await supabase.start()
    if fault:
        print(f"Port {SUPABASE_PORT}: {fault}; the embedded Supabase takes another.", file=sys.stderr)
    told = EMBEDDED.plain(console_language(), url=supabase.url, path=settings.embedded_supabase)
    print(told, file=sys.stderr, flush=True)
    bot = BotProcess(supabase.environment)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    try:
        await bot.start()
        waits = [asyncio.ensure_future(event.wait()) for event in (stopped, bot.exited)]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        if bot.lost.is_set():
            print(f"The bot ended ({bot.ending}).", file=sys.stderr, flush=True)
    finally:
        await bot.close()
        await supabase.close()
    return bot.returncode or 0


def main() -> NoReturn:
    """Run and exit (2: wrong settings); where nothing else is needed, become the bot."""
    create_files_privately()
    try:
        settings = load_settings()
        if settings.supabase_url is None:
            sys.exit(asyncio.run(run_with_supabase(settings)))
    except ConfigError as error:
        print(error.in_language(console_language()), file=sys.stderr)
        sys.exit(EXIT_BAD_SETTINGS)
    except StackError as error:
        sys.exit(f"The embedded Supabase could not start: {error}")
    os.chdir(REPOSITORY)
    os.execv(sys.executable, [sys.executable, "-m", "bot"])


if __name__ == "__main__":
    main()
