"""Checking embeds and giving them the shape Discord answers with.

https://discord.com/developers/docs/resources/message#embed-object-embed-limits
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from sandbox.discord.errors import Path
    from sandbox.discord.form import Form
    from sandbox.discord.wire import Json

EMBEDS, FIELDS, TOTAL = 10, 25, 6000
_LIMITS = {"title": 256, "description": 4096}
_SCHEMES = ("http://", "https://", "attachment://")


def check_embeds(form: Form, value: object) -> list[Json]:
    """Return the embeds of a message body, normalised; faults go to ``form``."""
    raw = form.objects(value, ("embeds",), high=EMBEDS)
    found = [_embed(form, embed, ("embeds", index)) for index, embed in enumerate(raw)]
    if sum(_characters(embed) for embed in found) > TOTAL:
        form.fault(("embeds",), "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {TOTAL}")
    return found


def _embed(form: Form, raw: Json, path: Path) -> Json:
    embed: Json = {"type": "rich"}
    for name, limit in _LIMITS.items():
        text = form.text(raw.get(name), (*path, name), high=limit)
        if text:
            embed[name] = text
    if raw.get("url"):
        embed["url"] = _url(form, raw["url"], (*path, "url"))
    if raw.get("timestamp"):
        embed["timestamp"] = form.text(raw["timestamp"], (*path, "timestamp"))
    if raw.get("color") is not None:
        embed["color"] = form.integer(raw["color"], (*path, "color"), low=0, high=0xFFFFFF, default=0)
    _parts(form, raw, path, embed)
    fields = form.objects(raw.get("fields"), (*path, "fields"), high=FIELDS)
    if fields:
        embed["fields"] = [
            _field(form, field, (*path, "fields", index)) for index, field in enumerate(fields)
        ]
    if len(embed) == 1:
        form.fault((*path, "description"), "BASE_TYPE_REQUIRED", "This field is required")
    return embed


def _parts(form: Form, raw: Json, path: Path, embed: Json) -> None:
    footer, author = raw.get("footer"), raw.get("author")
    if isinstance(footer, dict):
        embed["footer"] = _named_part(form, cast("Json", footer), (*path, "footer"), "text", 2048)
    if isinstance(author, dict):
        embed["author"] = _named_part(form, cast("Json", author), (*path, "author"), "name", 256)
    for name in ("image", "thumbnail"):
        part = raw.get(name)
        if isinstance(part, dict) and (url := cast("Json", part).get("url")):
            checked = _url(form, url, (*path, name, "url"))
            embed[name] = {"url": checked, "width": 0, "height": 0, "flags": 0}
            if not checked.startswith("attachment://"):
                embed[name]["proxy_url"] = checked


def _named_part(form: Form, raw: Json, path: Path, name: str, limit: int) -> Json:
    part: Json = {name: form.text(raw.get(name), (*path, name), low=1, high=limit, required=True)}
    for key in ("url", "icon_url"):
        if raw.get(key) and (key != "url" or name == "name"):
            part[key] = _url(form, raw[key], (*path, key))
    return part


def _field(form: Form, raw: Json, path: Path) -> Json:
    return {
        "name": form.text(raw.get("name"), (*path, "name"), low=1, high=256, required=True),
        "value": form.text(raw.get("value"), (*path, "value"), low=1, high=1024, required=True),
        "inline": bool(raw.get("inline", False)),
    }


def _url(form: Form, value: object, path: Path) -> str:
    url = form.text(value, path, high=2048)
    if not url.startswith(_SCHEMES):
        scheme = url.partition(":")[0]
        message = f"Scheme \"{scheme}\" is not supported. Scheme must be one of ('http', 'https')."
        form.fault(path, "URL_TYPE_INVALID_SCHEME", message)
    return url


def _characters(embed: Json) -> int:
    texts = [embed.get("title", ""), embed.get("description", "")]
    texts += [embed.get("footer", {}).get("text", ""), embed.get("author", {}).get("name", "")]
    texts += [text for field in embed.get("fields", []) for text in (field["name"], field["value"])]
    return sum(map(len, texts))
