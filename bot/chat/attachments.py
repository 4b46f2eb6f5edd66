"""Loads what people attach to their messages: images, PDFs, audio, text and code."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import aiohttp
import discord

from bot import discord_http
from bot.errors import UserError
from bot.escaping import Label, code_label
from bot.llm.turns import File
from bot.texts import chat as texts
from bot.units import MEBIBYTE, format_file_size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.chat.file_budget import FileBudget

log = logging.getLogger(__name__)

LOADING_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file that a model reads, and how large it may be."""

    name: str
    limit: int
    """Bytes."""
    types: dict[str, str]
    """By a filename's ending, the MIME type that Gemini knows it by."""


_TEXT_ENDINGS = """
    txt md markdown rst log csv tsv json jsonl yaml yml toml ini cfg conf xml html htm css scss svg tex
    srt vtt py pyi js jsx ts tsx mjs c h cc cpp hpp cs java kt go rs rb php pl lua sh bash zsh ps1 bat sql
    swift scala dart r m vue svelte dockerfile makefile diff patch gradle proto
"""
IMAGE = Kind(
    "image",
    8 * MEBIBYTE,
    {
        "png": "image/png",
        "jpg": "image/jpeg",
        "jpeg": "image/jpeg",
        "webp": "image/webp",
        "heic": "image/heic",
        "heif": "image/heif",
    },
)
PDF = Kind("PDF", 15 * MEBIBYTE, {"pdf": "application/pdf"})
AUDIO = Kind(
    "audio",
    15 * MEBIBYTE,
    {
        "mp3": "audio/mp3",
        "wav": "audio/wav",
        "ogg": "audio/ogg",
        "oga": "audio/ogg",
        "opus": "audio/ogg",
        "flac": "audio/flac",
        "aac": "audio/aac",
        "aiff": "audio/aiff",
        "aif": "audio/aiff",
        "m4a": "audio/m4a",
    },
)
TEXT = Kind(
    "text",
    MEBIBYTE // 4,
    dict.fromkeys(_TEXT_ENDINGS.split(), "text/plain"),
)
KINDS = (IMAGE, PDF, AUDIO, TEXT)
TOTAL_LIMIT = 18 * MEBIBYTE
"""Of one question: the API takes 20 MB in one request, text included
(https://ai.google.dev/gemini-api/docs/document-processing)."""
_ALIASES = {"audio/mpeg": "audio/mp3", "audio/x-wav": "audio/wav", "audio/x-m4a": "audio/m4a"}
_ENCODINGS = ("utf-8-sig", "cp932")
"""What text files of Japanese people are written in; UTF-16 says so by its first bytes."""


def kind_of(filename: str, content_type: str | None) -> tuple[Kind, str] | None:
    """Return a file's kind and the MIME type for the model, None where no model reads it.

    The ending counts more than the type, which Discord guesses: it takes TypeScript for a video.
    """
    ending = filename.rpartition(".")[2].lower()
    named = (content_type or "").partition(";")[0].strip().lower()
    named = _ALIASES.get(named, named)
    for kind in KINDS:
        if ending in kind.types:
            return kind, kind.types[ending]
        if named in kind.types.values():
            return kind, named
    return (TEXT, "text/plain") if named.startswith("text/") else None


def size_of(attachments: Sequence[discord.Attachment]) -> int:
    """Return the bytes of files together; raises UserError for the first that a model cannot read."""
    for attachment in attachments:
        _check(attachment)
    size = sum(attachment.size for attachment in attachments)
    if size > TOTAL_LIMIT:
        raise UserError(texts.FILES_TOO_LARGE, limit=format_file_size(TOTAL_LIMIT))
    return size


def readable(attachments: Sequence[discord.Attachment], room: int = TOTAL_LIMIT) -> list[discord.Attachment]:
    """Return those that a model can read and that fit into ``room`` bytes together, the first before others.

    Of files that somebody else attached: the asker cannot change them.
    """
    chosen: list[discord.Attachment] = []
    for attachment in attachments:
        try:
            _check(attachment)
        except UserError as error:
            log.info("Left out an attachment: %s", error)
            continue
        if attachment.size <= room:
            room -= attachment.size
            chosen.append(attachment)
    return chosen


async def load(attachments: Sequence[discord.Attachment]) -> tuple[File, ...]:
    """Return the files in a form that a model reads; raises UserError for one that cannot be loaded."""
    return tuple(await asyncio.gather(*map(_load, attachments)))


class Loaded(NamedTuple):
    """The files that could be loaded."""

    files: tuple[File, ...]
    is_complete: bool
    """Whether none is missing that may be there at another try."""


async def load_possible(attachments: Sequence[discord.Attachment]) -> Loaded:
    """Return those of the `readable` files that could be loaded."""
    files: list[File] = []
    is_complete = True
    for attachment in attachments:
        try:
            files.append(await _load(attachment))
        except UserError as error:
            log.info("Left out an attachment: %s", error)
            is_gone = isinstance(error.__cause__, discord.NotFound | discord.Forbidden)
            is_complete = is_complete and (error.text is not texts.FILE_GONE or is_gone)
    return Loaded(tuple(files), is_complete)


async def load_when_possible(
    attachments: Sequence[discord.Attachment], budget: FileBudget, *, whose: int
) -> Loaded:
    """Do the same as soon as there is room in ``budget``; where that takes too long, none of them."""
    try:
        async with budget.hold(sum(attachment.size for attachment in attachments), whose=whose):
            return await load_possible(attachments)
    except UserError as error:
        log.info("Left out an attachment: %s", error)
        return Loaded((), is_complete=not attachments)


def _check(attachment: discord.Attachment) -> None:
    name = _safe(attachment.filename)
    found = kind_of(attachment.filename, attachment.content_type)
    if found is None:
        raise UserError(texts.FILE_UNREADABLE_KIND, name=name)
    kind, _type = found
    if attachment.size > kind.limit:
        size, limit = format_file_size(attachment.size), format_file_size(kind.limit)
        raise UserError(texts.FILE_TOO_LARGE, name=name, size=size, limit=limit)
    if attachment.size == 0:
        raise UserError(texts.FILE_EMPTY, name=name)


async def _load(attachment: discord.Attachment) -> File:
    name = _safe(attachment.filename)
    found = kind_of(attachment.filename, attachment.content_type)
    if found is None:
        raise UserError(texts.FILE_UNREADABLE_KIND, name=name)
    kind, mime_type = found
    try:
        async with asyncio.timeout(LOADING_SECONDS):
            data = await discord_http.read_file(attachment)
    except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
        raise UserError(texts.FILE_GONE, name=name) from error
    if kind is not TEXT:
        return File(attachment.filename, mime_type, data)
    text = _decoded(data)
    if text is None:
        raise UserError(texts.FILE_UNREADABLE_KIND, name=name)
    return File(attachment.filename, mime_type, text.encode())


def _decoded(data: bytes) -> str | None:
    """Return text, or None for what is no text in spite of its name."""
    encodings = ("utf-16",) if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else _ENCODINGS
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text
    return None


def _safe(name: str) -> Label:
    return code_label(name)
