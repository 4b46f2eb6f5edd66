"""Keeping Discord patient while an interaction takes its time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from bot.background_tasks import cancel_and_wait

if TYPE_CHECKING:
    from collections.abc import Coroutine

    import discord

T = TypeVar("T")

DEFER_AFTER = 1.5
"""Seconds; Discord wants a sign of life within 3. An error before that can still be shown privately.
https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-callback"""


async def deferring(
    interaction: discord.Interaction[discord.Client], work: Coroutine[object, object, T]
) -> T:
    """Return what ``work`` returns; defer the interaction where that takes longer than `DEFER_AFTER`.

    A command then shows "thinking…", a button nothing. Raises what ``work`` raises.
    """
    task = asyncio.create_task(work)
    try:
        if not (await asyncio.wait({task}, timeout=DEFER_AFTER))[0]:
            await interaction.response.defer()
        return await task
    finally:
        await cancel_and_wait(task)
