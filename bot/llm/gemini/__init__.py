"""Gemini: turns in, text chunks and usage out; the only package that imports google-generativeai."""

from bot.llm.gemini.check import check
from bot.llm.gemini.client import FALLBACK_MODEL, Gemini, Patience

__all__ = ["FALLBACK_MODEL", "Gemini", "Patience", "check"]
