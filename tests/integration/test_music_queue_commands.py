"""Changing the queue and the place in the song, from a person's words to Lavalink."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING

import pytest

from tests.integration.music_bench import SECOND, Bench, is_controller, music_bench

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SONGS = ("Lemon", "群青", "アイドル", "怪物")


@pytest.fixture
async def bench(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    async with music_bench(monkeypatch) as bench:
        await bench.enter("you", "ラウンジ")
        for song in SONGS:
            await bench.say(f"!play {song}")
        yield bench


def waiting(bench: Bench) -> list[str]:
    return [track.title for track in bench.player.music_queue.upcoming]


async def test_a_song_can_be_played_next_or_now(bench: Bench) -> None:
    assert "1番目" in await bench.say("!playnext 新時代")
    assert waiting(bench) == ["新時代", "群青", "アイドル", "怪物"]

    assert "を再生します" in await bench.say("!playnow 踊")
    assert bench.title() == "踊"
    assert waiting(bench) == ["新時代", "群青", "アイドル", "怪物"]


async def test_a_skip_to_a_song_leaves_out_those_before_it_until_undone(bench: Bench) -> None:
    await bench.say("!skipto 2")
    assert (bench.title(), waiting(bench)) == ("アイドル", ["怪物"])

    await bench.say("!undo")
    assert (bench.title(), waiting(bench)) == ("Lemon", ["アイドル", "怪物"])
    await bench.say("!undo")
    assert waiting(bench) == ["群青", "アイドル", "怪物"]
    assert "元に戻せる操作はありません" in await bench.say("!undo")


async def test_the_song_before_can_be_played_again(bench: Bench) -> None:
    assert "前に再生した曲はありません" in await bench.say("!previous")
    await bench.say("!skip")
    await bench.say("!previous")

    assert (bench.title(), waiting(bench)) == ("Lemon", ["群青", "アイドル", "怪物"])


async def test_the_queue_can_be_reordered_and_emptied(bench: Bench) -> None:
    await bench.say("!move 3")
    assert waiting(bench) == ["怪物", "群青", "アイドル"]
    assert "**群青** をキューから外しました" in await bench.say("!remove 2")
    assert "2曲をキューから外しました" in await bench.slash("remove", place=1, last=2)
    assert waiting(bench) == []

    await bench.say("!undo")
    await bench.say("!clear")
    assert (bench.title(), waiting(bench)) == ("Lemon", [])
    assert "2曲をキューに戻しました" in await bench.say("!undo")


@pytest.mark.parametrize("command", ["skipto 4", "skipto 0", "move 9", "move 1 9", "remove -1", "remove 1 4"])
async def test_a_number_that_is_not_in_the_queue_is_told(bench: Bench, command: str) -> None:
    assert "その番号の曲はありません（キューは3曲です）" in await bench.say(f"!{command}")
    assert waiting(bench) == ["群青", "アイドル", "怪物"]


async def test_a_place_in_the_song_can_be_sought(bench: Bench) -> None:
    assert "1:30" in await bench.say("!seek 1:30")
    assert 90_000 <= bench.playing().position < 95_000
    await bench.say("!pause")
    await bench.say("!seek +10")
    assert 100_000 <= bench.playing().position < 105_000
    await bench.say("!seek -99:00")
    assert bench.playing().position == 0

    assert "`1:23`" in await bench.say("!seek xyzzy")


async def test_where_nothing_waits_that_is_said_and_one_song_is_no_plural(bench: Bench) -> None:
    assert "Removed 3 tracks" in await bench.slash("clear", locale="en-US")
    assert "次の曲はありません" in await bench.say("!clear")
    assert "Nothing is up next" in await bench.slash("shuffle", locale="en-US")
    await bench.say("!play 踊")
    assert "Removed 1 track from" in await bench.slash("clear", locale="en-US")
    assert "Put 1 track back" in await bench.slash("undo", locale="en-US")


async def test_a_looped_song_plays_again_and_a_skip_leaves_it(bench: Bench) -> None:
    assert "1曲" in await bench.slash("loop", mode="track")
    bench.playing().seek(bench.player.track.length_ms)
    await bench.until(lambda: bench.plays.titles == ["Lemon", "Lemon"])
    await bench.say("!skip")

    assert bench.title() == "群青"


async def test_a_looped_queue_takes_the_song_again(bench: Bench) -> None:
    await bench.say("!loop queue")
    await bench.say("!skip")

    assert waiting(bench) == ["アイドル", "怪物", "Lemon"]


async def test_a_shuffled_queue_keeps_every_song(bench: Bench) -> None:
    assert "3曲をシャッフル" in await bench.say("!shuffle")
    assert sorted(waiting(bench)) == sorted(["群青", "アイドル", "怪物"])


COMMANDS = (
    *("skip", "previous", "undo", "shuffle", "clear", "pause", "resume", "stop", "skipto 2", "move 2"),
    *("remove 1", "remove 1 2", "seek 1:00", "volume 30", "volume 80", "filter 8d", "filter nightcore"),
    *("loop queue", "loop track", "loop off", "play 踊", "playnext 新時代", "playnow 怪物", "favorites add"),
)


async def test_fifty_commands_at_once_leave_the_queue_and_lavalink_agreed(bench: Bench) -> None:
    dice = random.Random(7)
    for who in ("haru", "yuki"):
        await bench.enter(who, "ラウンジ")
    chosen = [(dice.choice(COMMANDS), dice.choice(("you", "haru", "yuki"))) for _ in range(50)]
    before = await bench.write("いっぱい頼もう", "you")
    await asyncio.gather(*(bench.write(f"!{command}", who) for command, who in chosen))

    async def all_answered() -> bool:
        return len([told for told in await bench.messages(before) if not is_controller(told)]) >= len(chosen)

    await bench.until(all_answered)
    answers = await bench.words(before)
    assert not [words for words in answers if "エラー" in words]
    await bench.say("!play 踊")
    await bench.say("!playnext 新時代")
    player, queue, lavalink = bench.player, bench.player.music_queue, bench.playing()

    assert bench.title() == queue.current.title
    assert lavalink.paused == player.paused
    assert lavalink.volume == player.volume
    assert {name: value for name, value in lavalink.filters.items() if value} == player.filter_payload
    assert abs(lavalink.position - player.position_ms) <= SECOND
    before_clear = waiting(bench)
    await bench.say("!clear")
    await bench.say("!undo")
    assert waiting(bench) == before_clear != []
