"""Playing music: the real bot on real sockets, from the words a person writes to Lavalink's REST API."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.integration.music_bench import Bench, music_bench, patient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def bench(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    async with music_bench(monkeypatch) as bench:
        await bench.enter("you", "ラウンジ")
        yield bench


async def test_words_become_music_in_the_callers_channel_and_a_row_in_the_log(bench: Bench) -> None:
    assert "夜に駆ける" in await bench.say("!play 夜に駆ける")
    await bench.until(lambda: bench.plays.rows)

    assert bench.title() == "夜に駆ける"
    assert bench.playing().voice.channel_id == bench.ids["ラウンジ"]
    assert bench.plays.rows == [
        {
            "guild_id": int(bench.ids["guild"]),
            "song_title": "夜に駆ける",
            "requested_by": "あなた",
            "requested_by_id": int(bench.ids["you"]),
        }
    ]
    assert await bench.hear(0, "再生中 夜に駆ける")


async def test_a_slash_command_is_answered_in_the_callers_language(bench: Bench) -> None:
    assert "を再生します" in await bench.slash("play", query="Lemon")
    assert "⏸️ Paused." in await bench.slash("pause", locale="en-US")
    assert "50%" in await bench.slash("volume", level=50)

    assert (bench.title(), bench.playing().paused, bench.playing().volume) == ("Lemon", True, 50)


async def test_a_refusal_is_only_for_who_asked(bench: Bench) -> None:
    await bench.enter("you", None)

    assert "先にボイスチャンネルに入ってください" in await bench.slash("play", query="Lemon")
    assert await bench.words(reader="haru") == []


async def test_songs_are_suggested_while_the_words_are_written_and_can_be_chosen(bench: Bench) -> None:
    choices = await bench.suggestions("play", "query", "夜に")
    assert choices[0]["name"] == "夜に駆ける · YOASOBI"

    await bench.slash("play", query=choices[0]["value"])
    assert bench.title() == "夜に駆ける"


@pytest.mark.parametrize("written", ["", "  ", "no such song", "https://example.org/a.mp3"])
async def test_where_there_is_nothing_to_suggest_there_is_no_error(bench: Bench, written: str) -> None:
    assert await bench.suggestions("playnow", "query", written) == []


async def test_without_a_node_there_are_no_suggestions(bench: Bench) -> None:
    await bench.strike("node/kill")
    await bench.until(lambda: not bench.bot.lavalink.available)

    assert await bench.suggestions("playnext", "query", "夜に") == []


async def test_a_playlist_fills_the_queue(bench: Bench) -> None:
    url = bench.nodes[0].node.catalogue.playlist_urls()["J-POP ヒット曲集"]

    assert "J-POP ヒット曲集** から" in await bench.say(f"!play {url}")
    assert bench.title() == "夜に駆ける"
    assert "`1.` アイドル" in await bench.say("!queue")


async def test_pause_resume_volume_skip_and_stop_reach_lavalink(bench: Bench) -> None:
    await bench.say("!play Lemon")
    await bench.say("!play 群青")
    await bench.say("!pause")
    assert bench.playing().paused
    assert "⏸️ 一時停止中 Lemon" in await bench.say("!np")

    await bench.say("!resume")
    assert not bench.playing().paused
    await bench.say("!volume 0")
    assert bench.playing().volume == 0
    assert "**Lemon** をスキップ" in await bench.say("!skip")
    assert bench.title() == "群青"
    await bench.say("!stop")
    assert bench.title() is None
    assert "何も再生していません" in await bench.say("!skip")


async def test_every_play_is_logged_once_with_its_own_requester(monkeypatch: pytest.MonkeyPatch) -> None:
    async with music_bench(monkeypatch, time_scale=400) as bench:
        await bench.enter("you", "ラウンジ")
        await bench.enter("haru", "ラウンジ")
        await bench.say("!play Lemon")
        await bench.say("!play 群青", "haru")
        await bench.say("!play Lemon", "haru")
        await bench.hear(0, "キューの最後まで再生しました")

    logged = [(row["song_title"], row["requested_by"]) for row in bench.plays.rows]
    assert logged == [("Lemon", "あなた"), ("群青", "はる"), ("Lemon", "はる")]


async def test_the_words_reach_lavalink_as_they_were_written(bench: Bench) -> None:
    words = "C++ & 夜 100% ?a=b#c+d"
    await bench.say(f"!play {words}")

    identifiers = [
        call.query["identifier"] for call in bench.nodes[0].node.calls if "loadtracks" in call.path
    ]
    assert identifiers == [f"ytmsearch:{words}"]


async def test_what_nobody_knows_is_not_found_and_joins_nothing(bench: Bench) -> None:
    assert "「no such song」に合う曲は見つかりませんでした" in await bench.say("!play no such song")
    assert not bench.in_voice


async def test_a_source_that_fails_is_quoted(bench: Bench) -> None:
    bench.nodes[0].node.track_faults.add({"fault": "load_failed", "message": "This video is private"})

    assert "曲を読み込めませんでした：This video is private" in await bench.say("!play Lemon")


async def test_without_a_node_the_answer_is_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    async with music_bench(monkeypatch, dead=[0]) as bench:
        await bench.enter("you", "ラウンジ")
        assert "音楽サーバーにつながっていません" in await bench.say("!play Lemon")
        assert "音楽サーバーにつながっていません" in await bench.say("!join")
        assert bench.bot.lavalink.ping_ms() is None

        await bench.strike("node/start")
        await bench.until(lambda: bench.bot.lavalink.available)
        assert "を再生します" in await bench.say("!play Lemon")
        await bench.until(lambda: (bench.bot.lavalink.ping_ms() or 0) > 0)


async def test_a_node_that_does_not_answer_a_search_is_reported_in_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with music_bench(monkeypatch, timings=patient(request=0.3)) as bench:
        await bench.enter("you", "ラウンジ")
        bench.nodes[0].http_faults.add({"action": "delay", "seconds": 1.0, "path": "loadtracks"})

        assert "応答がありません" in await bench.say("!play Lemon")


async def test_joining_that_fails_is_reported_and_can_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async with music_bench(monkeypatch, timings=patient(join=0.5)) as bench:
        await bench.enter("you", "ラウンジ")
        refusal = {"timestamp": 1, "status": 400, "error": "Bad Request", "message": "", "path": "/v4"}
        bench.nodes[0].http_faults.add(
            {
                "action": "status",
                "status": 400,
                "method": "PATCH",
                "path": "players",
                "times": 1,
                "headers": {"Content-Type": "application/json"},
                "body": json.dumps(refusal),
            }
        )
        assert "接続できませんでした" in await bench.say("!join")
        assert not bench.in_voice

        assert "入りました" in await bench.say("!join")
        assert bench.in_voice


async def test_a_request_that_fails_while_the_bot_joins_costs_a_moment_only(bench: Bench) -> None:
    bench.nodes[0].http_faults.add({"action": "reset", "method": "PATCH", "path": "players", "times": 2})
    assert "を再生します" in await bench.say("!play Lemon")

    await bench.until(lambda: bench.title() == "Lemon" and bench.playing().connected)


async def test_music_is_asked_for_again_at_once_after_leaving(bench: Bench) -> None:
    await bench.say("!play Lemon")
    player, channel = bench.player, bench.player.channel
    await player.disconnect()
    # Discord's word of the leaving comes when the next player is there already.
    player = await bench.bot.lavalink.join(channel)
    await bench.say("!play 群青")

    assert bench.player is player
    assert bench.title() == "群青"


async def test_a_missing_permission_is_named_before_anything_is_tried(bench: Bench) -> None:
    speak = 1 << 21
    role = (await bench.bot_role())["id"]
    await bench.act(
        "PUT",
        f"/channels/{bench.ids['ラウンジ']}/permissions/{role}",
        type=0,
        allow="0",
        deny=str(speak),
    )
    channel = bench.bot.get_channel(int(bench.ids["ラウンジ"]))
    await bench.until(lambda: not channel.permissions_for(channel.guild.me).speak)

    assert f"<#{channel.id}> で必要な権限が足りません" in await bench.say("!play Lemon")
    assert not bench.in_voice


async def test_two_people_who_ask_at_once_get_one_player(bench: Bench) -> None:
    await bench.enter("haru", "ラウンジ")
    first = await bench.write("!play Lemon", "you")
    await bench.write("!play 群青", "haru")
    await bench.hear(first, "を再生します")
    await bench.hear(first, "1番目")

    assert len(bench.nodes[0].node.players) == 1
    assert {bench.title(), bench.player.music_queue.upcoming[0].title} == {"Lemon", "群青"}


async def test_leaving_ends_the_player_at_lavalink_too(bench: Bench) -> None:
    await bench.say("!play Lemon")
    await bench.say("!leave")

    assert not bench.in_voice
    await bench.until(lambda: not bench.nodes[0].node.players)


async def test_being_disconnected_ends_the_player(bench: Bench) -> None:
    await bench.say("!play Lemon")
    await bench.enter("Otonari", None)
    await bench.until(lambda: not bench.in_voice)
    await bench.until(lambda: not bench.nodes[0].node.players)

    assert "を再生します" in await bench.say("!play 群青")


async def test_music_follows_the_caller_out_of_an_empty_channel(bench: Bench) -> None:
    await bench.say("!play Lemon")
    await bench.enter("you", "作業部屋")
    await bench.say("!join")

    await bench.until(lambda: bench.playing().voice.channel_id == bench.ids["作業部屋"])
    assert bench.title() == "Lemon"


async def test_the_bot_leaves_a_channel_where_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    async with music_bench(monkeypatch, timings=patient(alone=0.2)) as bench:
        await bench.enter("you", "ラウンジ")
        await bench.say("!play Lemon")
        await bench.enter("you", None)

        assert await bench.hear(0, "だれもいなくなった")
        assert not bench.in_voice


async def test_the_bot_stays_when_somebody_comes_back_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    async with music_bench(monkeypatch, timings=patient(alone=5.0, idle=0.5)) as bench:
        await bench.enter("you", "ラウンジ")
        await bench.say("!play Lemon")
        await bench.enter("you", None)
        await bench.until(lambda: bench.player.pause_reasons == {"alone"})
        await bench.enter("haru", "ラウンジ")
        await bench.until(lambda: not bench.player.pause_reasons)
        await bench.say("!stop", "haru")

        assert await bench.hear(0, "しばらく再生がなかった")
        assert not any("だれもいなくなった" in words for words in await bench.words())


async def test_a_song_that_fails_is_named_and_the_next_one_plays(bench: Bench) -> None:
    fault = {"fault": "track_exception", "match": "Lemon", "message": "Age-restricted"}
    bench.nodes[0].node.track_faults.add(fault)
    before = await bench.write("!play Lemon", "you")
    await bench.say("!play 群青")

    assert "Age-restricted" in (await bench.hear(before, "再生できませんでした"))[0]
    await bench.until(lambda: bench.title() == "群青")


async def test_too_many_failures_end_the_music_and_music_can_be_asked_for_again(bench: Bench) -> None:
    url = bench.nodes[0].node.catalogue.playlist_urls()["J-POP ヒット曲集"]
    bench.nodes[0].node.track_faults.add({"fault": "track_exception", "times": 20})
    await bench.say(f"!play {url}")
    assert await bench.hear(0, "続けて5曲")
    assert bench.title() is None

    bench.nodes[0].node.track_faults.rules.clear()
    await bench.say("!play Lemon")
    await bench.until(lambda: bench.title() == "Lemon")


async def test_without_embed_links_music_is_told_in_words_and_every_command_names_what_is_missing(
    bench: Bench,
) -> None:
    member, embed_links = bench.bot.user.id, 1 << 14
    path = f"/channels/{bench.ids['music']}/permissions/{member}"
    await bench.act("PUT", path, type=1, allow="0", deny=str(embed_links))
    channel = bench.bot.get_channel(int(bench.ids["music"]))
    await bench.until(lambda: not channel.permissions_for(channel.guild.me).embed_links)

    answer = await bench.say("!play Lemon")
    assert "**Lemon**" in answer
    assert "埋め込みリンク" in answer
    await bench.until(lambda: bench.title() == "Lemon")

    async def shown_in_words() -> bool:
        return any("**Lemon**" in shown["content"] for shown in await bench.controllers())

    await bench.until(shown_in_words)
    for command in ("queue", "nowplaying", "history", "fav", "playlist", "search Lemon"):
        assert "埋め込みリンク" in await bench.say(f"!{command}"), command


async def test_a_link_to_a_song_in_a_playlist_plays_it_first(bench: Bench) -> None:
    catalogue = bench.nodes[0].node.catalogue
    playlist = catalogue.by_url(catalogue.playlist_urls()["J-POP ヒット曲集"])
    second = playlist.tracks[1]
    link = f"https://www.youtube.com/watch?v={second.identifier}&list=jpop"

    await bench.say(f"!play {link}")
    await bench.until(lambda: bench.title() == second.title)
    assert f"`1.` {playlist.tracks[2].title}" in await bench.say("!queue")
