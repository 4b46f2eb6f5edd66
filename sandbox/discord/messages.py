"""Messages: creating, editing and deleting them, whoever the author is.

https://discord.com/developers/docs/resources/message
"""

from __future__ import annotations

import collections
from typing import TYPE_CHECKING
from urllib.parse import quote

from sandbox.discord import objects
from sandbox.discord.components import check_components
from sandbox.discord.embeds import check_embeds
from sandbox.discord.errors import ApiError
from sandbox.discord.form import Form
from sandbox.discord.mentions import check_allowed_mentions, mentions
from sandbox.discord.permissions import VIEW_CHANNEL
from sandbox.discord.uploads import FILES, check_sizes, safe_filename
from sandbox.discord.wire import now, object_in, objects_in

if TYPE_CHECKING:
    from collections.abc import Collection

    from sandbox.discord.core import Core
    from sandbox.discord.uploads import Blobs, Body
    from sandbox.discord.wire import Json

CONTENT_LIMIT = 2000
FORWARD = 1
"""The type of a ``message_reference`` that forwards."""
_SNAPSHOT = (
    *("type", "content", "mentions", "mention_roles", "attachments", "embeds", "components"),
    *("timestamp", "edited_timestamp", "flags"),
)
NONCES = 1000
"""Nonces that are remembered."""
SUPPRESS_EMBEDS, EPHEMERAL, LOADING, COMPONENTS_V2 = 1 << 2, 1 << 6, 1 << 7, 1 << 15
_SENDABLE_FLAGS = SUPPRESS_EMBEDS | EPHEMERAL | 1 << 12 | 1 << 13 | COMPONENTS_V2


