"""Gemini: turns in, text chunks and usage out; the only package that imports google-generativeai."""

from bot.gemini.check import check
from bot.gemini.chunks import Chunk, Ending, Usage
from bot.gemini.client import FALLBACK_MODEL, Gemini, Patience
from bot.gemini.tools import Parameter, Tool, Toolbox

__all__ = [
    "FALLBACK_MODEL",
    "Chunk",
    "Ending",
    "Gemini",
    "Parameter",
    "Patience",
    "Tool",
    "Toolbox",
    "Usage",
    "check",
]
