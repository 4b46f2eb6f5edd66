"""Thought signatures: a function call carries one, and must come back with it.

The installed messages are older than the field, so it travels as an unknown field, as it does with the real
service: ``bytes thought_signature = 13`` of Part
(https://github.com/googleapis/googleapis/blob/master/google/ai/generativelanguage/v1beta/content.proto,
https://ai.google.dev/gemini-api/docs/thought-signatures).
"""

from __future__ import annotations

import hashlib
import json

from google.ai import generativelanguage_v1beta as glm
from google.protobuf import unknown_fields

from sandbox.gemini.wire import as_dict, raw

_FIELD = 13
_LENGTH_DELIMITED = 2


def signed(part: glm.Part) -> glm.Part:
    """Return ``part``, a function call, with its signature attached."""
    signature = _expected(part)
    field = bytes([_FIELD << 3 | _LENGTH_DELIMITED, len(signature)]) + signature
    encoded = raw(part).SerializeToString() + field
    return glm.Part.deserialize(encoded)  # pyright: ignore[reportReturnType] - typed as any proto.Message


def signature_of(part: glm.Part) -> bytes | None:
    """Return the signature that ``part`` carries, or None."""
    for field in unknown_fields.UnknownFieldSet(raw(part)):
        if field.field_number == _FIELD and isinstance(field.data, bytes):
            return field.data
    return None


def is_genuine(part: glm.Part) -> bool:
    """Tell whether the signature is the one that this very call was sent with."""
    return signature_of(part) == _expected(part)


def _expected(part: glm.Part) -> bytes:
    call = json.dumps(as_dict(part)["function_call"], sort_keys=True)
    return hashlib.sha256(b"otonari sandbox" + call.encode()).digest()
