"""Which plain phrases are requests for a command, and which are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.actions.catalogue import HELP_TOOL, MUSIC_TOOLS, NETSTATS_TOOL, Request, command_line
from bot.chat.actions.phrases import understand

PLAYED = {
    "夜に駆ける流して": "夜に駆ける",
    "「夜に駆ける」をかけてください！": "夜に駆ける",
    "夜に駆けるって曲かけて": "夜に駆ける",
    "夜に駆けるを再生してもらえますか？": "夜に駆ける",
    "YOASOBIの曲流して": "YOASOBI",
    "Lemon流してくれない？": "Lemon",
    "play 夜に駆ける": "夜に駆ける",
    "Play Bohemian Rhapsody please": "Bohemian Rhapsody",
    "can you play Lemon?": "Lemon",
    "play https://example.com/watch?v=1": "https://example.com/watch?v=1",
}
ASKED = {
    "skip": [
        "次の曲",
        "次の曲お願いします",
        "次の曲流して",
        "次の曲に行って",
        "スキップして",
        "この曲飛ばして",
        "skip",
        "skip this song",
        "next song please",
        "play the next track",
    ],
    "pause": [
        "一時停止して",
        "曲を一時停止してください",
        "ポーズ",
        "音楽ちょっと止めて",
        "pause",
        "pause the music",
    ],
    "resume": ["再開して", "音楽を再開して", "resume", "unpause the music"],
    "stop": ["音楽止めて", "音楽を止めてください。", "再生停止", "stop the music", "stop playing"],
    "queue": [
        "キュー",
        "キュー見せて",
        "再生リストを教えて",
        "次は何が流れる？",
        "show me the queue",
        "what's up next?",
    ],
    "nowplaying": [
        "今の曲は何？",
        "今の曲",
        "この曲なに？",
        "今流れてる曲なんだっけ",
        "これなんて曲？",
        "今の曲教えて",
        "what’s playing right now?",
        "what song is this?",
    ],
}
TALK = [
    "電話かけて",
    "迷惑をかけてごめん",
    "カレーに醤油をかけて",
    "心にかけて",
    "水を流して",
    "何か曲かけて",
    "これ流して",
    "もう一度流して",
    "話を聞かせて",
    "play chess with me",
    "play a game",
    "play some music",
    "play it again",
    "play along",
    "stop",
    "next",
    "continue",
    "次",
    "続けて",
    "この画像は何？",
    "今の総理は誰？",
    "今のは何？",
    "次の曲のおすすめは？",
    "この曲の歌詞は？",
    "what is this?",
    "skip breakfast, is it bad?",
    "通信とは何ですか",
    "ネットの通信の仕組みを教えて",
    "volume of a sphere",
    "音量って何",
    "夜に駆けるを流して、それから少し話そう",
    "夜に駆けるを流して\nあとで話そう",
    "あ" * 300 + "流して",
    "",
    "？？？",
]


@pytest.mark.parametrize(("said", "query"), PLAYED.items())
def test_a_song_is_asked_for_by_its_title(said: str, query: str) -> None:
    assert understand(said) == Request("play", {"query": query})


@pytest.mark.parametrize(
    ("name", "said"), [(name, said) for name, phrases in ASKED.items() for said in phrases]
)
def test_a_command_is_asked_for_in_plain_words(name: str, said: str) -> None:
    assert understand(said) == Request(name)


@pytest.mark.parametrize(
    ("said", "level"),
    [
        ("音量を50にして", 50),
        ("音量 ３０％", 30),
        ("ボリューム80", 80),
        ("volume 40", 40),
        ("set the volume to 120", 120),
    ],
)
def test_a_volume_is_asked_for_as_a_number(said: str, level: int) -> None:
    request = understand(said)
    assert request == Request("volume", {"level": level})
    assert command_line(request.arguments) == str(level)


@pytest.mark.parametrize(
    ("said", "period"),
    [
        ("今月どれくらい通信した？", "month"),
        ("今週のトラフィックを教えて", "week"),
        ("これまでの通信量は？", "all"),
        ("今日の通信量", "today"),
        ("通信量を見せて", "today"),
        ("how much data did you use this month?", "month"),
        ("network stats", "today"),
        ("show me the traffic usage for all time", "all"),
    ],
)
def test_traffic_is_asked_for_by_period(said: str, period: str) -> None:
    assert understand(said) == Request("netstats", {"period": period})


@pytest.mark.parametrize("said", TALK)
def test_everything_else_is_talk(said: str) -> None:
    assert understand(said) is None


@given(st.text(max_size=200))
def test_whatever_is_said_is_understood_as_an_offered_command_or_not_at_all(said: str) -> None:
    request = understand(said)

    if request is not None:
        (tool,) = (tool for tool in (*MUSIC_TOOLS, NETSTATS_TOOL, HELP_TOOL) if tool.name == request.name)
        assert set(request.arguments) <= {parameter.name for parameter in tool.parameters}
        assert "\n" not in command_line(request.arguments)
