"""An answer that appears on Discord while it is written: paced edits, further messages, an exact end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

import discord

from bot.chat.message_contents import MessageContents
from bot.chat.notices import with_notice
from bot.waiting import happens

if TYPE_CHECKING:
    from bot.chat.throttle import Throttle

log = logging.getLogger(__name__)

Send: TypeAlias = Callable[[str, discord.ui.View | None], Awaitable[discord.Message]]
"""Sends the next message of the answer, with its buttons, and returns it."""

PACE = 1.0
"""Seconds between two updates at least; Discord allows five edits in five seconds per channel."""
END_RETRIES = (1.0, 5.0, 15.0)
"""Seconds before each further try to show the end; discord.py has tried several times by itself."""


class LiveAnswer:
    """Shows a growing `text` in Discord's messages, with its links in plain sight.

    ``controls`` makes the buttons that hang on the last message until the end.
    """

    def __init__(
        self,
        send: Send,
        *,
        controls: Callable[[], discord.ui.View],
        throttle: Throttle,
        pace: float = PACE,
        end_retries: Sequence[float] = END_RETRIES,
    ) -> None:
        self._parts: list[str] = []
        self._contents = MessageContents()
        self.messages: list[discord.Message] = []
        """What was sent, in order."""
        self._send = send
        self._new_controls = controls
        self._controls: dict[int, discord.ui.View] = {}
        """By the index of the message below which they are."""
        self._throttle = throttle
        self._pace = pace
        self._end_retries = end_retries
        self._notice = ""
        self._last_controls: discord.ui.View | None = None
        self._shown: list[tuple[str, discord.ui.View | None] | None] = []
        """The content and buttons of each message; None where they are not known."""
        self._changed = asyncio.Event()
        self._ended = asyncio.Event()

    @property
    def text(self) -> str:
        """What was appended, without white space at its beginning."""
        return "".join(self._parts)

    def append(self, text: str) -> None:
        """Add text, which is shown as soon as the pace allows; white space at the beginning is left out."""
        if text := text if self._parts else text.lstrip():
            self._parts.append(text)
            self._contents.append(text)
            self._changed.set()

    def end(self, notice: str = "", controls: discord.ui.View | None = None) -> None:
        """Complete the text; a ``notice`` stands below it, ``controls`` stay below the last message."""
        self._notice, self._last_controls = notice, controls
        self._ended.set()
        self._changed.set()

    async def run(self) -> None:
        """Show the text until it has ended; raises what discord.py raises if its end could not be shown."""
        try:
            await self._show_as_it_grows()
            await self._show_end()
        finally:
            self._drop_controls()

    async def _show_as_it_grows(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._changed.wait()
            self._changed.clear()
            if self._ended.is_set():
                return
            began = loop.time()
            try:
                if contents := await self._contents.read(is_whole=False):
                    last = len(contents) - 1
                    await self._show(contents, self._controls_for(last))
                    self._drop_controls(but=last)
            except discord.HTTPException as error:
                log.info("Could not show a part of an answer: %s", error)
                if _is_passing(error):
                    self._changed.set()
            # discord.py sits out a 429 inside the call: what took long is asked for less often.
            await happens(self._ended, within=max(self._pace, loop.time() - began))

    def _controls_for(self, place: int) -> discord.ui.View:
        """Return the buttons for the message at ``place``, where there may be some already."""
        if place not in self._controls:
            self._controls[place] = self._new_controls()
        return self._controls[place]

    def _drop_controls(self, *, but: int | None = None) -> None:
        # discord.py keeps whatever once hung on a message until it is stopped.
        for place in [place for place in self._controls if place != but]:
            self._controls.pop(place).stop()

    async def _show_end(self) -> None:
        contents = with_notice(await self._contents.read(is_whole=True), self._notice)
        for wait in self._end_retries:
            try:
                await self._show(contents, self._last_controls)
            except discord.HTTPException as error:
                if not _is_passing(error):
                    raise
                log.info("Could not show the end of an answer, next try in %.0f s: %s", wait, error)
                await asyncio.sleep(wait)
            else:
                return
        await self._show(contents, self._last_controls)

    async def _show(self, contents: Sequence[str], controls: discord.ui.View | None) -> None:
        for index, content in enumerate(contents):
            wanted = content, controls if index == len(contents) - 1 else None
            if index == len(self.messages):
                await self._throttle.turn()
                message = await self._send(*wanted)
                self.messages.append(message)
                # It is an older state if it had arrived in a try that seemed to fail (see Reply).
                is_current = (message.content, bool(message.components)) == (content, wanted[1] is not None)
                self._shown.append(wanted if is_current else None)
            if self._shown[index] != wanted:
                # Somebody who deletes a part of the answer does not want it back.
                await self._throttle.turn()
                with contextlib.suppress(discord.NotFound):
                    await self.messages[index].edit(content=content, view=wanted[1])
                self._shown[index] = wanted
        while len(self.messages) > len(contents):
            self._shown.pop()
            with contextlib.suppress(discord.NotFound):
                await self.messages.pop().delete()


def _is_passing(error: discord.HTTPException) -> bool:
    """Tell whether another try may succeed: after a broken connection, a rate limit, a fault of Discord's."""
    return isinstance(error, discord.DiscordServerError) or error.status == 429  # noqa: PLR2004 - HTTP's own
