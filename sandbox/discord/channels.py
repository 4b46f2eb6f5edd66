"""Making, changing and deleting channels, threads and overwrites, whoever asks.

https://discord.com/developers/docs/resources/channel
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.discord import objects
from sandbox.discord.errors import ApiError, unknown
from sandbox.discord.form import Form
from sandbox.discord.seed import add_channel
from sandbox.discord.wire import now

if TYPE_CHECKING:
    from sandbox.discord.core import Core
    from sandbox.discord.guild import Guild
    from sandbox.discord.messages import Messages
    from sandbox.discord.voice import Voice
    from sandbox.discord.wire import Json

KINDS = frozenset({objects.TEXT, objects.CATEGORY}) | objects.VOCAL
ARCHIVE_MINUTES = frozenset({60, 1440, 4320, 10080})
_NUMBERS = {
    "rate_limit_per_user": (0, 21_600),
    "position": (0, 10_000),
    "bitrate": (8_000, 96_000),
    "user_limit": (0, 99),
}


class Channels:
    """Changes channels and tells everybody."""

    def __init__(self, core: Core, voice: Voice, messages: Messages) -> None:
        self._core = core
        self._world = core.world
        self._voice = voice
        self._messages = messages

    def create(self, guild: Guild, raw: Json) -> Json:
        """Make a text, voice, stage or category channel."""
        form = Form()
        name = form.text(raw.get("name"), ("name",), low=1, high=100, required=True)
        kind = form.integer(raw.get("type"), ("type",), low=0, high=20, default=objects.TEXT)
        form.choice(kind, ("type",), KINDS)
        form.check()
        channel = add_channel(self._world, guild, _channel_name(name, kind), kind)
        self._fill(channel, {key: value for key, value in raw.items() if key not in {"name", "type"}})
        self._core.channel_changed("create", channel)
        return channel

    def edit(self, channel: Json, raw: Json) -> Json:
        """Change a channel or thread."""
        if channel["type"] == objects.DM:
            raise ApiError(403, 50003, "Cannot execute action on a DM channel")
        (self._fill_thread if channel["type"] in objects.THREADS else self._fill)(channel, raw)
        self._world.touch("channel", channel["id"])
        self._core.channel_changed("update", channel)
        return channel

    def _fill(self, channel: Json, raw: Json) -> None:
        form, changes = Form(), dict[str, object]()
        if raw.get("name") is not None:
            name = form.text(raw["name"], ("name",), low=1, high=100)
            changes["name"] = _channel_name(name, channel["type"])
        if "topic" in raw and "topic" in channel:
            changes["topic"] = form.text(raw["topic"], ("topic",), high=1024) or None
        for field, (low, high) in _NUMBERS.items():
            if raw.get(field) is not None and field in channel:
                changes[field] = form.integer(raw[field], (field,), low=low, high=high, default=low)
        if raw.get("nsfw") is not None and "nsfw" in channel:
            changes["nsfw"] = bool(raw["nsfw"])
        if "rtc_region" in raw and "rtc_region" in channel:
            changes["rtc_region"] = raw["rtc_region"]
        if "parent_id" in raw and channel["type"] != objects.CATEGORY:
            changes["parent_id"] = self._parent(form, channel, raw["parent_id"])
        if raw.get("permission_overwrites") is not None:
            entries = form.objects(raw["permission_overwrites"], ("permission_overwrites",), high=100)
            changes["permission_overwrites"] = [
                _overwrite(form, entry, str(entry.get("id"))) for entry in entries
            ]
        form.check()
        region_changed = "rtc_region" in changes and changes["rtc_region"] != channel["rtc_region"]
        channel |= changes
        if region_changed:
            self._voice.region_changed(channel)

    def _parent(self, form: Form, channel: Json, value: object) -> str | None:
        if value is None:
            return None
        parent = self._world.channels.get(str(value), {})
        if parent.get("type") != objects.CATEGORY or parent["guild_id"] != channel["guild_id"]:
            form.fault(("parent_id",), "CHANNEL_PARENT_INVALID", "Category does not exist")
        return str(value)

    def _fill_thread(self, channel: Json, raw: Json) -> None:
        form, metadata = Form(), dict(channel["thread_metadata"])
        name = channel["name"]
        if raw.get("name") is not None:
            name = form.text(raw["name"], ("name",), low=1, high=100)
        for field in ("archived", "locked"):
            if raw.get(field) is not None:
                metadata[field] = bool(raw[field])
        if raw.get("auto_archive_duration") is not None:
            form.choice(raw["auto_archive_duration"], ("auto_archive_duration",), ARCHIVE_MINUTES)
            metadata["auto_archive_duration"] = raw["auto_archive_duration"]
        form.check()
        if metadata["archived"] != channel["thread_metadata"]["archived"]:
            metadata["archive_timestamp"] = now()
        channel |= {"name": name, "thread_metadata": metadata}

    def delete(self, channel: Json) -> None:
        """Delete a guild's channel or thread; whoever is in it leaves voice."""
        if channel["type"] == objects.DM:
            # "Closing" a direct channel hides it; the messages stay.
            return
        if channel["type"] in objects.VOCAL:
            self._voice.channel_deleted(channel)
        self._world.remove_channel(channel["id"])
        self._core.channel_changed("delete", channel)

    def set_overwrite(self, channel: Json, target_id: str, raw: Json) -> None:
        """Set the permission overwrite of a role or member."""
        form = Form()
        entry = _overwrite(form, raw, target_id)
        form.check()
        others = [other for other in channel["permission_overwrites"] if other["id"] != target_id]
        channel["permission_overwrites"] = [*others, entry]
        self._world.touch("channel", channel["id"])
        self._core.channel_changed("update", channel)

    def delete_overwrite(self, channel: Json, target_id: str) -> None:
        """Remove an overwrite; raises ApiError 10009."""
        kept = [entry for entry in channel["permission_overwrites"] if entry["id"] != target_id]
        if len(kept) == len(channel["permission_overwrites"]):
            raise unknown("Permission Overwrite")
        channel["permission_overwrites"] = kept
        self._world.touch("channel", channel["id"])
        self._core.channel_changed("update", channel)

    def create_thread(self, parent: Json, owner_id: str, raw: Json, message: Json | None = None) -> Json:
        """Open a thread in a text channel, from ``message`` when given (ApiError 160004 for a second one)."""
        if parent["type"] != objects.TEXT:
            raise ApiError(400, 50024, "Cannot execute action on this channel type")
        if message is not None and message["id"] in self._world.channels:
            raise ApiError(400, 160004, "A thread has already been created for this message")
        form = Form()
        name = form.text(raw.get("name"), ("name",), low=1, high=100, required=True)
        minutes = raw.get("auto_archive_duration") or 1440
        form.choice(minutes, ("auto_archive_duration",), ARCHIVE_MINUTES)
        kind = objects.PUBLIC_THREAD
        if message is None:
            kind = form.integer(raw.get("type"), ("type",), low=11, high=12, default=objects.PRIVATE_THREAD)
        form.check()
        thread_id = self._world.new_id() if message is None else message["id"]
        thread = objects.thread(thread_id, parent, name, owner_id, kind=kind, archive_after=minutes)
        self._world.channels[thread_id] = thread
        self._world.touch("channel", thread_id)
        self._core.channel_changed("create", thread)
        if message is not None:
            message["flags"] |= 1 << 5
            self._messages.touched(message)
        return thread


def _channel_name(name: str, kind: int) -> str:
    """Return a text channel's name as Discord keeps it: lower case, hyphens for spaces."""
    return "-".join(name.lower().split()) if kind == objects.TEXT else name


def _overwrite(form: Form, raw: Json, target_id: str) -> Json:
    kind = raw.get("type")
    form.choice(kind, ("type",), frozenset({0, 1}))
    bits = {
        name: str(form.integer(raw.get(name), (name,), low=0, high=2**63 - 1, default=0))
        for name in ("allow", "deny")
    }
    return {"id": target_id, "type": kind, **bits}