class Messages:
    """Makes and changes messages, and tells everybody."""

    def __init__(self, core: Core, blobs: Blobs) -> None:
        self._core = core
        self._world = core.world
        self._blobs = blobs
        self._nonces: collections.OrderedDict[tuple[str, str, str], str] = collections.OrderedDict()

    async def create(
        self,
        channel: Json,
        author_id: str,
        body: Body,
        *,
        reader: str | None = None,
        extra: Json | None = None,
        loading: bool = False,
    ) -> Json:
        """Make a message and return it as stored.

        ``reader``: only that person sees it. ``extra``: fields of interaction responses. ``loading``: an
        empty "is thinking" message. Raises ApiError 50035, 50006 or 40005 for a body beyond Discord's limits.
        """
        nonce = _nonce(body.json.get("nonce"))
        repeated = self._repeated(channel, author_id, body.json)
        if repeated is not None:
            return repeated
        message = await self._build(channel, author_id, body, loading=loading) | (extra or {})
        if reader is not None:
            message["flags"] |= EPHEMERAL
            self._world.ephemeral.setdefault(channel["id"], {})[message["id"]] = message
            self._core.ephemeral_reader[message["id"]] = reader
        else:
            self._keep(channel, message)
        sent = message if nonce is None else message | {"nonce": nonce}
        if nonce is not None:
            self._nonces[channel["id"], author_id, str(nonce)] = message["id"]
            if len(self._nonces) > NONCES:
                self._nonces.popitem(last=False)
        self._core.message_changed("create", sent)
        return message

    def _repeated(self, channel: Json, author_id: str, raw: Json) -> Json | None:
        """Return the message that a body with ``enforce_nonce`` made before."""
        if not raw.get("enforce_nonce"):
            return None
        known = self._nonces.get((channel["id"], author_id, str(raw.get("nonce"))))
        return None if known is None else self._world.messages.get(channel["id"], {}).get(known)

    def _keep(self, channel: Json, message: Json) -> None:
        self._world.messages.setdefault(channel["id"], {})[message["id"]] = message
        self._world.touch("message", message["id"])
        channel["last_message_id"] = message["id"]
        if "message_count" in channel:
            channel["message_count"] += 1
            channel["total_message_sent"] += 1
        self._world.touch("channel", channel["id"])

    async def _build(self, channel: Json, author_id: str, body: Body, *, loading: bool) -> Json:
        raw, form = body.json, Form()
        flags = form.integer(raw.get("flags"), ("flags",), low=0, high=2**31 - 1, default=0) & _SENDABLE_FLAGS
        forwarded = self._forwarded(form, author_id, raw.get("message_reference"))
        replied = None if forwarded else self._replied(form, channel, raw.get("message_reference"))
        parts = self._parts(form, raw, v2=bool(flags & COMPONENTS_V2))
        allowed = check_allowed_mentions(form, raw.get("allowed_mentions"))
        self._check_files(form, body)
        form.check()
        attachments = await self._attach(channel, body)
        if not loading and not forwarded:
            self._refuse_empty(parts, attachments)
        message: Json = {
            "id": self._world.new_id(),
            "channel_id": channel["id"],
            "type": objects.DEFAULT if replied is None else objects.REPLY,
            "author": self._world.users[author_id],
            **parts,
            "attachments": attachments,
            **mentions(self._world, channel, author_id, parts["content"], allowed, replied),
            "timestamp": now(),
            "edited_timestamp": None,
            "flags": flags | (LOADING if loading else 0),
            "pinned": False,
            "tts": False,
            **forwarded,
        }
        return message if replied is None else message | {"message_reference": reference(channel, replied)}

    def _forwarded(self, form: Form, author_id: str, value: object) -> Json:
        """Return the reference and snapshot of a forward, empty when the body is none."""
        asked = object_in(value)
        if asked.get("type") != FORWARD:
            return {}
        origin = self._world.channels.get(str(asked.get("channel_id")))
        visible = origin is not None and self._world.permissions(origin, author_id) & VIEW_CHANNEL
        messages = self._world.messages.get(str(asked.get("channel_id")), {}) if visible else {}
        message = messages.get(str(asked.get("message_id")))
        if origin is None or message is None:
            form.fault(("message_reference",), "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message")
            return {}
        snapshot = {name: message[name] for name in _SNAPSHOT}
        return {
            "message_reference": reference(origin, message) | {"type": FORWARD},
            "message_snapshots": [{"message": snapshot}],
        }

    def _replied(self, form: Form, channel: Json, value: object) -> Json | None:
        asked = object_in(value)
        if "message_id" not in asked:
            return None
        replied = self._world.messages.get(channel["id"], {}).get(str(asked["message_id"]))
        if replied is None and asked.get("fail_if_not_exists", True):
            form.fault(("message_reference",), "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
        return replied

    def _parts(self, form: Form, raw: Json, *, v2: bool) -> Json:
        parts: Json = {
            "content": form.text(raw.get("content"), ("content",), high=CONTENT_LIMIT).strip(),
            "embeds": check_embeds(form, raw.get("embeds")),
            "components": check_components(form, raw.get("components"), v2=v2),
        }
        for name in ("content", "embeds"):
            if v2 and parts[name]:
                text = "The 'content' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
                form.fault(
                    (name,),
                    "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                    text.replace("content", name),
                )
        return parts

    def _check_files(self, form: Form, body: Body) -> None:
        check_sizes(body.files)
        if len(body.files) > FILES:
            form.fault(("attachments",), "BASE_TYPE_MAX_LENGTH", f"Must be {FILES} or fewer in length.")

    async def _attach(self, channel: Json, body: Body) -> list[Json]:
        described = {str(entry.get("id")): entry for entry in objects_in(body.json.get("attachments"))}
        found: list[Json] = []
        for number, upload in body.files.items():
            entry = described.get(number, {})
            attachment_id = self._world.new_id()
            filename = safe_filename(str(entry.get("filename") or upload.filename))
            await self._blobs.save(attachment_id, upload.data)
            path = f"/attachments/{channel['id']}/{attachment_id}/{quote(filename)}"
            attachment: Json = {
                "id": attachment_id,
                "filename": filename,
                "size": len(upload.data),
                "url": path,
                "proxy_url": path,
                # Discord tells it from the name where the sender does not say.
                "content_type": upload.content_type
                if upload.content_type != "application/octet-stream"
                else self._blobs.content_type(filename),
            }
            if entry.get("description"):
                attachment["description"] = str(entry["description"])[:1024]
            found.append(attachment)
        return found

    def _refuse_empty(self, parts: Json, attachments: list[Json]) -> None:
        if not any((parts["content"], parts["embeds"], parts["components"], attachments)):
            raise ApiError(400, 50006, "Cannot send an empty message")

    async def edit(self, message: Json, body: Body) -> Json:
        """Change the fields that the body names; raises as `create` does."""
        raw, form = body.json, Form()
        channel = self._world.channel(message["channel_id"])
        flags = message["flags"]
        if raw.get("flags") is not None:
            asked = form.integer(raw["flags"], ("flags",), low=0, high=2**31 - 1, default=0)
            flags = (flags & ~SUPPRESS_EMBEDS) | (asked & (SUPPRESS_EMBEDS | COMPONENTS_V2))
        parts = self._parts(form, raw, v2=bool(flags & COMPONENTS_V2))
        merged = {key: parts[key] if key in raw else message[key] for key in parts}
        allowed = check_allowed_mentions(form, raw.get("allowed_mentions"))
        self._check_files(form, body)
        form.check()
        attachments = message["attachments"]
        if raw.get("attachments") is not None or body.files:
            kept = {str(entry.get("id")) for entry in objects_in(raw.get("attachments"))}
            attachments = [entry for entry in attachments if entry["id"] in kept]
            attachments += await self._attach(channel, body)
        self._refuse_empty(merged, attachments)
        message |= {**merged, "attachments": attachments, "flags": flags & ~LOADING}
        if "content" in raw or "allowed_mentions" in raw:
            replied = self._world.messages.get(channel["id"], {}).get(
                message.get("message_reference", {}).get("message_id", "")
            )
            author = message["author"]["id"]
            message |= mentions(self._world, channel, author, merged["content"], allowed, replied)
        message["edited_timestamp"] = now()
        self.touched(message)
        return message

    def touched(self, message: Json) -> None:
        """Keep a changed message and tell everybody."""
        if message["id"] not in self._core.ephemeral_reader:
            self._world.touch("message", message["id"])
        self._core.message_changed("update", message)

    def delete(self, message: Json) -> None:
        """Delete a message and tell everybody."""
        hidden = self._world.ephemeral.get(message["channel_id"], {})
        if hidden.pop(message["id"], None) is None:
            self._world.remove_message(message["channel_id"], message["id"])
        self._core.message_deleted(message)

    def delete_many(self, channel: Json, message_ids: Collection[str]) -> None:
        """Delete those of these messages that there are, and tell everybody at once."""
        known = self._world.messages.get(channel["id"], {})
        gone = [message_id for message_id in message_ids if message_id in known]
        for message_id in gone:
            self._world.remove_message(channel["id"], message_id)
        self._core.messages_deleted(channel, gone)


def _nonce(value: object) -> object:
    """Return a body's nonce; raises InvalidFormError for anything but an integer or a short string."""
    form = Form()
    if isinstance(value, int) and not isinstance(value, bool):
        form.integer(value, ("nonce",), low=-(2**63), high=2**63 - 1, default=0)
    elif value is not None and not isinstance(value, str):
        form.fault(("nonce",), "UNION_TYPE_CHOICES", "Value must be an integer or a string")
    elif value is not None:
        form.text(value, ("nonce",), high=25)
    form.check()
    return value


def reference(channel: Json, message: Json) -> Json:
    """Return the ``message_reference`` to a message of ``channel``."""
    found = {"type": 0, "channel_id": channel["id"], "message_id": message["id"]}
    return found | ({"guild_id": channel["guild_id"]} if "guild_id" in channel else {})
