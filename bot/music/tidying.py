"""Deletes the messages of a request channel some time after they came."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Literal, TypeAlias

import discord

from bot.background_tasks import cancel_and_wait
from bot.waiting import happens

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

log = logging.getLogger(__name__)

PAUSE = 10.0
"""Seconds from one deletion, of all that is due, to the next; the controller moves no more often."""
SOON = 30.0
"""Seconds within which a message need not be passed by the controller: it will be gone."""
AT_ONCE = 100
"""https://docs.discord.com/developers/resources/message#bulk-delete-messages"""
Writer: TypeAlias = Literal["bot", "person", "other"]
"""Who wrote a message: this bot, a person whose request goes, or whose words stay, such as another bot."""
Channel: TypeAlias = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread
"""Where requests may be written."""


class Tidier:
    """Deletes messages of one channel when they are due, then calls ``on_tidied``.

    People's take Manage Messages, without which they stay; ``is_kept`` tells of one of the bot that stays.
    """

    def __init__(
        self,
        find: Callable[[], Channel | None],
        *,
        is_kept: Callable[[int], bool],
        on_tidied: Callable[[Collection[int]], None],
    ) -> None:
        """``find`` returns the channel, None where it is gone.

        ``on_tidied`` is told which messages are gone, or will soon be.
        """
        self._find = find
        self._is_kept = is_kept
        self._on_tidied = on_tidied
        self._due: dict[int, tuple[float, Writer]] = {}
        """By message: when it is due, by the loop's clock, and who wrote it."""
        self._added = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def add(self, message_id: int, writer: Writer, *, after: float) -> None:
        """Delete a message ``after`` so many seconds."""
        self._due[message_id] = asyncio.get_running_loop().time() + after, writer
        self._added.set()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    def forget(self, message_id: int) -> None:
        """Leave out a message that somebody else has deleted."""
        self._due.pop(message_id, None)

    async def close(self) -> None:
        """Delete nothing any more."""
        await cancel_and_wait(self._task)

    async def _run(self) -> None:
        now = asyncio.get_running_loop().time
        while self._due:
            self._added.clear()
            wait = min(due for due, _writer in self._due.values()) - now()
            if wait > 0:
                await happens(self._added, wait)
                continue
            await self.tidy()
            await asyncio.sleep(PAUSE)

    async def tidy(self) -> None:
        """Delete what is due."""
        now, channel = asyncio.get_running_loop().time(), self._find()
        due = {message_id: writer for message_id, (at, writer) in self._due.items() if at <= now}
        for message_id in due:
            del self._due[message_id]
        if channel is None:
            return
        may_manage = channel.permissions_for(channel.guild.me).manage_messages
        writers = {"bot", "person"} if may_manage else {"bot"}
        gone = [key for key, writer in due.items() if writer in writers and not self._is_kept(key)]
        await _delete(channel, gone, at_once=may_manage)
        soon = [
            key
            for key, (at, writer) in self._due.items()
            if at - now <= SOON and writer in writers and not self._is_kept(key)
        ]
        self._on_tidied({*gone, *soon})


async def _delete(channel: Channel, message_ids: Sequence[int], *, at_once: bool) -> None:
    """Delete messages, ``at_once`` where the bot may do that; what Discord refuses is logged and stays."""
    step = AT_ONCE if at_once else 1
    for start in range(0, len(message_ids), step):
        messages = [channel.get_partial_message(key) for key in message_ids[start : start + step]]
        try:
            if len(messages) == 1:
                await messages[0].delete()
            else:
                await channel.delete_messages(messages)
        except discord.NotFound:
            continue
        except discord.HTTPException as error:
            log.info("Channel %s: messages cannot be tidied away: %s", channel.id, error)
