"""The controller against a Discord that refuses, forgets or is slow; the music is a stand-in."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from unittest.mock import Mock

import discord
import pytest

from bot.chat.stop_button import StopButton
from bot.client import Bot
from bot.lavalink import Player
from bot.lavalink.music_queue import MusicQueue
from bot.music.controller import OUT_OF_SIGHT, Controller
from bot.music.controller_view import ControllerView
from bot.music.controllers import Controllers
from bot.music.library import Library
from bot.music.pages import Pages
from bot.storage.state import State
from bot.texts import Language
from tests.support.music_hall import SONG

GUILD, CHANNEL, MESSAGE = 10, 20, 30


class Place:
    """A channel with its messages, as `discord.PartialMessageable` and `PartialMessage` give access to it."""

    def __init__(self, channel_id: int) -> None:
        self.id = channel_id
        self.sent: list[discord.Embed | str | None] = []
        self.edits: list[discord.Embed | str | None] = []
        self.deleted: list[int] = []
        self.refusals: dict[str, discord.HTTPException] = {}
        self.shown = asyncio.Event()

    async def send(
        self,
        content: str | None = None,
        *,
        embed: discord.Embed | None = None,
        view: discord.ui.View,
        silent: bool,
    ) -> Mock:
        self._refuse("send")
        self.sent.append(embed or content)
        self.shown.set()
        return Mock(spec=discord.Message, id=MESSAGE + len(self.sent))

    def get_partial_message(self, message_id: int) -> Mock:
        async def edit(
            *, content: str | None = None, embed: discord.Embed | None, view: discord.ui.View | None
        ) -> None:
            self._refuse("edit")
            self.edits.append(embed or content)
            self.shown.set()

        async def delete() -> None:
            self._refuse("delete")
            self.deleted.append(message_id)

        message = Mock(spec=discord.PartialMessage, id=message_id, edit=edit, delete=delete)
        message.channel.id = self.id
        return message

    def _refuse(self, action: str) -> None:
        if action in self.refusals:
            raise self.refusals.pop(action)

    async def next(self) -> None:
        async with asyncio.timeout(60):
            await self.shown.wait()
        self.shown.clear()


@pytest.fixture
def places() -> dict[int, Place]:
    return {CHANNEL: Place(CHANNEL), CHANNEL + 1: Place(CHANNEL + 1)}


@pytest.fixture
def place(places: dict[int, Place]) -> Place:
    return places[CHANNEL]


@pytest.fixture
def bot(tmp_path: Path, places: dict[int, Place], monkeypatch: pytest.MonkeyPatch) -> Mock:
    monkeypatch.setattr("bot.music.controller.EDIT_INTERVAL", 0.01)
    monkeypatch.setattr("bot.music.controller.SEND_DELAY", 0.0)
    bot = Mock(spec=Bot, settings=Mock(bot_language="ja"), state=State(tmp_path / "state.sqlite3"))
    bot.get_partial_messageable.side_effect = lambda channel_id, guild_id: places[channel_id]
    return bot


@pytest.fixture
def player() -> Mock:
    player = Mock(spec=Player, guild_id=GUILD, paused=False, volume=100, position_ms=0)
    player.filter_payload, player.skip_votes, player.music_queue = {}, set(), MusicQueue()
    player.music_queue.add([SONG])
    player.track = player.music_queue.advance()
    player.text_channel = Mock(id=CHANNEL)
    return player


def make(bot: Mock, tmp_path: Path) -> Controller:
    return Controller(bot, GUILD, Library(tmp_path / "songs.sqlite3"))


def refusal(kind: type[discord.HTTPException], status: int) -> discord.HTTPException:
    return kind(Mock(status=status), "no")


async def test_many_changes_at_once_are_one_message_and_few_edits(
    bot: Mock, place: Place, player: Mock, tmp_path: Path
) -> None:
    controller = make(bot, tmp_path)
    for volume in range(50):
        player.volume = volume
        controller.show(player)
    await place.next()
    for volume in range(50):
        player.volume = volume
        controller.show(player)
    player.volume = 77
    controller.show(player)
    while "77%" not in (place.edits[-1].description if place.edits else ""):
        await place.next()

    assert len(place.sent) == 1
    assert len(place.edits) <= 2
    await controller.close()


async def test_what_is_shown_already_is_not_sent_to_discord_again(
    bot: Mock, place: Place, player: Mock, tmp_path: Path
) -> None:
    player.paused = True  # then no time runs
    controller = make(bot, tmp_path)
    controller.show(player)
    await place.next()
    controller.show(player)
    await asyncio.wait({controller._task})

    assert (len(place.sent), len(place.edits)) == (1, 0)


async def test_the_message_from_before_a_restart_is_used_again(
    bot: Mock, place: Place, player: Mock, tmp_path: Path
) -> None:
    first = make(bot, tmp_path)
    first.show(player)
    await place.next()
    await first.close()
    second = make(bot, tmp_path)
    second.show(player, bring_into_view=True)
    await place.next()

    assert (len(place.sent), len(place.edits)) == (1, 1)
    await second.close()


@pytest.mark.parametrize("stored", ["x", {}, {"channel": "20", "message": 30}, {"channel": 20}])
async def test_a_message_that_is_not_stored_well_is_sent_again(
    bot: Mock, place: Place, player: Mock, tmp_path: Path, stored: object
) -> None:
    await bot.state.put(f"music.controller.{GUILD}", stored)
    controller = make(bot, tmp_path)
    controller.show(player)
    await place.next()

    assert len(place.sent) == 1
    await controller.close()


async def test_a_channel_that_may_not_be_written_to_costs_a_line_in_the_log_only(
    bot: Mock, place: Place, player: Mock, tmp_path: Path
) -> None:
    place.refusals["send"] = refusal(discord.Forbidden, 403)
    controller = make(bot, tmp_path)
    controller.show(player)
    await asyncio.wait({controller._task})
    controller.show(player)
    await place.next()

    assert len(place.sent) == 1
    await controller.close()


async def test_music_asked_for_elsewhere_takes_the_controller_along_and_leaves_none_behind(
    bot: Mock, places: dict[int, Place], player: Mock, tmp_path: Path
) -> None:
    controller = make(bot, tmp_path)
    controller.show(player)
    await places[CHANNEL].next()
    player.text_channel = Mock(id=CHANNEL + 1)
    controller.show(player, bring_into_view=True)
    await places[CHANNEL + 1].next()

    assert places[CHANNEL].deleted == [MESSAGE + 1]
    assert len(places[CHANNEL + 1].sent) == 1
    await controller.close()


@pytest.mark.parametrize(
    "error", [refusal(discord.NotFound, 404), refusal(discord.Forbidden, 403)], ids=["gone", "forbidden"]
)
async def test_a_controller_that_cannot_be_deleted_is_left(
    bot: Mock, place: Place, player: Mock, tmp_path: Path, error: discord.HTTPException
) -> None:
    controller = make(bot, tmp_path)
    controller.show(player)
    await place.next()
    for number in range(OUT_OF_SIGHT):
        controller.note_message(Mock(id=MESSAGE + 100 + number, channel=Mock(id=CHANNEL)))
    place.refusals["delete"] = error
    controller.show(player, bring_into_view=True)
    await place.next()

    assert len(place.sent) == 2
    await controller.close()


async def test_what_is_written_while_the_controller_is_being_sent_is_below_it(
    bot: Mock, place: Place, player: Mock, tmp_path: Path
) -> None:
    controller = make(bot, tmp_path)
    controller.show(player)
    for number in range(OUT_OF_SIGHT):
        controller.note_message(Mock(id=MESSAGE + 100 + number, channel=Mock(id=CHANNEL)))
    await place.next()
    controller.show(player, bring_into_view=True)
    await place.next()

    assert len(place.sent) == 2
    await controller.close()


async def test_only_what_is_written_below_it_moves_the_controller(
    bot: Mock, place: Place, player: Mock, tmp_path: Path
) -> None:
    controller = make(bot, tmp_path)
    controller.show(player)
    await place.next()
    for number in range(OUT_OF_SIGHT):
        controller.note_message(Mock(id=MESSAGE + 100 + number, channel=Mock(id=CHANNEL + 1)))
        controller.note_message(Mock(id=MESSAGE - number, channel=Mock(id=CHANNEL)))
    player.volume = 5
    controller.show(player, bring_into_view=True)
    await place.next()

    assert (len(place.sent), len(place.edits)) == (1, 1)
    await controller.close()


async def test_an_end_is_shown_in_the_message_but_makes_none(
    bot: Mock, place: Place, player: Mock, tmp_path: Path
) -> None:
    controller = make(bot, tmp_path)
    controller.show(player, ended=True)
    await asyncio.wait({controller._task})
    assert place.sent == []
    controller.show(player)
    await place.next()
    controller.show(player, ended=True)
    await place.next()

    assert "再生していません" in (place.edits[-1].author.name or "")
    await controller.close()


KEY = f"music.controller.{GUILD}"
GONE: dict[str, Callable[[Controllers], Awaitable[None]]] = {
    "guild": lambda cog: cog.on_guild_remove(Mock(id=GUILD)),
    "guild for long": lambda cog: cog.forget_guild(GUILD, [CHANNEL]),
    "channel": lambda cog: cog.on_guild_channel_delete(Mock(id=CHANNEL, guild=Mock(id=GUILD))),
    "thread": lambda cog: cog.on_raw_thread_delete(Mock(thread_id=CHANNEL, guild_id=GUILD)),
    "message": lambda cog: cog.on_raw_message_delete(Mock(message_id=MESSAGE + 1, guild_id=GUILD)),
    "messages": lambda cog: cog.on_raw_bulk_message_delete(
        Mock(message_ids={1, MESSAGE + 1}, guild_id=GUILD)
    ),
}


@pytest.mark.parametrize("has_restarted", [False, True])
@pytest.mark.parametrize("gone", GONE)
async def test_a_controller_goes_with_its_guild_channel_or_message(
    bot: Mock, place: Place, player: Mock, tmp_path: Path, gone: str, has_restarted: bool
) -> None:
    library = Library(tmp_path / "songs.sqlite3")
    cog = Controllers(bot, library)
    await cog.on_music_track_start(player, SONG)
    await place.next()
    await cog.on_music_changed(player)
    await asyncio.wait({cog._of(player)._task})
    if has_restarted:
        await cog.cog_unload()
        cog = Controllers(bot, library)
    await cog.on_raw_message_delete(Mock(message_id=1, guild_id=GUILD))
    await cog.on_raw_message_delete(Mock(message_id=MESSAGE + 1, guild_id=None))
    assert bot.state.get(KEY)

    await GONE[gone](cog)

    assert bot.state.get(KEY) is None
    await cog.on_music_changed(player)
    while len(place.sent) < 2:  # a new one; what was shown before may have been an edit
        await place.next()
    await cog.cog_unload()


async def test_where_nobody_asked_nothing_is_shown(
    bot: Mock, place: Place, player: Mock, tmp_path: Path
) -> None:
    player.text_channel = None
    controller = make(bot, tmp_path)
    controller.show(player, bring_into_view=True)
    await asyncio.wait({controller._task})

    assert place.sent == []


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_every_button_says_in_words_what_it_does(
    bot: Mock, player: Mock, tmp_path: Path, language: Language
) -> None:
    controller = ControllerView(Library(tmp_path / "songs.sqlite3"), language).update(player)
    pages = Pages(lambda _page: discord.Embed(), lambda: 3, 1, language)
    for view in (controller, pages, StopButton(None, language)):
        labels = [button.label for button in view.children if isinstance(button, discord.ui.Button)]
        assert all(labels)
        assert len(set(labels)) == len(labels)
        assert all(label.isascii() == (language == "en") for label in labels if "−" not in label)


async def test_the_button_that_pauses_says_resume_while_paused(
    bot: Mock, player: Mock, tmp_path: Path
) -> None:
    view = ControllerView(Library(tmp_path / "songs.sqlite3"), "ja")
    labels = []
    for paused in (False, True, False):
        player.paused = paused
        labels.append(view.update(player)._buttons["pause"].label)

    assert labels == ["一時停止", "再開", "一時停止"]


async def test_without_embed_links_the_controller_says_it_in_words(
    bot: Mock, place: Place, player: Mock, tmp_path: Path
) -> None:
    channel = Mock(spec=discord.TextChannel)
    channel.permissions_for.return_value = discord.Permissions(send_messages=True)
    bot.get_guild.return_value.get_channel_or_thread.return_value = channel
    controller = make(bot, tmp_path)
    controller.show(player)
    await place.next()
    (words,) = place.sent
    assert isinstance(words, str)
    assert "**夜に駆ける**" in words
    assert "YOASOBI" in words

    player.volume = 50
    controller.show(player)
    await place.next()
    assert "50%" in str(place.edits[-1])

    channel.permissions_for.return_value = discord.Permissions.all()
    player.volume = 40
    controller.show(player)
    await place.next()
    assert isinstance(place.edits[-1], discord.Embed), "as soon as it may"
    await controller.close()


async def test_a_controller_that_was_deleted_is_forgotten(
    bot: Mock, place: Place, player: Mock, tmp_path: Path
) -> None:
    controller = make(bot, tmp_path)
    controller.show(player)
    await place.next()
    await asyncio.wait({controller._task})
    assert bot.state.get(f"music.controller.{GUILD}")
    place.refusals["edit"] = refusal(discord.NotFound, 404)
    controller.show(player, ended=True)
    await asyncio.wait({controller._task})
    assert bot.state.get(f"music.controller.{GUILD}") is None
    await controller.close()
