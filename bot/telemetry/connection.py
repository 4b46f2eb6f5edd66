"""Everything that talks to the Supabase project, made and ended together."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.redaction import redactor
from bot.telemetry.delivery import Delivery
from bot.telemetry.maintenance import Maintenance
from bot.telemetry.network_view import NetworkView
from bot.telemetry.personal_data import PersonalData
from bot.telemetry.supabase_api import SupabaseApi
from bot.telemetry.supabase_log_handler import SupabaseLogHandler

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.telemetry.opt_outs import OptOuts
    from bot.telemetry.outbox import Outbox
    from bot.telemetry.storage_guard import StorageGuard


class SupabaseConnection:
    """Delivery, maintenance, what can be asked, and the handler that records the bot's own log."""

    def __init__(
        self,
        settings: Settings,
        url: str,
        key: str,
        *,
        outbox: Outbox,
        opt_outs: OptOuts,
        guard: StorageGuard,
    ) -> None:
        self.api = SupabaseApi(url, key)
        self.view = NetworkView(settings.bot_id, outbox, self.api)
        self.delivery = Delivery(outbox, self.api, on_delivered=self.view.note_delivered)
        self.maintenance = Maintenance(
            self.api, key, self.delivery, view=self.view, opt_outs=opt_outs, guard=guard
        )
        self.privacy = PersonalData(opt_outs, outbox, self.api, self.delivery)
        self._log_handler = SupabaseLogHandler(
            settings.supabase_log_level,
            bot_id=settings.bot_id,
            record=outbox.record,
            redact=redactor(settings.secrets),
        )

    async def open(self, seconds: float) -> None:
        """Start everything, and wait for the start-up check to have said something, ``seconds`` at most."""
        logging.getLogger().addHandler(self._log_handler)
        self.delivery.start()
        self.maintenance.start()
        await self.maintenance.first_check(seconds)

    async def close(self, seconds: float) -> None:
        """Send what is left, for ``seconds`` at most, and end everything."""
        logging.getLogger().removeHandler(self._log_handler)
        await self.maintenance.close()
        await self.delivery.flush(seconds)
        await self.delivery.close()
        await self.api.close()
