"""Which plain phrases are requests for a command, and which are left to the model.

The corpora hold sentences with what they ask for, decided by hand (``-``: no command): what people say to a
bot that chats and plays music, and what only looks like it. A sentence that asks for a command may be left to
the model, which has the commands too; it may never run another one, or any when it asks for none.
"""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.actions.catalogue import HELP_TOOL, MUSIC_TOOLS, NETSTATS_TOOL, Request, command_line
from bot.chat.actions.phrases import understand
from bot.texts import Language

LANGUAGES = get_args(Language)
RECALL = {"ja": 0.79, "en": 0.86}
"""The share of requests that run without a model, as measured; precision is 1."""


def corpus(language: Language) -> list[tuple[str, str]]:
    """Return sentences with what each asks for."""
    path = Path(__file__).with_name("corpus") / f"{language}.tsv"
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    return [(sentence, wanted) for wanted, sentence in rows]


def label(request: Request | None) -> str:
    """Return a request as the corpora write it."""
    if request is None:
        return "-"
    written = command_line(request.arguments)
    return f"{request.name}:{written}" if written else request.name


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_runs_a_command_that_it_does_not_ask_for(language: Language) -> None:
    ran = {sentence: (wanted, label(understand(sentence))) for sentence, wanted in corpus(language)}

    assert {sentence: both for sentence, both in ran.items() if both[1] not in {both[0], "-"}} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_most_sentences_that_ask_for_a_command_run_it(language: Language) -> None:
    wanted = [(sentence, right) for sentence, right in corpus(language) if right != "-"]
    right = [sentence for sentence, right in wanted if label(understand(sentence)) == right]

    assert len(right) / len(wanted) >= RECALL[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_model_nearly_all_of_them_do(language: Language) -> None:
    wanted = [(sentence, right) for sentence, right in corpus(language) if right != "-"]
    right = [sentence for sentence, right in wanted if label(understand(sentence, guess=True)) == right]

    assert len(right) / len(wanted) >= 0.98


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_corpus_has_sentences_of_every_kind_each_once(language: Language) -> None:
    sentences = [sentence for sentence, _wanted in corpus(language)]
    names = {wanted.partition(":")[0] for _sentence, wanted in corpus(language)}

    assert len(sentences) == len(set(sentences)) >= 400
    assert sum(wanted == "-" for _sentence, wanted in corpus(language)) >= 200
    assert names == {"-", *(tool.name for tool in (*MUSIC_TOOLS, NETSTATS_TOOL, HELP_TOOL))}


@pytest.mark.parametrize(
    "game", ["play tic tac toe", "play chess with me", "play truth or dare", "play a game", "play along"]
)
def test_a_game_is_no_music_even_without_a_model(game: str) -> None:
    assert understand(game) is None
    assert understand(game, guess=True) is None


@pytest.mark.parametrize("bare", ["skip", "pause please", "resume", "スキップして", "一時停止", "再開して"])
def test_a_bare_word_is_a_request_only_while_music_plays(bare: str) -> None:
    request = understand(bare)

    assert request is not None
    assert request.needs_music
    certain = understand("skip this song")
    assert certain is not None
    assert not certain.needs_music


def test_a_volume_is_a_number_that_its_command_takes() -> None:
    request = understand("音量 ３０％")

    assert request == Request("volume", {"level": 30})
    assert command_line(request.arguments) == "30"


@pytest.mark.parametrize(
    "said",
    ["夜に駆けるを流して\nあとで話そう", "あ" * 300 + "流して", 'play "' + "a" * 300 + '"', "", "？？？"],
)
def test_what_is_no_short_sentence_is_left_to_the_model(said: str) -> None:
    assert understand(said) is None
    assert understand(said, guess=True) is None


@given(st.text(max_size=200), st.booleans())
def test_whatever_is_said_is_understood_as_an_offered_command_or_not_at_all(said: str, guess: bool) -> None:
    request = understand(said, guess=guess)

    if request is not None:
        (tool,) = (tool for tool in (*MUSIC_TOOLS, NETSTATS_TOOL, HELP_TOOL) if tool.name == request.name)
        assert set(request.arguments) <= {parameter.name for parameter in tool.parameters}
        assert "\n" not in command_line(request.arguments)
