"""Phoenix channel messages in both of the serialisations that Supabase's clients use.

supabase-py sends version 1.0.0, an object; supabase-js (since 2.100) version 2.0.0, an array.
Source: https://supabase.com/docs/guides/realtime/protocol
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias, cast, get_args

from sandbox.supabase.errors import StackError

if TYPE_CHECKING:
    from collections.abc import Mapping

Version = Literal["1.0.0", "2.0.0"]
Payload: TypeAlias = "Mapping[str, object]"


class FrameError(StackError):
    """A client sent something that is no Phoenix message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One message; ``ref`` pairs an answer with its question, ``join_ref`` names the join it belongs to."""

    topic: str
    event: str
    payload: Payload = field(default_factory=dict[str, object])
    ref: str | None = None
    join_ref: str | None = None

    def reply(self, response: Payload, status: Literal["ok", "error"] = "ok") -> Frame:
        """Return the answer to this message."""
        return Frame(
            topic=self.topic,
            event="phx_reply",
            payload={"status": status, "response": response},
            ref=self.ref,
            join_ref=self.join_ref,
        )

    def encode(self, version: Version) -> str:
        """Return the message as it travels."""
        if version == "2.0.0":
            return json.dumps([self.join_ref, self.ref, self.topic, self.event, self.payload])
        return json.dumps(
            {"topic": self.topic, "event": self.event, "payload": self.payload, "ref": self.ref}
        )


def version_of(text: str) -> Version:
    """Return the version a client asked for with ``vsn``; raises FrameError if there is none such."""
    if text not in get_args(Version):
        raise FrameError(f"vsn {text} is not one of {', '.join(get_args(Version))}")
    return cast("Version", text)


def decode(text: str, version: Version) -> Frame:
    """Return the message in ``text``; raises FrameError."""
    try:
        raw: object = json.loads(text)
    except ValueError as error:
        raise FrameError("not JSON") from error
    if version == "2.0.0" and isinstance(raw, list):
        keys = ("join_ref", "ref", "topic", "event", "payload")
        values: Mapping[str, object] = dict(zip(keys, cast("list[object]", raw), strict=False))
    elif version == "1.0.0" and isinstance(raw, dict):
        values = cast("dict[str, object]", raw)
    else:
        raise FrameError(f"not a message of version {version}")
    topic, event, payload = values.get("topic"), values.get("event"), values.get("payload")
    if not isinstance(topic, str) or not isinstance(event, str):
        raise FrameError("topic and event must be strings")
    return Frame(
        topic=topic,
        event=event,
        payload=cast("Payload", payload) if isinstance(payload, dict) else {},
        ref=_text(values.get("ref")),
        join_ref=_text(values.get("join_ref")),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)
