"""What the stand-in says: small talk in Japanese or English, the same answer to the same conversation."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

from sandbox.gemini import samples
from sandbox.gemini.continuation import go_on
from sandbox.gemini.conversation import language_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.gemini.conversation import Attachment, Conversation

_LONG = 4_200
_LONGEST = 40_000
_QUOTED = 60
_REPLIES: list[dict[str, str]] = tomllib.loads(
    (Path(__file__).parent / "material" / "small_talk.toml").read_text("utf-8")
)["reply"]

_SELF = r"(?:私|わたし|僕|ぼく|俺|おれ)"
_NAME_TOLD = re.compile(
    r"(?:my name is|call me|i am called)\s+(?P<en>[\w'’-]+)"
    rf"|{_SELF}の名前は\s*(?P<ja>[^\s。、！!？?]{{1,20}}?)\s*(?:です|だよ|といいます|と申します)"
    rf"|(?:{_SELF}は\s*)?(?P<plain>[^\s。、！!？?]{{1,20}}?)\s*(?:といいます|と申します|って呼んで|と呼んで)",
    re.IGNORECASE,
)
_NAME_ASKED = re.compile(
    r"what(?:'s| is) my name|who am i"
    rf"|{_SELF}の名前.{{0,8}}(?:何|なに|なん|覚え|わかる|分かる|言って|[?？])|{_SELF}は(?:誰|だれ)",
    re.IGNORECASE,
)
_EARLIER_ASKED = re.compile(
    r"what did i (?:just )?say|(?:さっき|前に|直前に).{0,8}(?:言った|言いました|聞いた)", re.IGNORECASE
)
_VERBATIM = re.compile(
    r"(?:repeat after me|say exactly|(?:次を)?そのまま(?:繰り返して|言って))\s*[:：]\s?(?P<text>.+)",
    re.IGNORECASE | re.DOTALL,
)
_LONG_ASKED = re.compile(
    r"\blong\b|in detail|長い|長文|長く|詳しく|\d{4,5}\s*(?:文字|字|characters)", re.IGNORECASE
)
_FILE_NAMED = re.compile(r"^\[attachment: .*\]$", re.MULTILINE)
"""How the bot tells of a file besides showing it."""
_SUM = re.compile(r"(?<![\d.:/-])(\d{1,9})\s*([+\-*×÷/])\s*(\d{1,9})(?![\d.:/-])")  # but no date


def answer(conversation: Conversation) -> str:
    """Return the answer to the last user turn; any earlier turn may be remembered in it."""
    for topic in _TOPICS:
        text = topic(conversation)
        if text is not None:
            return text
    return _reflection(conversation)


def _verbatim(conversation: Conversation) -> str | None:
    match = _VERBATIM.search(conversation.prompt)
    return match["text"] if match else None


def _continued(conversation: Conversation) -> str | None:
    return go_on(conversation, answer)


def _attachments(conversation: Conversation) -> str | None:
    if not conversation.attachments:
        return None
    listed = "\n".join(f"- {_describe(item)}" for item in conversation.attachments)
    said = _FILE_NAMED.sub("", conversation.text).strip()
    if not said or language_of(said) == "ja":
        return f"添付を受け取りました。\n\n{listed}"
    return f"I received:\n\n{listed}"


def _describe(attachment: Attachment) -> str:
    return f"`{attachment.mime_type}` ({attachment.size:,} bytes)"


def _name_asked(conversation: Conversation) -> str | None:
    if not _NAME_ASKED.search(conversation.text):
        return None
    names = [name for text in conversation.earlier_texts if (name := _name_in(text))]
    if conversation.language == "ja":
        return (
            f"{names[-1]} さんですね。ちゃんと覚えていますよ。"
            if names
            else "まだお名前を伺っていません。教えていただけますか？"
        )
    return f"You are {names[-1]}. I remember!" if names else "You have not told me your name yet. What is it?"


def _name_told(conversation: Conversation) -> str | None:
    name = _name_in(conversation.text)
    if name is None:
        return None
    if conversation.language == "ja":
        return f"{name} さん、はじめまして。覚えておきますね！"
    return f"Nice to meet you, {name}. I will remember that."


def _name_in(text: str) -> str | None:
    match = _NAME_TOLD.search(text)
    return next((group for group in match.groups() if group), None) if match else None


def _earlier(conversation: Conversation) -> str | None:
    if not _EARLIER_ASKED.search(conversation.text):
        return None
    earlier = conversation.earlier_texts
    if conversation.language == "ja":
        return f"「{earlier[-1]}」とおっしゃいました。" if earlier else "これが最初のメッセージですよ。"
    return f"You said: “{earlier[-1]}”" if earlier else "This is your first message to me."


def _arithmetic(conversation: Conversation) -> str | None:
    match = _SUM.search(conversation.text)
    if not match:
        return None
    left, sign, right = int(match[1]), match[2], int(match[3])
    if sign in "/÷" and right == 0:
        return "0 では割れません。" if conversation.language == "ja" else "Nothing can be divided by 0."
    results = {"+": left + right, "-": left - right, "*": left * right, "×": left * right}
    result = results[sign] if sign in results else f"{left / right:g}"
    return (
        f"{left} {sign} {right} = **{result}** です。"
        if conversation.language == "ja"
        else f"{left} {sign} {right} = **{result}**"
    )


def _code(conversation: Conversation) -> str | None:
    prompt = conversation.text.lower()
    if not re.search(r"code|program|script|function|コード|プログラム|関数|スクリプト|sql", prompt):
        return None
    name = next((name for name in samples.PROGRAMMING_LANGUAGES if name in prompt), "python")
    return samples.sample(name, conversation.language)


def _long(conversation: Conversation) -> str | None:
    if not _LONG_ASKED.search(conversation.text):
        return None
    wished = re.search(r"(\d{4,5})\s*(?:文字|字|characters)", conversation.text)
    length = min(int(wished[1]), _LONGEST) if wished else _LONG
    return samples.guide(conversation.language, length)


def _laid_out(conversation: Conversation) -> str | None:
    if re.search(r"table|表で|表に|表を", conversation.text, re.IGNORECASE):
        return samples.sample("table", conversation.language)
    if re.search(r"\blist\b|bullet|リスト|箇条書き|一覧", conversation.text, re.IGNORECASE):
        return samples.sample("list", conversation.language)
    return None


def _said(conversation: Conversation) -> str | None:
    for reply in _REPLIES:
        if re.search(reply["pattern"], conversation.text, re.IGNORECASE):
            return reply[conversation.language]
    return None


def _reflection(conversation: Conversation) -> str:
    prompt = conversation.text.strip()
    quoted = prompt if len(prompt) <= _QUOTED else f"{prompt[:_QUOTED]}…"
    if conversation.language == "ja":
        choices = (
            f"「{quoted}」ですね。もう少し詳しく聞かせていただけますか？",
            f"「{quoted}」、いい話題ですね。私もそう思います。",
            f"なるほど、「{quoted}」ですか。どうしてそう思われたのですか？",
        )
    else:
        choices = (
            f"“{quoted}” — tell me a little more about it.",
            f"“{quoted}” is a good topic. I see it much the same way.",
            f"I see: “{quoted}”. What makes you think of it?",
        )
    return choices[crc32(prompt.encode("utf-8", "surrogatepass")) % len(choices)]


_TOPICS: tuple[Callable[[Conversation], str | None], ...] = (
    _verbatim,
    _continued,
    _attachments,
    _name_asked,
    _name_told,
    _earlier,
    _arithmetic,
    _long,
    _code,
    _laid_out,
    _said,
)
