"""Reads messages of a channel; one that discord.py cannot read is left out, not all of them with it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import discord

log = logging.getLogger(__name__)


async def read_messages(
    channel: discord.abc.Messageable,
    *,
    limit: int,
    before: discord.abc.Snowflake | None = None,
    around: discord.abc.Snowflake | None = None,
) -> list[discord.Message]:
    """Return at most ``limit`` (up to 100) messages, the newest first. Raises discord.HTTPException.

    As `discord.abc.Messageable.history` does, which ends at the first message that it cannot read.
    """
    place = await channel._get_channel()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - as `history` does
    state = channel._state  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - as `history` does
    found = await state.http.logs_from(
        place.id, limit, before=before.id if before else None, around=around.id if around else None
    )
    messages: list[discord.Message] = []
    for data in found:
        try:
            _ = data["author"]  # Without it discord.py would make a message that lacks the attribute.
            message = state.create_message(channel=place, data=data)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one message, the others can be read
            log.info("A message in %s cannot be read and is left out: %r", place.id, error)
        else:
            messages.append(message)
    return messages
