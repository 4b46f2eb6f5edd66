"""Composition root: settings → logging → services → Bot → run.

Started as ``python main.py`` in this folder, as ``python -m bot`` beside it, or by ``make run``.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if __name__ == "__main__" and not __package__:
    # As a script, Python puts this folder on the path, where ``bot`` cannot be found.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from bot.allocator import keep_little
from bot.client import Bot
from bot.config import ConfigError, Settings, console_language, read_settings
from bot.discord_connection import run_until_closed, use_discord_endpoints
from bot.log_setup import make_console_forgiving, set_up_logging
from bot.netstats.answer import NetstatsAnswer
from bot.redaction import redactor
from bot.stop_signals import calling_when_asked_to_stop
from bot.storage.private_files import create_files_privately, make_private
from bot.storage.purge import Purge
from bot.storage.state import State
from bot.supabase_client import SupabaseClient

if TYPE_CHECKING:
    from bot.llm.gemini import Gemini
    from bot.lyrics.lrclib import Lrclib

log = logging.getLogger("bot.main")

EXIT_BAD_SETTINGS = 2


def compose(settings: Settings) -> Bot:
    """Build the bot and its services from ``settings``; nothing connects yet."""
    bot = Bot(settings)
    bot.state = State(settings.database_file)
    bot.supabase_client = SupabaseClient(bot)
    bot.netstats = NetstatsAnswer(bot.supabase_client, settings)
    bot.gemini = _gemini(settings)
    bot.lyrics = _lyrics(settings)
    _music(bot, settings)
    return bot


def _gemini(settings: Settings) -> Gemini | None:
    """Return the client of Gemini; its SDK takes 36 MiB and 0.4 s, so it is loaded only where it is used."""
    if not settings.gemini_api_key:
        return None
    from bot.llm.gemini import Gemini

    return Gemini(settings)


def _lyrics(settings: Settings) -> Lrclib | None:
    """Return the client of LRCLIB's API; titles of songs go there, so that its owner names a server first."""
    if not settings.lyrics_url:
        return None
    from bot.lyrics.lrclib import Lrclib

    return Lrclib(settings.lyrics_url)


def _music(bot: Bot, settings: Settings) -> None:
    """Give ``bot`` its Lavalink nodes, and the recovery of their music after a restart, if there are any."""
    if not settings.lavalink_nodes:
        return
    from bot.lavalink import MusicStore, NodePool, RestartRecovery, SnapshotSaver, Timings

    timings = Timings()
    pool = NodePool(bot, settings.lavalink_nodes, timings, hosts=settings.music_url_hosts)
    saver = SnapshotSaver(MusicStore(settings.music_file), pool, interval=timings.save)
    bot.lavalink, bot.restart_recovery = pool, RestartRecovery(bot, pool, saver, timings)


async def run(settings: Settings) -> None:
    """Run the bot until it is asked to stop, or a fault that cannot be waited out (raises ConfigError)."""
    bot = compose(settings)
    purge = Purge(bot.state, settings.database_file, settings.music_file)
    purge.start()
    running = asyncio.ensure_future(run_until_closed(bot))
    loop = asyncio.get_running_loop()
    with calling_when_asked_to_stop(lambda: loop.call_soon_threadsafe(running.cancel)):
        try:
            await running
        except asyncio.CancelledError:
            pass
        finally:
            await purge.close()
            await bot.close()


def _close_to_others(data_dir: Path) -> None:
    """Take from other users what earlier versions let them read."""
    try:
        closed = make_private(data_dir)
    except OSError as error:
        log.warning(
            "Other users can read what is kept in %s, and that cannot be changed: %s", data_dir, error
        )
    else:
        if closed:
            log.warning("Other users could read what is kept in %s; now they cannot", data_dir)


def main() -> int:
    """Read the settings and run; returns the process's exit code."""
    create_files_privately()
    make_console_forgiving()
    keep_little()
    try:
        reading = read_settings()
        settings = reading.checked()
        set_up_logging(settings.log_level, redactor(settings.secrets), console_language())
        for name, notice in reading.notices.items():
            log.warning("⚠️ %s: %s", name, notice)
        _close_to_others(settings.data_dir)
        use_discord_endpoints(settings)
        asyncio.run(run(settings))
    except ConfigError as error:
        print(error.in_language(console_language()), file=sys.stderr)  # noqa: T201 - there may be no log yet
        return EXIT_BAD_SETTINGS
    return 0


if __name__ == "__main__":
    sys.exit(main())
