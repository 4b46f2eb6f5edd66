"""Checking an application command's definition.

https://discord.com/developers/docs/interactions/application-commands#application-command-object
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, cast

from sandbox.discord.wire import object_in

if TYPE_CHECKING:
    from sandbox.discord.errors import Path
    from sandbox.discord.form import Form
    from sandbox.discord.wire import Json

CHAT_INPUT = 1
SUBCOMMAND, GROUP, STRING, INTEGER, NUMBER = 1, 2, 3, 4, 10
OPTIONS, CHOICES, TOTAL = 25, 25, 8000
_WORD = re.compile(r"[-_'\w]+")
_SCRIPTS = ("DEVANAGARI", "THAI")


def check_command(form: Form, raw: Json, path: Path) -> Json:
    """Return a command's definition with Discord's defaults; faults go to ``form``."""
    kind = form.integer(raw.get("type"), (*path, "type"), low=1, high=4, default=CHAT_INPUT)
    command: Json = {
        "type": kind,
        "name": _name(form, raw.get("name"), (*path, "name"), slash=kind == CHAT_INPUT),
        "name_localizations": _localised(form, raw, path, "name", slash=kind == CHAT_INPUT),
        "description": "",
        "description_localizations": _localised(form, raw, path, "description"),
        "default_member_permissions": _permissions(raw.get("default_member_permissions")),
        "dm_permission": raw.get("dm_permission") is not False,
        "contexts": raw.get("contexts"),
        "integration_types": raw.get("integration_types") or [0],
        "nsfw": bool(raw.get("nsfw", False)),
    }
    if kind == CHAT_INPUT:
        description = raw.get("description")
        command["description"] = form.text(
            description, (*path, "description"), low=1, high=100, required=True
        )
        options = _options(form, raw.get("options"), (*path, "options"), depth=0)
        if options:
            command["options"] = options
    elif raw.get("description"):
        form.fault(
            (*path, "description"),
            "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION",
            "Context menu commands cannot have description",
        )
    if _characters(command) > TOTAL:
        form.fault(path, "APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({TOTAL})")
    return command


def _permissions(value: object) -> str | None:
    return None if value is None else str(value)


def _name(form: Form, value: object, path: Path, *, slash: bool) -> str:
    name = form.text(value, path, low=1, high=32, required=True)
    if slash and name and (name != name.lower() or not all(map(_allowed, name))):
        form.fault(path, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
    return name


def _allowed(character: str) -> bool:
    """Tell whether a slash command's name may hold a character: letters, numbers, ``-_'``, Indic marks."""
    return _WORD.fullmatch(character) is not None or unicodedata.name(character, "").startswith(_SCRIPTS)


def _localised(form: Form, raw: Json, path: Path, name: str, *, slash: bool = False) -> Json | None:
    value = raw.get(f"{name}_localizations")
    if not isinstance(value, dict):
        return None
    found: Json = {}
    for locale, text in cast("Json", value).items():
        where = (*path, f"{name}_localizations", locale)
        if name == "name":
            found[locale] = _name(form, text, where, slash=slash)
        else:
            found[locale] = form.text(text, where, low=1, high=100, required=True)
    return found


def _options(form: Form, value: object, path: Path, *, depth: int) -> list[Json]:
    raw = form.objects(value, path, high=OPTIONS)
    found = [_option(form, option, (*path, index), depth=depth) for index, option in enumerate(raw)]
    names = [option["name"] for option in found]
    optional_seen = False
    for index, option in enumerate(found):
        if names.index(option["name"]) != index:
            form.fault(
                (*path, index),
                "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS",
                "Option name already exists",
            )
        if option.get("required") and optional_seen:
            form.fault(
                (*path, index),
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required options",
            )
        optional_seen = optional_seen or not option.get("required")
    if len({option["type"] in {SUBCOMMAND, GROUP} for option in found}) > 1:
        form.fault(
            path,
            "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
            "Sub-command and sub-command group option types are mutually exclusive to all other types",
        )
    return found


def _option(form: Form, raw: Json, path: Path, *, depth: int) -> Json:
    kind = form.integer(raw.get("type"), (*path, "type"), low=1, high=11, default=STRING)
    option: Json = {
        "type": kind,
        "name": _name(form, raw.get("name"), (*path, "name"), slash=True),
        "name_localizations": _localised(form, raw, path, "name", slash=True),
        "description": form.text(
            raw.get("description"), (*path, "description"), low=1, high=100, required=True
        ),
        "description_localizations": _localised(form, raw, path, "description"),
    }
    if kind in {SUBCOMMAND, GROUP}:
        if depth > 1 or (kind == GROUP and depth > 0):
            form.fault(
                (*path, "type"),
                "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
                "Sub-commands are nested too deep",
            )
        options = _options(form, raw.get("options"), (*path, "options"), depth=depth + 1)
        return option | ({"options": options} if options else {})
    if raw.get("required"):
        option["required"] = True
    _bounds(form, raw, path, option)
    choices = form.objects(raw.get("choices"), (*path, "choices"), high=CHOICES)
    if choices:
        option["choices"] = [
            _choice(form, choice, (*path, "choices", index), kind) for index, choice in enumerate(choices)
        ]
    if raw.get("autocomplete"):
        option["autocomplete"] = True
        if choices:
            form.fault(
                (*path, "choices"),
                "APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES",
                "Autocomplete cannot be set with choices",
            )
    return option


def _bounds(form: Form, raw: Json, path: Path, option: Json) -> None:
    """Copy what limits an option's value."""
    for key in ("min_value", "max_value", "min_length", "max_length"):
        if isinstance(raw.get(key), int | float):
            option[key] = raw[key]
        elif raw.get(key) is not None:
            form.fault((*path, key), "NUMBER_TYPE_COERCE", f'Value "{raw[key]}" is not a number.')
    if raw.get("channel_types") is not None:
        kinds = form.snowflakes(raw["channel_types"], (*path, "channel_types"), high=20)
        option["channel_types"] = [int(kind) for kind in kinds if kind.isdecimal()]


def _choice(form: Form, raw: Json, path: Path, kind: int) -> Json:
    value = raw.get("value")
    fits = {STRING: str, INTEGER: int, NUMBER: (int, float)}.get(kind)
    if fits is None or isinstance(value, bool) or not isinstance(value, fits):
        form.fault((*path, "value"), "UNION_TYPE_CHOICES", "The value does not fit the option's type")
    elif kind == STRING:
        form.text(value, (*path, "value"), high=100)
    return {
        "name": form.text(raw.get("name"), (*path, "name"), low=1, high=100, required=True),
        "name_localizations": _localised(form, raw, path, "name"),
        "value": value,
    }


def _characters(value: Json) -> int:
    """Count names, descriptions and values, the longest localisation of each."""
    count = 0
    for name in ("name", "description"):
        texts = [value.get(name) or "", *object_in(value.get(f"{name}_localizations")).values()]
        count += max(map(len, texts))
    count += len(value["value"]) if isinstance(value.get("value"), str) else 0
    for key in ("options", "choices"):
        count += sum(_characters(entry) for entry in value.get(key, []))
    return count
