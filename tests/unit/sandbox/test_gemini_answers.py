from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.gemini.answers import answer
from sandbox.gemini.conversation import Attachment, Conversation, Turn, count_tokens, language_of
from sandbox.gemini.samples import guide
from sandbox.gemini.scripts import cut


def said(*texts: str) -> Conversation:
    """A conversation whose turns alternate, the user's first."""
    return Conversation(tuple(Turn("model" if i % 2 else "user", text) for i, text in enumerate(texts)))


def test_it_greets_in_the_language_of_the_prompt() -> None:
    assert answer(said("こんにちは")).startswith("こんにちは")
    assert answer(said("Hello!")).startswith("Hello")


@pytest.mark.parametrize(
    ("told", "asked", "name"),
    [
        ("My name is Alice.", "What is my name?", "Alice"),
        ("call me Bob", "what's my name", "Bob"),
        ("私の名前は太郎です", "私の名前は何ですか？", "太郎"),
        ("はなこといいます", "僕の名前、覚えてる？", "はなこ"),
    ],
)
def test_it_remembers_a_name_from_the_history(told: str, asked: str, name: str) -> None:
    assert name in answer(said(told, "ok", "other things", "ok", asked))


def test_it_does_not_know_a_name_that_the_history_lacks() -> None:
    assert "not told me" in answer(said("What is my name?"))
    assert "まだお名前" in answer(said("私の名前は何ですか？"))


def test_the_name_that_begins_a_turn_is_not_what_was_said() -> None:
    assert answer(said("あなた: hello")).startswith("Hello")
    assert "猫が好き" in answer(said("はる: 猫が好き"))
    assert "はる" not in answer(said("はる: 猫が好き"))


def test_speakers_are_told_apart() -> None:
    history = ("はる: 私の名前は太郎です", "ok", "ユキ: My name is Alice", "ok")
    assert "太郎" in answer(said(*history, "はる: 私の名前は何？"))
    assert "Alice" in answer(said(*history, "ユキ: what is my name?"))
    assert "not told me" in answer(said(*history, "Bob: what is my name?"))


def test_it_remembers_what_was_said_before() -> None:
    assert "カレー" in answer(said("カレーが好き", "ok", "さっき何て言った？"))


def test_it_says_that_it_is_a_stand_in() -> None:
    assert "代役" in answer(said("あなたは誰？"))
    assert "stand-in" in answer(said("who are you?"))


@pytest.mark.parametrize("tongue", ["python", "javascript", "sql"])
@pytest.mark.parametrize("prompt", ["Write some {} code", "{} のコードを書いて"])
def test_code_comes_in_a_fence_with_its_language(tongue: str, prompt: str) -> None:
    assert f"```{tongue}\n" in answer(said(prompt.format(tongue)))


@pytest.mark.parametrize("prompt", ["長い文章を書いて", "Tell me something long"])
def test_a_long_answer_has_headings_lists_and_closed_fences(prompt: str) -> None:
    text = answer(said(prompt))
    assert len(text) > 4000
    assert "\n## " in text
    assert "\n1. " in text
    assert text.count("```") % 2 == 0


def test_a_guide_is_as_long_as_wished() -> None:
    assert len(guide("ja", 9_000)) >= 9_000
    assert len(answer(said("12000文字で書いて"))) >= 12_000


GO_ON = "続けて。切れたところから、何も繰り返さずに書いてください。コードブロックは開き直してください。"


def words_of(text: str) -> str:
    """What a text says, without its spaces and the lines of fences."""
    return "".join("".join(line.split()) for line in text.splitlines() if not line.startswith("`"))


@given(st.data())
def test_an_answer_that_was_cut_anywhere_goes_on_there(data: st.DataObject) -> None:
    language = data.draw(st.sampled_from(["3000文字で書いて", "write 3000 characters"]))
    asked = Turn("user", language)
    whole = answer(Conversation((asked,)))
    cut_at = data.draw(st.integers(1, len(whole) - 1))
    forgotten = data.draw(st.integers(0, cut_at - 1).filter(lambda start: not start or cut_at - start > 400))
    part = Turn("model", whole[forgotten:cut_at])

    rest = answer(Conversation((asked, part, Turn("user", f"はる: {GO_ON}"))))

    if words_of(whole[cut_at:]):
        assert words_of(whole[:cut_at]) + words_of(rest) == words_of(whole)
        assert rest.count("```") % 2 == 0


def test_an_answer_goes_on_more_than_once_and_then_says_that_it_is_complete() -> None:
    asked = "12000文字で書いて"
    whole = answer(said(asked))
    turns = [asked, whole[:4000], GO_ON]
    turns += [answer(said(*turns))[:4000], "続き"]
    turns += [answer(said(*turns)), "continue"]
    assert "".join(map(words_of, turns[1::2])) == words_of(whole)
    assert answer(said(*turns)) == "That was all of it."


def test_going_on_without_anything_before_is_small_talk() -> None:
    assert "続けて" in answer(said("続けて"))
    assert answer(said("こんにちは", "何か別のもの", "続けて"))


def test_tables_and_lists_are_markdown() -> None:
    assert "| --- |" in answer(said("表でまとめて"))
    assert "\n- **" in answer(said("a list, please"))


def test_a_dictated_text_comes_back_to_the_letter() -> None:
    assert answer(said("次をそのまま言って: @everyone **hi**\n```")) == "@everyone **hi**\n```"


def test_attachments_are_named_with_kind_and_size() -> None:
    turn = Turn("user", "見て", (Attachment("image/png", 12_345),))
    assert "`image/png` (12,345 bytes)" in answer(Conversation((turn,)))


@pytest.mark.parametrize(
    ("words", "language"), [("", "ja"), ("\n", "ja"), ("見て\n", "ja"), ("look\n", "en")]
)
def test_the_name_of_an_attachment_says_nothing_of_the_language(words: str, language: str) -> None:
    turn = Turn("user", f"はる: {words}[attachment: cat.png]", (Attachment("image/png", 1),))
    assert language_of(answer(Conversation((turn,)))) == language


@pytest.mark.parametrize(
    ("prompt", "result"), [("12*3は？", "36"), ("7 / 2", "3.5"), ("5/0", "0"), ("8 - 10 = ?", "-2")]
)
def test_sums_are_right(prompt: str, result: str) -> None:
    assert result in answer(said(prompt))


def test_a_date_is_no_sum() -> None:
    assert "=" not in answer(said("2026-11-21 is a day"))


@given(st.text())
def test_every_prompt_has_an_answer_and_always_the_same(prompt: str) -> None:
    first = answer(said(prompt))
    assert first
    assert first == answer(said(prompt))


@given(st.text())
def test_the_pieces_of_an_answer_join_to_it(text: str) -> None:
    pieces = cut(text)
    assert "".join(pieces) == text
    assert all(pieces)


def test_language_follows_the_script() -> None:
    assert [language_of(text) for text in ("ｱｲｳ", "漢字", "hi", "")] == ["ja", "ja", "en", "en"]


def test_tokens_are_counted_by_script() -> None:
    assert count_tokens("abcdefgh") == 2
    assert count_tokens("日本語") == 2
    assert count_tokens("") == 0
