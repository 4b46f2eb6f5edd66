"""What is read of files, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest.mock import AsyncMock, MagicMock

import aiohttp
import discord
import pytest

from bot import discord_http
from bot.chat import attachments
from bot.chat.attachments import (
    AUDIO,
    IMAGE,
    PDF,
    TEXT,
    TOTAL_LIMIT,
    kind_of,
    load,
    load_possible,
    load_when_possible,
    readable,
    size_of,
)
from bot.chat.file_budget import FileBudget
from bot.errors import UserError
from bot.llm.turns import File
from bot.texts import chat as texts
from bot.units import MEBIBYTE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.texts import Text


def attachment(
    name: str, data: bytes = b"x", *, content_type: str | None = None, size: int | None = None
) -> discord.Attachment:
    return MagicMock(
        spec=discord.Attachment,
        filename=name,
        content_type=content_type,
        size=len(data) if size is None else size,
        read=AsyncMock(return_value=data),
    )


@pytest.fixture(autouse=True)
def downloads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discord_http, "read_file", lambda attachment: attachment.read())


async def accept(shown: Sequence[discord.Attachment]) -> None:
    size_of(shown)
    await load(shown)


async def refusal(*shown: discord.Attachment) -> Text:
    with pytest.raises(UserError) as caught:
        await accept(shown)
    return caught.value.text


@pytest.mark.parametrize(
    ("name", "content_type", "found"),
    [
        ("a.PNG", None, (IMAGE, "image/png")),
        ("photo.jpeg", "image/jpeg", (IMAGE, "image/jpeg")),
        ("a.pdf", None, (PDF, "application/pdf")),
        ("a.mp3", "audio/mpeg", (AUDIO, "audio/mp3")),
        ("voice-message.ogg", "audio/ogg; codecs=opus", (AUDIO, "audio/ogg")),
        ("noname", "audio/mpeg", (AUDIO, "audio/mp3")),
        ("app.ts", "video/mp2t", (TEXT, "text/plain")),
        ("Dockerfile", None, (TEXT, "text/plain")),
        ("data", "text/x-unknown; charset=utf-8", (TEXT, "text/plain")),
        ("a.gif", "image/gif", None),
        ("a.mp4", "video/mp4", None),
        ("a.zip", "application/zip", None),
        ("a", None, None),
    ],
)
def test_a_files_kind_follows_from_its_name_and_type(
    name: str, content_type: str | None, found: object
) -> None:
    assert kind_of(name, content_type) == found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
async def test_texts_are_read_in_the_encodings_of_japan(encoding: str) -> None:
    (file,) = await load([attachment("memo.txt", "お世話になります".encode(encoding))])

    assert file == File("memo.txt", "text/plain", "お世話になります".encode())


@pytest.mark.parametrize("data", [b"\xff\xfe\xff", b"a\0b", b"\x81\xff\xff"])
async def test_what_is_no_text_in_spite_of_its_name_is_refused(data: bytes) -> None:
    assert await refusal(attachment("a.txt", data)) is texts.FILE_UNREADABLE_KIND


@pytest.mark.parametrize("kind", attachments.KINDS, ids=lambda kind: kind.name)
async def test_each_kind_has_a_limit(kind: attachments.Kind) -> None:
    name = f"a.{next(iter(kind.types))}"

    assert size_of([attachment(name, size=kind.limit)]) == kind.limit
    assert await refusal(attachment(name, size=kind.limit + 1)) is texts.FILE_TOO_LARGE


async def test_together_they_must_fit_into_one_request() -> None:
    half = attachments.TOTAL_LIMIT // 2 + 1
    assert (
        await refusal(attachment("a.pdf", size=half), attachment("b.pdf", size=half)) is texts.FILES_TOO_LARGE
    )


async def test_an_empty_file_is_refused() -> None:
    assert await refusal(attachment("a.png", b"")) is texts.FILE_EMPTY


@pytest.mark.parametrize(
    "error",
    [
        discord.NotFound(MagicMock(status=404, reason="gone"), ""),
        aiohttp.ClientPayloadError(),
        TimeoutError(),
    ],
    ids=["gone", "cut off", "too slow"],
)
async def test_a_file_that_cannot_be_loaded_is_named(error: Exception) -> None:
    gone = attachment("a.png")
    gone.read.side_effect = error

    with pytest.raises(UserError, match=r"a\.png") as caught:
        await load([gone])
    assert caught.value.text is texts.FILE_GONE


def test_of_what_somebody_else_showed_the_unreadable_is_left_out() -> None:
    shown = [attachment("a.zip"), attachment("b.png"), attachment("c.png", size=10**9)]

    assert [file.filename for file in readable(shown)] == ["b.png"]


def test_of_what_somebody_else_showed_the_first_that_fit_are_chosen_by_size_before_any_is_loaded() -> None:
    shown = [attachment(f"{name}.pdf", size=7 * MEBIBYTE) for name in "abc"]
    small = attachment("d.pdf", size=MEBIBYTE)

    chosen = readable([*shown, small])

    assert [file.filename for file in chosen] == ["a.pdf", "b.pdf", "d.pdf"]
    assert readable([small], room=small.size - 1) == []
    assert sum(file.size for file in chosen) <= TOTAL_LIMIT


async def test_files_for_which_there_is_no_room_in_time_are_left_out_for_another_try() -> None:
    budget, shown = FileBudget(10, patience=0.01), [attachment("b.png")]

    async with budget.hold(10, whose=1):
        assert await load_when_possible(shown, budget, whose=2) == ((), False)

    files, is_complete = await load_when_possible(shown, budget, whose=2)
    assert [file.name for file in files] == ["b.png"]
    assert is_complete


@pytest.mark.parametrize(
    ("error", "may_come"),
    [
        (discord.DiscordServerError(MagicMock(status=500), ""), True),
        (aiohttp.ServerDisconnectedError(), True),
        (discord.NotFound(MagicMock(status=404), ""), False),
        (discord.Forbidden(MagicMock(status=403), ""), False),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_of_what_could_not_be_loaded_it_is_known_whether_another_try_may_help(
    error: Exception, may_come: bool
) -> None:
    failed = attachment("a.png")
    failed.read.side_effect = error

    files, is_complete = await load_possible([failed, attachment("b.png")])

    assert [file.name for file in files] == ["b.png"]
    assert is_complete is not may_come


def test_a_name_cannot_break_out_of_its_code_span() -> None:
    with pytest.raises(UserError, match=r"`a'\*\*b\.zip`"):
        size_of([attachment("a`**b.zip")])
