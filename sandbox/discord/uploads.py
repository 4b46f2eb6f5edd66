"""Message bodies with files, and the files themselves.

https://discord.com/developers/docs/reference#uploading-files
"""

from __future__ import annotations

import asyncio
import mimetypes
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import BodyPartReader, web

from sandbox.discord.errors import ApiError
from sandbox.discord.wire import parse_object, read_object

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.discord.wire import Json

FILE_LIMIT = 10 * 1024 * 1024
"""Bytes in one file of a guild without boosts."""
FILES = 10
PAYLOAD = web.RequestKey("payload", object)
"""Where a request keeps the JSON of a multipart body, for those who watch."""
_FIELD = re.compile(r"files\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Upload:
    """One file as it was sent."""

    filename: str
    content_type: str
    data: bytes


@dataclass(slots=True)
class Body:
    """A request's JSON and its files by the number in ``files[n]``."""

    json: Json
    files: dict[str, Upload] = field(default_factory=dict[str, Upload])


async def read_body(request: web.Request) -> Body:
    """Read JSON, or multipart with ``payload_json`` and ``files[n]``; raises ApiError 50109 or 40005."""
    if request.content_type != "multipart/form-data":
        return Body(await read_object(request))
    body = Body({})
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        match = _FIELD.fullmatch(part.name or "")
        data = bytes(await part.read(decode=False))
        if part.name == "payload_json":
            body.json = request[PAYLOAD] = parse_object(data)
        elif match is not None:
            content_type = part.headers.get("Content-Type", "application/octet-stream")
            body.files[match[1]] = Upload(part.filename or "file", content_type, data)
    return body


def check_sizes(files: dict[str, Upload]) -> None:
    """Raise ApiError 40005 when a file is too large."""
    if any(len(upload.data) > FILE_LIMIT for upload in files.values()):
        raise ApiError(413, 40005, "Request entity too large")


class Blobs:
    """Uploaded files by attachment id: on disk under ``directory``, in memory when it is None."""

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory
        self._memory: dict[str, bytes] = {}

    async def save(self, attachment_id: str, data: bytes) -> None:
        """Keep a file."""
        if self._directory is None:
            self._memory[attachment_id] = data
        else:
            self._directory.mkdir(parents=True, exist_ok=True)
            await asyncio.to_thread((self._directory / attachment_id).write_bytes, data)

    async def load(self, attachment_id: str) -> bytes | None:
        """Return a file, None when there is none."""
        if self._directory is None:
            return self._memory.get(attachment_id)
        path = self._directory / attachment_id
        if not attachment_id.isdecimal() or not path.is_file():
            return None
        return await asyncio.to_thread(path.read_bytes)

    @staticmethod
    def content_type(filename: str) -> str:
        """Return the type to serve a file with."""
        return mimetypes.guess_type(filename)[0] or "application/octet-stream"


def safe_filename(name: str) -> str:
    """Return the name Discord keeps: letters, digits, dots, hyphens and underscores."""
    return re.sub(r"[^\w.-]", "_", name, flags=re.ASCII)[-128:] or "file"
