"""``make run``: the bot on real services, with a Supabase and an audio node where none is configured."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from typing import TYPE_CHECKING, NoReturn

from bot.config import ConfigError, Settings, console_language, load_settings
from bot.main import EXIT_BAD_SETTINGS
from bot.storage.private_files import create_files_privately
from bot.texts import Text
from sandbox.audio_node_process import AudioNodeError, AudioNodeProcess
from sandbox.bot_process import REPOSITORY, BotProcess
from sandbox.launcher import SCHEMA
from sandbox.ports import port_fault
from sandbox.supabase import SupabaseStack
from sandbox.supabase.errors import StackError

if TYPE_CHECKING:
    from collections.abc import Mapping

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


PLAYING = Text(
    ja="LAVALINK_NODES がないため、付属の音楽サーバー（audio_node）で曲を流します。\n"
    "Lavalink を使うなら LAVALINK_NODES を、音楽を使わないなら LAVALINK_NODES=off を設定してください。",
    en="LAVALINK_NODES is not set: music is played by the audio node that comes with the bot.\n"
    "Set LAVALINK_NODES to use a Lavalink of your own, or LAVALINK_NODES=off for no music.",
)


async def run_with_company(settings: Settings) -> int:
    """Run the bot and what it needs besides until it ends or a signal comes; returns the exit code.

    Raises StackError or AudioNodeError for what cannot be started.
    """
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    async with contextlib.AsyncExitStack() as stack:
        environment: dict[str, str] = {}
        if settings.supabase_url is None:
            environment |= await _supabase(settings, stack)
        if settings.lavalink_nodes is None:
            environment |= await _audio_node(settings, stack)
        bot = BotProcess(lambda: environment)
        stack.push_async_callback(bot.close)
        await bot.start()
        waits = [asyncio.ensure_future(event.wait()) for event in (stopped, bot.exited)]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        if bot.lost.is_set():
            print(f"The bot ended ({bot.ending}).", file=sys.stderr, flush=True)
    return bot.returncode or 0


async def _supabase(settings: Settings, stack: contextlib.AsyncExitStack) -> Mapping[str, str]:
    """Start the embedded Supabase; returns the bot's settings for it."""
    fault = port_fault(SUPABASE_PORT)
    supabase = SupabaseStack(settings.embedded_supabase, SCHEMA, port=0 if fault else SUPABASE_PORT)
    await supabase.start()
    stack.push_async_callback(supabase.close)
    if fault:
        print(f"Port {SUPABASE_PORT}: {fault}; the embedded Supabase takes another.", file=sys.stderr)
    _say(EMBEDDED.plain(console_language(), url=supabase.url, path=settings.embedded_supabase))
    return supabase.environment()


async def _audio_node(settings: Settings, stack: contextlib.AsyncExitStack) -> Mapping[str, str]:
    """Start the audio node; returns the bot's setting for it."""
    node = AudioNodeProcess(settings.music_url_hosts)
    stack.push_async_callback(node.close)
    await node.start()
    _say(PLAYING.plain(console_language()))
    return node.environment()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> NoReturn:
    """Run and exit (2: wrong settings); where nothing else is needed, become the bot."""
    create_files_privately()
    try:
        settings = load_settings()
        if settings.supabase_url is None or settings.lavalink_nodes is None:
            sys.exit(asyncio.run(run_with_company(settings)))
    except ConfigError as error:
        print(error.in_language(console_language()), file=sys.stderr)
        sys.exit(EXIT_BAD_SETTINGS)
    except StackError as error:
        sys.exit(f"The embedded Supabase could not start: {error}")
    except AudioNodeError as error:
        sys.exit(f"{error}. LAVALINK_NODES=off starts without music.")
    os.chdir(REPOSITORY)
    os.execv(sys.executable, [sys.executable, "-m", "bot"])


if __name__ == "__main__":
    main()
