"""What people choose, keep and look at: picker, pages, favourites, playlists, lyrics, autoplay, sounds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bot.music.live_progress import LiveProgress
from tests.integration.music_bench import Bench, music_bench

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

MIX = "J-POP ヒット曲集"


@pytest.fixture
async def bench(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    async with music_bench(monkeypatch) as bench:
        monkeypatch.setattr(bench.bot.get_cog("InfoCommands"), "_progress", LiveProgress(interval=0.05))
        await bench.enter("you", "ラウンジ")
        yield bench


async def last_with_components(bench: Bench, kind: int) -> dict[str, Any]:
    """Return the bot's latest message with a button (2) or a menu (3) that is not the controller."""
    found: list[dict[str, Any]] = []

    async def there() -> bool:
        found[:] = [
            message
            for message in await bench.messages()
            if message.get("components")
            and message["components"][0]["components"][0]["type"] == kind
            and not message["components"][0]["components"][0]["custom_id"].startswith("music:")
        ]
        return bool(found)

    await bench.until(there)
    return found[-1]


def waiting(bench: Bench) -> list[str]:
    return [track.title for track in bench.player.music_queue.upcoming]


async def test_songs_can_be_chosen_from_what_a_search_found(bench: Bench) -> None:
    await bench.say("!search YOASOBI")
    message = await last_with_components(bench, 3)
    menu = message["components"][0]["components"][0]
    labels = [option["label"] for option in menu["options"]]
    assert len(labels) > 2
    assert "YOASOBI" in menu["options"][0]["description"]

    assert "本人だけ" in await bench.press(message, menu["custom_id"], "haru", values=["0"])
    assert not bench.in_voice
    await bench.press(message, menu["custom_id"], values=["2", "0"])
    await bench.until(lambda: bench.in_voice and bench.title() == labels[0])
    assert waiting(bench) == [labels[2]]
    await bench.hear(0, "2曲をキューに追加しました")


async def test_the_queue_has_pages_with_buttons(bench: Bench) -> None:
    await bench.say(f"!play {bench.nodes[0].node.catalogue.playlist_urls()[MIX]}")
    first = await bench.say("!queue")
    message = await last_with_components(bench, 2)
    buttons = message["components"][0]["components"]
    assert [bool(button.get("disabled")) for button in buttons] == [True, True, False, False]

    await bench.press(message, buttons[2]["custom_id"])
    await bench.hear(int(message["id"]) - 1, "`11.`")
    assert "`11.`" not in first


async def test_the_bar_of_nowplaying_moves(bench: Bench) -> None:
    await bench.say("!play Lemon")
    await bench.say("!np")
    await bench.say("!seek 2:00")

    await bench.hear(0, "2:0")
    await bench.hear(0, "▬▬▬🔘")


async def test_what_was_played_is_shown_latest_first(bench: Bench) -> None:
    assert "入っていません" in await bench.say("!history")
    for song in ("Lemon", "群青", "怪物"):
        await bench.say(f"!play {song}")
    assert "まだ何も再生していません" in await bench.say("!history")
    await bench.say("!skip")
    await bench.say("!skip")

    words = await bench.say("!history")
    assert words.index("群青") < words.index("Lemon"), words


async def test_favourites_are_kept_played_and_let_go(bench: Bench) -> None:
    await bench.say("!play Lemon")
    assert "**Lemon** をお気に入りに" in await bench.slash("favorites add")
    await bench.say("!skip")
    await bench.say("!play 群青")
    await bench.say("!favorites add")
    await bench.say("!favorites add")
    assert "`2.` 群青" in await bench.say("!fav")
    await bench.say("!stop")

    await bench.enter("haru", "ラウンジ")
    assert "お気に入りはまだありません" in await bench.say("!fav play", "haru")
    assert "2曲をキューに追加" in await bench.say("!fav play")
    assert (bench.title(), waiting(bench)) == ("Lemon", ["群青"])
    assert "その番号のお気に入りはありません（全2曲）" in await bench.say("!fav play 3")
    assert "**Lemon** をお気に入りから外しました" in await bench.say("!fav remove 1")
    assert "`1.` 群青" in await bench.say("!fav")


