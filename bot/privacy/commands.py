"""Cog: everybody's rights over what is stored about them."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import discord
from discord import app_commands
from discord.ext import commands

from bot.errors import UserError
from bot.localization import command_name, language_for, localised
from bot.markup import number
from bot.privacy.embed import privacy_embed
from bot.privacy.view import PrivacyView
from bot.storage.purge import purged_afterwards
from bot.telemetry.postgrest_errors import TelemetryError
from bot.texts import privacy as texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.client import Bot
    from bot.storage.json_value import Json
    from bot.telemetry.personal_data import PersonalData
    from bot.texts import Language

LARGEST_FILE = 9_500_000
"""Bytes; Discord takes 10 MiB (https://discord.com/developers/docs/reference#uploading-files)."""


@runtime_checkable
class KeepsPersonalData(Protocol):
    """A cog that remembers something of people outside of telemetry."""

    async def personal_data(self, user_id: int) -> Mapping[str, Sequence[Json]]:
        """Return what is remembered of a person, by kind."""
        ...

    async def forget_person(self, user_id: int, snowflake: int) -> None:
        """Forget what a person said or kept until the moment of ``snowflake``."""
        ...


class PrivacyCommands(commands.Cog):
    """``/privacy``; everything it answers is shown to the asker alone."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self._exporting = asyncio.Lock()
        """What is stored about somebody who talks much takes up 100 MB while it is packed: one at a time."""

    @app_commands.command(
        name=command_name("privacy", ja=texts.NAME_JA), description=localised(texts.DESCRIPTION)
    )
    async def privacy(self, interaction: discord.Interaction[Bot]) -> None:
        """Show what is stored about the asker, with buttons to export and delete it, and to say no."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        user_id, language = interaction.user.id, language_for(interaction)
        embed = await self.overview(user_id, language)  # which reads an opt-out that went to another bot
        view = PrivacyView(
            self,
            language,
            interaction,
            opted_out=self.has_opted_out(user_id),
            is_on=self._telemetry is not None,
        )
        await interaction.edit_original_response(embed=embed, view=view)

    def has_opted_out(self, user_id: int) -> bool:
        """Whether this person's conversations are not recorded."""
        return self._telemetry is not None and self._telemetry.has_opted_out(user_id)

    async def overview(self, user_id: int, language: Language, *, is_sent: bool = True) -> discord.Embed:
        """Return what is stored about a person; ``is_sent``: whether the database knows of their opt-out."""
        stored = await self._telemetry.stored(user_id) if self._telemetry else None
        remembered = await self._remembered(user_id)
        return privacy_embed(
            stored, remembered, language, opted_out=self.has_opted_out(user_id), is_sent=is_sent
        )

    async def set_opt_out(self, user_id: int, *, opted_out: bool) -> bool:
        """Stop or allow recording; returns whether the database knows it already."""
        return self._telemetry is None or await self._telemetry.set_opt_out(user_id, opted_out=opted_out)

    async def export(self, user_id: int) -> discord.File:
        """Return everything about a person as a file; raises UserError where that is impossible now."""
        async with self._exporting:
            try:
                stored = await self._telemetry.export(user_id) if self._telemetry else {}
            except TelemetryError as error:
                raise UserError(texts.EXPORT_IMPOSSIBLE) from error
            export = {
                "user_id": str(user_id),
                "exported_at": datetime.now(UTC).isoformat(),
                **stored,
                **await self._remembered(user_id),
            }
            return await asyncio.to_thread(_packed, export, f"otonari-{user_id}.json")

    async def delete(self, user_id: int, snowflake: int, language: Language) -> str:
        """Delete everything about a person until the moment of ``snowflake``; returns what to tell them."""
        async with purged_afterwards(self.bot.state):
            for cog in self._keepers():
                await cog.forget_person(user_id, snowflake)
            if self._telemetry is None:
                return texts.DELETED(language, count=0)
            erased = await self._telemetry.erase(user_id)
        if erased.needs_update:
            return texts.DELETED_AFTER_UPDATE(language)
        if not erased.is_complete:
            return texts.DELETED_LATER(language)
        return texts.DELETED(language, count=number(erased.rows))

    @property
    def _telemetry(self) -> PersonalData | None:
        return self.bot.supabase_client.privacy

    def _keepers(self) -> list[KeepsPersonalData]:
        return [cog for cog in self.bot.cogs.values() if isinstance(cog, KeepsPersonalData)]

    async def _remembered(self, user_id: int) -> dict[str, Sequence[Json]]:
        found: dict[str, Sequence[Json]] = {}
        for cog in self._keepers():
            found |= await cog.personal_data(user_id)
        return found


def _packed(export: Mapping[str, object], name: str) -> discord.File:
    """Return an export as a file, compressed where it must be; raises UserError where that is not enough."""
    data = json.dumps(export, ensure_ascii=False, indent=2).encode()
    if len(data) > LARGEST_FILE:
        data, name = gzip.compress(data), f"{name}.gz"
    if len(data) > LARGEST_FILE:
        raise UserError(texts.EXPORT_TOO_LARGE)
    return discord.File(io.BytesIO(data), name)
