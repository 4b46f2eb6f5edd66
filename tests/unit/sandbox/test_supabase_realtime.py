"""The parts of Realtime that need no database: messages, filters, the write-ahead log's format."""

from __future__ import annotations

import json
import struct
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.supabase.realtime import pgoutput
from sandbox.supabase.realtime.filters import Condition, SubscriptionError, parse_filter
from sandbox.supabase.realtime.frames import Frame, FrameError, Version, decode, version_of

refs = st.none() | st.text()
VERSIONS: list[Version] = ["1.0.0", "2.0.0"]


@given(topic=st.text(), event=st.text(), ref=refs, join_ref=refs)
def test_a_message_of_version_2_comes_back_whole(
    topic: str, event: str, ref: str | None, join_ref: str | None
) -> None:
    frame = Frame(topic=topic, event=event, payload={"a": [1]}, ref=ref, join_ref=join_ref)
    assert decode(frame.encode("2.0.0"), "2.0.0") == frame


@given(topic=st.text(), event=st.text(), ref=refs)
def test_a_message_of_version_1_comes_back_whole(topic: str, event: str, ref: str | None) -> None:
    frame = Frame(topic=topic, event=event, payload={"a": [1]}, ref=ref)
    assert decode(frame.encode("1.0.0"), "1.0.0") == frame


@pytest.mark.parametrize("version", VERSIONS)
@given(raw=st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_other_json_is_no_message(version: Version, raw: object) -> None:
    if isinstance(raw, list) and version == "2.0.0" and len(raw) > 3:
        raw = raw[:3]
    with pytest.raises(FrameError):
        decode(json.dumps(raw), version)


@pytest.mark.parametrize("text", ["", "{", "[1"])
def test_what_is_not_json_is_no_message(text: str) -> None:
    with pytest.raises(FrameError):
        decode(text, "1.0.0")


def test_an_unknown_version_is_refused() -> None:
    with pytest.raises(FrameError, match=r"3\.0\.0"):
        version_of("3.0.0")


def test_an_answer_names_its_question() -> None:
    question = Frame(topic="t", event="phx_join", ref="5", join_ref="4")
    assert question.reply({"reason": "no"}, "error") == Frame(
        topic="t",
        event="phx_reply",
        payload={"status": "error", "response": {"reason": "no"}},
        ref="5",
        join_ref="4",
    )


def condition(column: str, operator: str, *values: str, negated: bool = False) -> Condition:
    return Condition(column, operator, values, negated)


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        ("", ()),
        ("  ", ()),
        ("a=eq.1", (condition("a", "eq", "1"),)),
        ("a=eq.", (condition("a", "eq", ""),)),
        ("a=eq.x.y=z", (condition("a", "eq", "x.y=z"),)),
        ("a=in.(1, 2)", (condition("a", "in", "1", "2"),)),
        ('a=in.("x,y",z)', (condition("a", "in", "x,y", "z"),)),
        (r'a=in.("say \"hi\"")', (condition("a", "in", 'say "hi"'),)),
        ("a=not.is.null", (condition("a", "is", "null", negated=True),)),
        (
            "a=gt.1,b=not.in.(2,3)",
            (condition("a", "gt", "1"), condition("b", "in", "2", "3", negated=True)),
        ),
    ],
)
def test_a_filter_is_read_as_its_conditions(text: str, conditions: tuple[Condition, ...]) -> None:
    assert parse_filter(text) == conditions


@pytest.mark.parametrize("text", ["undefined", "a", "a=1", "a=foo.1", "=eq.1", "a=is.nothing", "a=eq.1,b"])
def test_a_filter_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(SubscriptionError, match="Error parsing `filter` params"):
        parse_filter(text)


def row(*values: bytes | None) -> bytes:
    """Return a tuple as pgoutput writes it; ``b"?"`` stands for an unchanged large value."""
    parts = [struct.pack("!H", len(values))]
    for value in values:
        if value is None:
            parts.append(b"n")
        elif value == b"?":
            parts.append(b"u")
        else:
            parts.append(b"t" + struct.pack("!I", len(value)) + value)
    return b"".join(parts)


OID = struct.pack("!I", 16400)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (
            b"B" + struct.pack("!QqI", 1, 1_500_000, 7),
            pgoutput.Begin(datetime(2000, 1, 1, 0, 0, 1, 500_000, tzinfo=UTC)),
        ),
        (
            b"R" + OID + b"public\0music\0d" + struct.pack("!H", 2)
            + b"\x01id\0" + struct.pack("!Ii", 23, -1) + b"\x00title\0" + struct.pack("!Ii", 25, -1),
            pgoutput.Relation(16400, "public", "music", ("id", "title"), frozenset({"id"})),
        ),
        (
            b"I" + OID + b"N" + row(b"1", "夜".encode()),
            pgoutput.RowChange("INSERT", 16400, ("1", "夜")),
        ),
        (
            b"U" + OID + b"N" + row(b"1", b"?"),
            pgoutput.RowChange("UPDATE", 16400, ("1", pgoutput.UNCHANGED)),
        ),
        (
            b"U" + OID + b"K" + row(b"1", None) + b"N" + row(b"2", b"x"),
            pgoutput.RowChange("UPDATE", 16400, ("2", "x"), ("1", None), only_identity=True),
        ),
        (
            b"D" + OID + b"O" + row(b"1", b"x"),
            pgoutput.RowChange("DELETE", 16400, None, ("1", "x")),
        ),
        (b"C" + bytes(25), None),
    ],
)  # fmt: skip
def test_a_message_of_the_log_is_decoded(message: bytes, expected: pgoutput.Message | None) -> None:
    assert pgoutput.decode(message) == expected