async def test_the_queue_is_saved_as_a_playlist_that_others_play_but_only_its_maker_changes(
    bench: Bench,
) -> None:
    await bench.say("!play Lemon")
    await bench.say("!play 群青")
    assert "**夏の夜** に2曲を保存" in await bench.say("!playlist save 夏の夜")
    assert "**夏の夜**（2曲）" in await bench.say("!playlist")
    assert [choice["value"] for choice in await bench.suggestions("playlist play", "name", "夏")] == [
        "夏の夜"
    ]
    await bench.say("!stop")

    await bench.enter("haru", "ラウンジ")
    assert "2曲をキューに追加" in await bench.say("!playlist play 夏の夜", "haru")
    await bench.until(lambda: bench.plays.rows and bench.plays.rows[-1]["requested_by"] == "はる")
    assert "作った人と" in await bench.say("!playlist delete 夏の夜", "haru")
    assert "作った人と" in await bench.say("!playlist save 夏の夜", "haru")
    assert "削除しました" in await bench.say("!playlist delete 夏の夜")
    assert "というプレイリストはありません" in await bench.say("!playlist play 夏の夜")


@pytest.mark.parametrize("name", [" ", "\u3000", "\u200b", "\u3164"], ids=ascii)
async def test_a_playlists_name_that_shows_nothing_is_refused_and_suggestions_go_on(
    bench: Bench, name: str
) -> None:
    await bench.say("!play Lemon")
    assert "夏の夜" in await bench.slash("playlist save", name="夏の夜")
    assert "見える文字がありません" in await bench.slash("playlist save", name=name)
    suggested = await bench.suggestions("playlist play", "name", "")
    assert [choice["name"] for choice in suggested] == ["夏の夜"]


async def test_the_words_of_a_song_are_shown(bench: Bench) -> None:
    await bench.say("!play Lemon")

    assert "サンドボックスの歌" in await bench.say("!lyrics")
    no_route = {"timestamp": 1, "status": 404, "error": "Not Found", "message": "", "path": "/v4/lyrics"}
    bench.nodes[0].http_faults.add(
        {
            "action": "status",
            "status": 404,
            "path": "/v4/lyrics",
            "headers": {"Content-Type": "application/json"},
            "body": json.dumps(no_route),
        }
    )
    assert "プラグインがない" in await bench.say("!lyrics")


async def test_sounds_reach_lavalink_add_up_and_are_reset(bench: Bench) -> None:
    await bench.say("!play Lemon")
    assert "低音強調" in await bench.say("!filter bassboost")
    assert "低音強調 + ナイトコア" in await bench.slash("filter", effect="nightcore")
    assert bench.playing().filters["timescale"]["speed"] == 1.2
    assert "低音強調 + ヴェイパーウェイヴ" in await bench.say("!filter vaporwave")
    assert bench.playing().filters["timescale"]["speed"] < 1
    assert "サウンド：ヴェイパーウェイヴ" in await bench.say("!filter bassboost")
    assert "サウンド：標準" in await bench.say("!filter reset")
    assert not bench.playing().filters


async def test_related_songs_follow_the_queue_with_the_bot_as_their_requester(bench: Bench) -> None:
    await bench.say("!play 夜に駆ける")
    assert "オンにしました" in await bench.say("!autoplay on")
    await bench.say("!skip")
    await bench.until(lambda: bench.title() not in {None, "夜に駆ける"})
    await bench.until(lambda: len(bench.plays.rows) == 2)
    related = bench.title()

    assert bench.plays.rows[-1]["requested_by_id"] == bench.bot.user.id
    await bench.say("!skip")
    await bench.until(lambda: bench.title() not in {None, related})
    assert bench.title() != "夜に駆ける", "what was heard does not come again"
    await bench.say("!autoplay")
    await bench.say("!skip")
    assert bench.title() is None


async def test_autoplay_gives_up_on_songs_that_fail_in_a_row(bench: Bench) -> None:
    await bench.say("!play 夜に駆ける")
    await bench.say("!autoplay on")
    bench.nodes[0].node.track_faults.add({"fault": "track_exception", "message": "blocked", "times": 99})
    await bench.say("!skip")

    await bench.until(lambda: bench.title() is None and not bench.player.track)


async def test_the_bot_stays_where_it_is_wanted_around_the_clock(bench: Bench) -> None:
    await bench.say("!play Lemon")
    assert "オンにしました" in await bench.say("!stay")
    assert bench.player.stay
    await bench.say("!leave")
    await bench.say("!join")
    assert bench.player.stay
    assert "オフにしました" in await bench.say("!stay off")
    assert not bench.player.stay
