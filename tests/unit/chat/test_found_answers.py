"""The bot's answers are found among the messages of a channel."""

from __future__ import annotations

from unittest.mock import MagicMock

import discord
import pytest

from bot.chat.found_answers import FoundAnswer, find_answers, missing_references
from bot.notice_mark import marked

ME = MagicMock(spec=discord.ClientUser, id=1, bot=True)
HARU = MagicMock(spec=discord.Member, id=2, bot=False)
FULL = "あ" * 1000


def message(
    message_id: int,
    content: str,
    author: MagicMock = ME,
    *,
    replied: int | discord.Message | None = None,
    by_command: bool = False,
) -> discord.Message:
    """Return a message; it replies to one that Discord sent along, or to one of which it only has the id."""
    reference = None
    if replied is not None:
        is_id = isinstance(replied, int)
        reference = MagicMock(
            spec=discord.MessageReference,
            message_id=replied if is_id else replied.id,
            resolved=None if is_id else replied,
        )
    return MagicMock(
        spec=discord.Message,
        id=message_id,
        content=content,
        author=author,
        webhook_id=None,
        reference=reference,
        type=discord.MessageType.reply if reference else discord.MessageType.default,
        interaction_metadata=MagicMock() if by_command else None,
    )


def found(*messages: discord.Message) -> list[tuple[int | None, list[int]]]:
    """Return the answers found: the id of what was asked, and those of the parts."""
    answers = find_answers({each.id: each for each in messages}, ME, ())
    return [
        (answer.prompt.id if answer.prompt else None, [part.id for part in answer.parts])
        for answer in answers
    ]


ASKED = message(10, "?", HARU)


def test_parts_are_found_by_their_replies_whatever_stands_between() -> None:
    parts = [message(11, "1", replied=ASKED), message(13, "2", replied=11), message(15, "3", replied=13)]

    assert found(ASKED, *parts, message(12, "x", HARU), message(14, "y")) == [(10, [11, 13, 15])]


def test_a_part_that_replies_to_nothing_goes_on_with_a_full_one_right_before_it() -> None:
    first = message(11, FULL, replied=ASKED)

    assert found(ASKED, first, message(12, "2")) == [(10, [11, 12])]
    assert found(ASKED, first, message(12, "x", HARU), message(13, "2")) == [(10, [11])]
    assert found(ASKED, message(11, "short", replied=ASKED), message(12, "2")) == [(10, [11])]


def test_an_answer_to_a_slash_command_has_no_known_prompt() -> None:
    first = message(11, "1", by_command=True)

    assert found(first, message(12, "2", replied=11, by_command=True)) == [(None, [11, 12])]


def test_what_answers_another_bot_or_has_lost_its_beginning_is_left_out() -> None:
    other = message(10, "?", MagicMock(spec=discord.Member, id=3, bot=True))

    assert found(other, message(11, "1", replied=other), message(13, "2", replied=9)) == []


def test_an_error_sentence_of_a_slash_command_is_no_answer() -> None:
    refused = message(11, marked("🌩️ Discord is down."), by_command=True)

    (answer,) = find_answers({11: refused}, ME, ())

    assert answer.text(marked_since=0) == ""


OLD_NOTICES = [
    "✂️ 長さの上限に達したため、ここで切れています。「続き」を押すか「続けて」と返信すると続きを書きます。",
    "✂️ Cut off at the length limit. Press Continue, or reply “continue”, and I will go on.",
    "⏹ はる さんが止めました。",
    "⏹ Stopped by はる.",
    "⏳ Geminiの利用枠を使い切りました。30秒ほど待って、もう一度お試しください。",
    "🚫 Gemini stopped this answer midway (reason: SAFETY).",
    "🪙 あなたの今日の利用枠（1 トークン）を使い切りました。<t:1:R> にまた使えます。",
    "📎 I could not load `a.png`. Please send it again.",
]
"""As the first version wrote them, without a mark."""


def test_the_text_is_without_the_bots_notices() -> None:
    notice = marked("✂️ cut off\n\n> by `somebody`")
    parts = [message(11, f"1\n\n{notice}", replied=ASKED), message(12, notice, replied=11)]

    (answer,) = find_answers({each.id: each for each in (ASKED, *parts)}, ME, ())

    assert answer.text(marked_since=0) == "1"


@pytest.mark.parametrize("marked_since", [13, None])
@pytest.mark.parametrize("notice", OLD_NOTICES)
def test_notices_from_before_they_had_a_mark_are_known_by_their_beginnings(
    notice: str, marked_since: int | None
) -> None:
    parts = [message(11, f"1\n\n{notice}"), message(12, notice)]

    assert FoundAnswer(ASKED, parts).text(marked_since=marked_since) == "1"


@pytest.mark.parametrize("text", ["⚠️ 注意してください。", *OLD_NOTICES])
def test_what_a_model_writes_like_a_notice_stays(text: str) -> None:
    answer = FoundAnswer(ASKED, [message(11, f"1\n\n{text}")])

    assert answer.text(marked_since=11) == f"1\n\n{text}"


def test_missing_references_lead_to_earlier_parts_prompts_and_answers_but_not_to_other_peoples_words() -> (
    None
):
    asked = message(20, "?", HARU, replied=message(8, "earlier", ME))
    about_others = message(30, "?", HARU, replied=message(9, "theirs", HARU))
    messages = [asked, message(21, "!", replied=asked), about_others, message(31, "!", replied=about_others)]

    assert missing_references({each.id: each for each in messages}, ME) == {8}
    assert missing_references({40: message(40, "3", replied=39)}, ME) == {39}
