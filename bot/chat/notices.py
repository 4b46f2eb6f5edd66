"""Adding the bot's notices to its answers, and taking them off those that a channel's history has. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.discord_limits import MESSAGE_LENGTH
from bot.notice_mark import MARK, marked

if TYPE_CHECKING:
    from collections.abc import Sequence

_MARKS = re.compile("\u200b{2,}")
_UNMARKED_NOTICE = re.compile(
    r"(?:\n\n|\A)(?:👋 (?:お呼びですか|You called)|💤 (?:Geminiのキー|I cannot chat)"
    r"|🧹 (?:ここでの会話|I have forgotten our)|✂️ (?:長さの上限に達した|Cut off at the length)"
    r"|⏹ (?:[^\n]*さんが止めました|Stopped by )|🐢 (?:質問が続いて|That is a lot of)"
    r"|🪙 (?:あなたの今日|このサーバーの今日|You have used up|This server has used up)"
    r"|📎 (?:`|ファイルが合わせて|Together the files|I (?:cannot read|could not load) `)"
    r"|⏳ (?:Geminiの利用枠|The Gemini quota)|🌩️ Gemini(?:がとても| is overloaded)"
    r"|⌛ Gemini(?:の返事が| did not answer)|📡 (?:Geminiに接続|I could not reach)"
    r"|🚫 (?:この内容には、Gemini|Geminiが回答を|Gemini's safety|Gemini stopped)"
    r"|🤔 Gemini(?:から空の|'s answer was)|🔑 Gemini(?:のキーが| does not accept)"
    r"|🔒 (?:このキーでは|This key may)|🔍 (?:Geminiのモデル|There is no Gemini)"
    r"|🧩 Gemini(?:がこの| did not accept)|⚠️ Gemini(?:で問題が| ran into))[^\n]*\Z"
)
"""How the notices of the first version begin, which had no mark."""


def with_notice(contents: Sequence[str], notice: str) -> list[str]:
    """Return the messages of an answer with a notice below the last, or behind it where it has no room."""
    if not notice:
        return [*contents]
    below = f"\n\n{marked(notice)}"
    if contents and len(contents[-1]) + len(below) <= MESSAGE_LENGTH:
        return [*contents[:-1], contents[-1] + below]
    return [*contents, marked(notice)]


def without_marks(text: str) -> str:
    """Return text that is no notice without anything that looks like the mark; it reads the same."""
    return _MARKS.sub("\u200b", text)


def without_notice(content: str) -> str:
    """Return what a message of the bot says besides the notice at its end, "" if it is nothing else."""
    return content.partition(MARK)[0].removesuffix("\n\n")


def without_unmarked_notice(content: str) -> str:
    """Return what a message of the first version says besides the notice at its end."""
    return _UNMARKED_NOTICE.sub("", content)
