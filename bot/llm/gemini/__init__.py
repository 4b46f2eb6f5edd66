"""The Gemini provider; the only package that imports google-generativeai.

Importing it costs 36 MiB and 0.4 s: whoever needs it imports it where it is used, only if there is a key.
"""

from bot.llm.gemini.check import check
from bot.llm.gemini.client import FALLBACK_MODEL, Gemini
from bot.llm.gemini.failures import OLD_KEYS

__all__ = ["FALLBACK_MODEL", "OLD_KEYS", "Gemini", "check"]
