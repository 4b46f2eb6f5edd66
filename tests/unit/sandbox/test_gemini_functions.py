from __future__ import annotations

import pytest

from sandbox.gemini.functions import Function, Parameter, choose, tell

PLAY = Function("play_music", (Parameter("query", "string", required=True), Parameter("source", "string")))
SKIP = Function("skip_track")
VOLUME = Function("set_volume", (Parameter("level", "integer", required=True),))
TRAFFIC = Function(
    "network_stats", (Parameter("period", "string", choices=("today", "week", "month", "all")),)
)
ALL = (PLAY, SKIP, VOLUME, TRAFFIC)


@pytest.mark.parametrize(
    ("prompt", "name", "arguments"),
    [
        ("夜に駆ける流して", "play_music", {"query": "夜に駆ける"}),
        ("「Lemon」をかけて", "play_music", {"query": "Lemon"}),
        ("play september", "play_music", {"query": "september"}),
        ("次の曲", "skip_track", {}),
        ("音量を30にして", "set_volume", {"level": 30.0}),
        ("今月どれくらい通信した?", "network_stats", {"period": "month"}),
        ("call skip_track", "skip_track", {}),
        ('use the tool play_music query="a b" source=sc', "play_music", {"query": "a b", "source": "sc"}),
    ],
)
def test_the_function_that_a_prompt_asks_for_is_called(
    prompt: str, name: str, arguments: dict[str, object]
) -> None:
    call = choose(prompt, ALL)
    assert call is not None
    assert (call.name, call.arguments) == (name, arguments)


def test_small_talk_calls_nothing() -> None:
    assert choose("こんにちは", ALL) is None
    assert choose("夜に駆ける流して", ()) is None


def test_a_forced_call_takes_the_first_function() -> None:
    call = choose("こんにちは", (PLAY,), forced=True)
    assert call is not None
    assert call.arguments == {"query": "こんにちは"}


def test_what_a_function_gave_back_is_told() -> None:
    assert "`skip_track`" in tell("skip_track", "{}", "ja")
    assert "ok" in tell("skip_track", "ok", "en")


@pytest.mark.parametrize("prompt", ["play tic tac toe", "play chess", "play a game", "play cards with me"])
def test_a_game_calls_no_function_for_music(prompt: str) -> None:
    assert choose(prompt, ALL) is None
