"""The request channel: every message in it is a song, and it tidies itself."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import pytest

from bot.request_channel import RequestChannel, choose_request_channel
from sandbox.discord.permissions import BOT, MANAGE_MESSAGES, SEND_MESSAGES
from tests.integration.music_bench import Bench, is_controller, music_bench
from tests.support.discord_oracle import Watcher

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PICTURE = {"filename": "song.png", "content_type": "image/png", "data": "iVBORw0KGgo="}


@pytest.fixture
async def bench(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    async with music_bench(monkeypatch) as bench:
        quicken(monkeypatch)
        await bench.enter("you", "ラウンジ")
        yield bench


def quicken(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name, seconds in (
        ("controller", "EDIT_INTERVAL", 0.02),
        ("controller", "SEND_DELAY", 0.02),
        ("song_requests", "TIDY_SECONDS", 0.3),
        ("song_requests", "MENU_SECONDS", 0.6),
        ("tidying", "PAUSE", 0.1),
    ):
        # By its name: loading the extension imports the modules again.
        monkeypatch.setattr(importlib.import_module(f"bot.music.{module}"), name, seconds)


async def choose(bench: Bench, since: int = 0, channel: str = "music") -> None:
    place = RequestChannel(int(bench.ids[channel]), since)
    await choose_request_channel(bench.bot, int(bench.ids["guild"]), place)


async def everything(bench: Bench, channel: str = "music") -> list[dict[str, Any]]:
    """Return every message in a channel, oldest first."""
    query = f"limit=1000&user={bench.ids['you']}"
    return await bench.act("GET", f"/channels/{bench.ids[channel]}/messages?{query}")


def says(message: dict[str, Any]) -> str:
    return message["content"] + "".join(str(embed) for embed in message["embeds"])


async def settles(bench: Bench, last: str, *others: str, channel: str = "music") -> list[dict[str, Any]]:
    """Wait until the last message contains ``last``, and those before it are ``others``."""
    found: list[dict[str, Any]] = []

    async def settled() -> bool:
        found[:] = await everything(bench, channel)
        *before, end = [says(message) for message in found] or [""]
        return last in end and before == list(others)

    await bench.until(settled)
    return found


async def seen(bench: Bench, words: str) -> None:
    """Wait until somebody has read ``words`` in the channel, also if they are gone by now."""

    def events() -> list[str]:
        log = bench.discord.core.events._events
        return [str(event.data) for event in log if event.type.startswith("message_")]

    await bench.until(lambda: any(words in event for event in events()))


async def test_a_name_a_link_and_a_playlist_play_and_only_the_controller_stays(bench: Bench) -> None:
    watcher = Watcher()
    bench.discord.observers.append(watcher)
    await choose(bench)
    await settles(bench, "ここに曲名かリンクを書くと再生します")
    await bench.write("Lemon", "you")
    await settles(bench, "'title': 'Lemon'")
    url = f"{bench.nodes[0].base_url}/watch?v=x8VYWazR5mE"
    await bench.write(f"これも流して！ <{url}>", "you")
    await bench.write(f"{bench.nodes[0].base_url}/playlist?list=anime", "you")
    await bench.until(lambda: len(bench.player.music_queue) > 3)
    assert bench.player.music_queue.upcoming[0].title == "夜に駆ける"
    await settles(bench, "'title': 'Lemon'")
    assert any("bulk-delete" in one.path for one in watcher.exchanges), "together, where there are several"
    watcher.verify()


async def test_the_same_controller_goes_on_while_nothing_plays_and_after_the_bot_left(bench: Bench) -> None:
    await choose(bench)
    (panel,) = await settles(bench, "ここに曲名かリンクを書くと再生します")
    await bench.write("Lemon", "you")
    await settles(bench, "'title': 'Lemon'")
    await bench.write("!leave", "you")
    (shown,) = await settles(bench, "ここに曲名かリンクを書くと再生します")

    assert shown["id"] == panel["id"]


@pytest.mark.parametrize(
    ("content", "attachments", "words"),
    [
        ("", [PICTURE], "曲名かリンクを書いてください"),
        ("@Otonari", [], "曲名かリンクを書いてください"),
        ("x" * 501, [], "曲名には長すぎます"),
        ("https://evil.example/" + "x" * 1_900, [], "このリンクは再生できません"),
        ("http://169.254.169.254/latest", [], "このリンクは再生できません"),
        ("no such song", [], "見つかりませんでした"),
    ],
)
async def test_what_is_no_song_is_told_and_tidied_away(
    bench: Bench, content: str, attachments: list[object], words: str
) -> None:
    await choose(bench)
    path = f"/channels/{bench.ids['music']}/messages"
    await bench.act("POST", path, user=bench.ids["you"], content=content, attachments=attachments)
    await seen(bench, words)
    await settles(bench, "ここに曲名かリンクを書くと再生します")
    assert not bench.in_voice


async def test_who_may_not_use_play_may_not_request_either(bench: Bench) -> None:
    await choose(bench)
    await bench.write("Lemon", "haru")
    await seen(bench, "先にボイスチャンネルに入ってください")
    everybody = {"id": bench.ids["guild"], "type": 1, "permission": False}
    path = f"/guilds/{bench.ids['guild']}/commands/*/permissions"
    await bench.bot.tree.sync()
    await bench.act("PUT", path, permissions=[everybody])
    await bench.enter("haru", "ラウンジ")
    await bench.write("Lemon", "haru")
    await seen(bench, "このコマンドを使う権限がありません")
    assert not bench.in_voice


async def test_a_command_runs_as_one_and_is_no_song(bench: Bench) -> None:
    await choose(bench)
    await bench.write("Lemon", "you")
    await settles(bench, "'title': 'Lemon'")
    await bench.write("!volume 50", "you")
    await bench.write("!ofAnotherBot", "you")
    await settles(bench, "50%")
    assert not bench.player.music_queue.upcoming


async def test_bots_and_webhooks_request_nothing_and_the_controller_goes_below_them(bench: Bench) -> None:
    await choose(bench)
    (panel,) = await settles(bench, "ここに曲名かリンクを書くと再生します")
    other = await bench.act("POST", "/users", username="robot", guild=bench.ids["guild"])
    bench.discord.world.users[other["id"]]["bot"] = True
    bench.ids["robot"] = other["id"]
    await bench.write("Lemon", "robot")
    found = await settles(bench, "ここに曲名かリンクを書くと再生します", "Lemon")

    assert int(found[-1]["id"]) > int(panel["id"])
    assert not bench.in_voice


async def test_without_manage_messages_only_the_bots_own_go_and_the_controller_stays_at_the_bottom(
    bench: Bench,
) -> None:
    role = await bench.bot_role()
    path = f"/guilds/{bench.ids['guild']}/roles/{role['id']}"
    await bench.act("PATCH", path, permissions=str(BOT & ~MANAGE_MESSAGES))
    await choose(bench)
    await bench.write("Lemon", "you")
    await settles(bench, "'title': 'Lemon'", "Lemon")
    await bench.write("群青", "you")
    await settles(bench, "`1.` 群青", "Lemon", "群青")


async def test_what_was_written_before_and_what_is_pinned_stays(bench: Bench) -> None:
    old = await bench.write("ここは昔、雑談の場所でした", "haru")
    await choose(bench, since=old)
    await bench.write("Lemon", "you")
    await settles(bench, "'title': 'Lemon'", "ここは昔、雑談の場所でした")


async def test_a_restart_tidies_what_is_left_and_finds_the_controller(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await bench.write("前からある話", "haru")
    await choose(bench, since=before)
    await bench.write("Lemon", "you")
    shown = (await settles(bench, "'title': 'Lemon'", "前からある話"))[-1]
    await bench.bot.unload_extension("bot.music")
    await bench.write("だれもいないうちに", "you")
    guild = bench.bot.get_guild(int(bench.ids["guild"]))
    assert guild is not None
    await guild.get_channel(int(bench.ids["music"])).send("落ちる前の返事")
    await bench.bot.load_extension("bot.music")
    quicken(monkeypatch)
    bench.bot.dispatch("guild_available", guild)
    bench.bot.dispatch("music_recovered", bench.player, 0.0)
    found = await settles(bench, "'title': 'Lemon'", "前からある話")

    assert found[-1]["id"] == shown["id"]


async def test_another_channel_takes_the_controller_and_none_lets_it_go(bench: Bench) -> None:
    await choose(bench)
    await settles(bench, "ここに曲名かリンクを書くと再生します")
    await choose(bench, channel="bot-lab")
    await settles(bench, "ここに曲名かリンクを書くと再生します", channel="bot-lab")

    async def is_empty() -> bool:
        return not await everything(bench)

    await bench.until(is_empty)
    await bench.write("Lemon", "you")
    assert not bench.in_voice, "the channel before is one like any other"
    await choose_request_channel(bench.bot, int(bench.ids["guild"]), None)

    async def is_gone() -> bool:
        return not await everything(bench, "bot-lab")

    await bench.until(is_gone)


async def test_music_that_plays_keeps_its_controller_when_the_channel_is_none_any_more(bench: Bench) -> None:
    await choose(bench)
    await bench.write("Lemon", "you")
    await settles(bench, "'title': 'Lemon'")
    await choose_request_channel(bench.bot, int(bench.ids["guild"]), None)
    await bench.say("!volume 50")

    async def shows() -> bool:
        return any("50%" in says(message) for message in await everything(bench) if is_controller(message))

    await bench.until(shows)


async def test_requests_are_played_in_the_order_in_which_they_were_written(bench: Bench) -> None:
    await choose(bench)
    titles = ["Lemon", "群青", "怪物", "アイドル"]
    for title in titles:
        await bench.write(title, "you")
    await bench.until(lambda: bench.in_voice and len(bench.player.music_queue) == 3)

    player = bench.player
    assert [player.track.title, *(track.title for track in player.music_queue.upcoming)] == titles


async def test_too_many_requests_at_once_are_refused(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.import_module("bot.music.song_requests"), "MOST_WAITING", 0)
    await choose(bench)
    await bench.write("Lemon", "you")
    await seen(bench, "リクエストが混み合っています")
    assert not bench.in_voice


async def test_a_deleted_channel_is_left_at_once(bench: Bench) -> None:
    await choose(bench)
    await bench.write("Lemon", "you")
    await settles(bench, "'title': 'Lemon'")
    await bench.act("DELETE", f"/channels/{bench.ids['music']}")
    await bench.until(lambda: bench.bot.get_channel(int(bench.ids["music"])) is None)
    await choose_request_channel(bench.bot, int(bench.ids["guild"]), None)
    await bench.until(lambda: bench.title() == "Lemon")


async def test_where_the_bot_may_not_write_a_request_is_left_alone_and_the_controller_is_elsewhere(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    await choose(bench)
    await settles(bench, "ここに曲名かリンクを書くと再生します")
    deny = {"type": 1, "allow": "0", "deny": str(SEND_MESSAGES)}
    path = f"/channels/{bench.ids['music']}/permissions/{bench.discord.world.bot_id}"
    await bench.act("PUT", path, **deny)
    channel = bench.bot.get_channel(int(bench.ids["music"]))
    await bench.until(lambda: not channel.permissions_for(channel.guild.me).send_messages)
    with caplog.at_level("DEBUG", "bot.music.song_requests"):
        await bench.write("Lemon", "you")
        await bench.until(lambda: any("a request is left alone" in line for line in caplog.messages))
    assert not bench.in_voice
    call = {"channel": bench.ids["bot-lab"], "name": "play", "options": {"query": "Lemon"}, "locale": "ja"}
    await bench.act("POST", "/interactions/command", user=bench.ids["you"], **call)

    async def shown() -> bool:
        return any(is_controller(message) for message in await everything(bench, "bot-lab"))

    await bench.until(shown)


async def test_a_controller_that_somebody_deleted_comes_back_also_while_nothing_plays(bench: Bench) -> None:
    await choose(bench)
    (panel,) = await settles(bench, "ここに曲名かリンクを書くと再生します")
    path = f"/channels/{bench.ids['music']}/messages/{panel['id']}?user={bench.ids['you']}"
    await bench.act("DELETE", path)
    (again,) = await settles(bench, "ここに曲名かリンクを書くと再生します")

    assert again["id"] != panel["id"]
