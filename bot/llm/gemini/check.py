"""Checks the key and the model without paying for an answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.llm.gemini.failures import translate
from bot.llm.gemini.sdk import get_model, google_exceptions

if TYPE_CHECKING:
    from bot.config import Settings

SECONDS = 10.0


async def check(settings: Settings) -> None:
    """Ask the API for the configured model; raises LLMError.

    For a process without a `Gemini`: the package's configuration is global, and this replaces it.
    """
    key, endpoint, model = str(settings.gemini_api_key), settings.gemini_api_endpoint, settings.gemini_model
    try:
        await asyncio.to_thread(get_model, key, endpoint, model, SECONDS)
    except google_exceptions.GoogleAPICallError as error:
        raise translate(error, model, key) from error
