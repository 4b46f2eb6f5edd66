"""An answer that appears on Discord while it is written: paced edits, further messages, an exact end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

import aiohttp
import discord

from bot.message_splitter import LIMIT, split

log = logging.getLogger(__name__)

Send: TypeAlias = Callable[[str, discord.ui.View | None], Awaitable[discord.Message]]
"""Sends the next message of the answer, with its buttons, and returns it."""

_PASSING = (discord.DiscordServerError, aiohttp.ClientError, OSError)
"""What may be over at the next try; discord.py has tried several times by itself."""

PACE = 1.0
"""Seconds between two updates at least; Discord allows five edits in five seconds per channel."""


class LiveAnswer:
    """Keeps Discord's messages equal to a growing ``text``; ``controls`` hang on the last until the end."""

    def __init__(self, send: Send, *, controls: discord.ui.View, pace: float = PACE) -> None:
        self.text = ""
        self.messages: list[discord.Message] = []
        """What was sent, in order."""
        self._send = send
        self._controls = controls
        self._pace = pace
        self._note = ""
        self._shown: list[tuple[str, discord.ui.View | None]] = []
        self._changed = asyncio.Event()
        self._ended = asyncio.Event()

    def append(self, text: str) -> None:
        """Add text; it is shown as soon as the pace allows."""
        if text:
            self.text += text
            self._changed.set()

    def end(self, note: str = "") -> None:
        """Say that the text is complete; ``note`` is for the reader and not a part of it."""
        self._note = note
        self._ended.set()
        self._changed.set()

    async def run(self) -> None:
        """Show the text until it has ended; raises what discord.py raises if its end could not be shown."""
        loop = asyncio.get_running_loop()
        while True:
            await self._changed.wait()
            self._changed.clear()
            if self._ended.is_set():
                break
            began = loop.time()
            try:
                # A code block's marker that is still being written would move the cut before it.
                await self._show(self._contents(self.text.rstrip("`")), self._controls)
            except _PASSING as error:
                log.info("Could not show a part of an answer, trying again: %s", error)
                self._changed.set()
            except discord.HTTPException as error:
                log.info("Discord refused a part of an answer: %s", error)
            # discord.py sits out a 429 inside the call: what took long is asked for less often.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(self._pace, loop.time() - began)):
                    await self._ended.wait()
        await self._show(_with_note(self._contents(self.text), self._note), None)

    def _contents(self, text: str) -> list[str]:
        return [piece.content for piece in split(text)]

    async def _show(self, contents: Sequence[str], controls: discord.ui.View | None) -> None:
        for index, content in enumerate(contents):
            wanted = content, controls if index == len(contents) - 1 else None
            if index == len(self.messages):
                message = await self._send(*wanted)
                self.messages.append(message)
                # It is an older state if it had arrived in a try that seemed to fail (see Reply).
                self._shown.append((message.content, self._controls if message.components else None))
            if self._shown[index] != wanted:
                # Somebody who deletes a part of the answer does not want it back.
                with contextlib.suppress(discord.NotFound):
                    await self.messages[index].edit(content=content, view=wanted[1])
                self._shown[index] = wanted
        while len(self.messages) > len(contents):
            self._shown.pop()
            with contextlib.suppress(discord.NotFound):
                await self.messages.pop().delete()


def _with_note(contents: list[str], note: str) -> list[str]:
    if not note:
        return contents
    if contents and len(contents[-1]) + len(note) + 2 <= LIMIT:
        return [*contents[:-1], f"{contents[-1]}\n\n{note}"]
    return [*contents, note]
