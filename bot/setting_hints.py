"""What people probably meant: names that are no setting's, and settings in a file that is not read."""

from __future__ import annotations

import difflib
import os
import re
from typing import TYPE_CHECKING

from bot.env_file import read_env_file
from bot.texts import settings as texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from bot.texts import Text

_OTHER_NAMES = {
    "BOT_TOKEN": "DISCORD_TOKEN",
    "TOKEN": "DISCORD_TOKEN",
    "GOOGLE_API_KEY": "GEMINI_API_KEY",
    "GENAI_API_KEY": "GEMINI_API_KEY",
    "GEMINI_TOKEN": "GEMINI_API_KEY",
    "LAVALINK_HOST": "LAVALINK_NODES",
    "LAVALINK_PASSWORD": "LAVALINK_NODES",
    "LAVALINK_PORT": "LAVALINK_NODES",
    "LAVALINK_SERVER_PASSWORD": "LAVALINK_NODES",
    "LAVALINK_URI": "LAVALINK_NODES",
    "LAVALINK_URL": "LAVALINK_NODES",
    "PREFIX": "COMMAND_PREFIX",
    "SUPABASE_ANON_KEY": "SUPABASE_KEY",
    "SUPABASE_SECRET_KEY": "SUPABASE_KEY",
    "SUPABASE_SERVICE_KEY": "SUPABASE_KEY",
    "SUPABASE_SERVICE_ROLE_KEY": "SUPABASE_KEY",
    "TIMEZONE": "BOT_TIMEZONE",
    "TZ": "BOT_TIMEZONE",
    "LANGUAGE": "BOT_LANGUAGE",
}
_OUR_SERVICES = ("DISCORD", "GEMINI", "LAVALINK", "SUPABASE")
_ELSEWHERE = (".env.txt", "env.txt", "env", "_env", "../.env", "../.env.txt")
_NAME = re.compile(r"[A-Za-z_]\w{0,39}")


def near_name(name: str, keys: Iterable[str], *, likeness: float = 0.7) -> str | None:
    """Return the setting that was probably meant, if any is near; ``likeness`` 1 is the name itself."""
    name = re.sub(r"\W", "_", name.upper())
    by_letters = {key.replace("_", ""): key for key in keys}
    near = difflib.get_close_matches(name.replace("_", ""), by_letters, n=1, cutoff=likeness)
    return by_letters[near[0]] if near else _OTHER_NAMES.get(name)


def unknown_in_file(names: Iterable[str], keys: Iterable[str]) -> dict[str, str | None]:
    """Return each name in a file that is no setting's, and the setting that was probably meant.

    What may be part of a secret, and not a name at all, is left out.
    """
    keys = tuple(keys)
    return {name: near_name(name, keys) for name in names if name not in keys and _may_be_shown(name)}


def misspelt_in_environment(environ: Mapping[str, str], keys: Iterable[str]) -> dict[str, str]:
    """Return each variable that is nearly a setting's name, and that setting."""
    keys = tuple(key for key in keys if key.startswith(_OUR_SERVICES))
    near = {name: near_name(name, keys, likeness=0.9) for name in environ if name not in keys}
    return {
        name: key for name, key in near.items() if key and name not in _OTHER_NAMES and not environ.get(key)
    }


def missing_token(env_file: Path) -> Text:
    """Say what to do where there is no token: the file is missing or empty, or there is another one."""
    if not read_env_file(env_file).is_blank:
        return texts.REQUIRED
    example = env_file.with_name(".env.example")
    for name in _ELSEWHERE:
        place = (env_file.parent / name).resolve()
        if read_env_file(place).values.get("DISCORD_TOKEN"):
            return texts.REQUIRED_ELSEWHERE.filled(
                place=place.name if place.parent == env_file.parent else place
            )
    if read_env_file(example).values.get("DISCORD_TOKEN"):
        return texts.REQUIRED_IN_TEMPLATE.filled(command=copy_command())
    no_token = texts.REQUIRED_EMPTY_FILE if env_file.exists() else texts.REQUIRED_NO_FILE
    return no_token.filled(command=copy_command())


def copy_command() -> str:
    """Return the command that makes ``bot/.env``, for a shell of this system."""
    return r"copy bot\.env.example bot\.env" if os.name == "nt" else "cp bot/.env.example bot/.env"


def _may_be_shown(name: str) -> bool:
    mixed = re.search("[a-z]", name) and re.search("[A-Z]", name) and re.search("[0-9]", name)
    return _NAME.fullmatch(name) is not None and not mixed
