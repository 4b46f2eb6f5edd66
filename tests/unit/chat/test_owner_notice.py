from __future__ import annotations

from unittest.mock import AsyncMock, Mock

import discord
import pytest

from bot.chat.owner_notice import OwnerNotice
from bot.discord_http import DiscordUnreachableError


@pytest.mark.parametrize(
    ("refusal", "tries"),
    [(discord.Forbidden(Mock(status=403), "no"), 1), (DiscordUnreachableError(ConnectionResetError()), 2)],
)
async def test_the_owner_is_told_once_discord_can_be_reached(
    refusal: discord.HTTPException, tries: int
) -> None:
    bot = Mock(settings=Mock(bot_language="ja"))
    bot.gemini.replaced_model, bot.gemini.model_for = "gemini-old", lambda _chosen: "gemini-flash-latest"
    owner = Mock(send=AsyncMock(side_effect=[refusal, None, None]))
    bot.application_info, bot.fetch_user = AsyncMock(), AsyncMock(return_value=owner)
    notice = OwnerNotice(bot)

    for _ in range(3):
        await notice.report_replaced_model()

    assert owner.send.await_count == tries
