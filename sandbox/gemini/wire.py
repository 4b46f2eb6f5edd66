"""The protobuf messages inside the proto-plus wrappers, which are untyped."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from google.protobuf import json_format

if TYPE_CHECKING:
    from google.ai import generativelanguage_v1beta as glm
    from google.protobuf.message import Message

    Wrapper = (
        glm.Part | glm.FunctionResponse | glm.GenerationConfig | glm.GenerateContentRequest | glm.Candidate
    )


def raw(message: Wrapper) -> Message:
    """Return the protobuf message that ``message`` wraps."""
    return cast("Message", type(message).pb(message))  # pyright: ignore[reportUnknownMemberType] - untyped


def set_number(message: Wrapper, field: str, number: int) -> None:
    """Set an enum field to a number, of which the wrapper would warn where it does not know it."""
    setattr(raw(message), field, number)


def as_dict(message: Wrapper) -> dict[str, object]:
    """Return the fields that are set, under their names in the .proto file."""
    return json_format.MessageToDict(raw(message), preserving_proto_field_name=True)
