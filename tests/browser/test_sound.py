"""What a page lets its visitor hear of a voice channel, measured where it leaves for the speakers."""

from __future__ import annotations

import asyncio
import math
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from playwright.async_api import expect

from sandbox.discord.stand_in import DiscordStandIn
from sandbox.voice import VoiceStandIn
from tests.browser.axe import SCRIPT, violations
from tests.browser.chat_page import ChatPage
from tests.browser.test_connection import Line
from tests.support.tones import tone_frames
from tests.support.voice_sender import voice_sender

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager

    from playwright.async_api import Browser, Locator

    from tests.browser.scripted_bot import ScriptedBot
    from tests.support.voice_sender import VoiceSender

pytestmark = pytest.mark.asyncio(loop_scope="session")

TAP = """
const { connect } = AudioNode.prototype;
AudioNode.prototype.connect = function (to, ...rest) {
  if (to instanceof AudioDestinationNode) {
    window.tap = new AnalyserNode(to.context, { fftSize: 32768, smoothingTimeConstant: 0 });
    connect.call(this, window.tap);
  }
  return connect.call(this, to, ...rest);
};
"""
UNTOUCHED = 'Object.defineProperty(navigator, "userActivation", { value: { hasBeenActive: false } });'
"""As a page that was loaded anew; what Playwright evaluates counts as a touch."""
MEASURE = """() => {
  if (!window.tap) return { frequency: 0, level: -200 };
  const lines = new Float32Array(tap.frequencyBinCount);
  tap.getFloatFrequencyData(lines);
  const samples = new Float32Array(tap.fftSize);
  tap.getFloatTimeDomainData(samples);
  const power = samples.reduce((sum, one) => sum + one * one, 0) / samples.length;
  return {
    frequency: lines.indexOf(Math.max(...lines)) * tap.context.sampleRate / tap.fftSize,
    level: power ? 10 * Math.log10(power) : -200,
  };
}"""
RENDERED = """async (frames) => {
  const { Speaker } = await import("/static/sound/speaker.js");
  const context = new OfflineAudioContext(2, 48000, 48000);
  const speaker = new Speaker(context.destination);
  let timestamp = 4294967296 - 960 * 2;
  let decoded = 0;
  const output = new Promise((resolve) => {
    const { close } = AudioData.prototype;
    AudioData.prototype.close = function () {
      close.call(this);
      if (++decoded === frames.length) resolve();
    };
  });
  for (const frame of frames) {
    speaker.take(timestamp, new Uint8Array(frame));
    timestamp = (timestamp + 960) % 4294967296;
  }
  await output;
  const sound = await context.startRendering();
  return [...sound.getChannelData(1)];
}"""
PLACED = """async (frames) => {
  const { Playout } = await import("/static/sound/playout.js");
  const playout = new Playout();
  return frames.map(([position, now]) => playout.place(position, 960, now));
}"""
LEAD, MOST = 9600, 14_400
"""Samples: 200 and 300 ms."""
SINE = 20 * math.log10(0.25 / math.sqrt(2))


@pytest_asyncio.fixture(loop_scope="session")
async def voice() -> AsyncIterator[VoiceStandIn]:
    """The voice server."""
    voice = VoiceStandIn(None)
    await voice.start()
    yield voice
    await voice.close()


@pytest_asyncio.fixture(loop_scope="session")
async def discord(stand_ins: list[str], voice: VoiceStandIn) -> AsyncIterator[DiscordStandIn]:
    """A fresh world, with that voice server."""
    stand_in = DiscordStandIn(None, rate_limits=False, stand_ins=lambda: stand_ins, voice_server=voice)
    for route in voice.control_routes():
        stand_in.app.router.add_route(route.method, f"/sandbox/voice{route.path}", route.handler)
    await stand_in.start()
    yield stand_in
    await stand_in.close()


@asynccontextmanager
async def visiting(
    browser: Browser, discord: DiscordStandIn, *, locale: str = "ja-JP", width: int = 1280, script: str = TAP
) -> AsyncGenerator[ChatPage]:
    """Open the page in a tab of its own, with a script that runs before the page's."""
    page = await browser.new_page(locale=locale, viewport={"width": width, "height": 844})
    await page.add_init_script(script)
    chat = ChatPage(page, discord)
    await chat.visit()
    yield chat
    await chat.leave()
    await page.close()
    assert chat.complaints == []


@pytest_asyncio.fixture(loop_scope="session")
async def chat(browser: Browser, discord: DiscordStandIn, bot: ScriptedBot) -> AsyncIterator[ChatPage]:
    """The page in Japanese, with the bot in the lounge."""
    await bot.join(discord_guild(discord), lounge(discord))
    async with visiting(browser, discord) as chat:
        await expect(chat.page.locator(".present li")).to_contain_text(["Otonari"])
        yield chat


@pytest_asyncio.fixture(loop_scope="session")
async def sender(chat: ChatPage, bot: ScriptedBot) -> AsyncIterator[VoiceSender]:
    """The bot's voice connection."""
    async with speaks(chat, bot.id) as sender:
        yield sender


def discord_guild(discord: DiscordStandIn) -> str:
    return next(iter(discord.world.guilds))


def lounge(discord: DiscordStandIn, name: str = "ラウンジ") -> str:
    channels = discord.world.channels_of(discord_guild(discord))
    return next(channel["id"] for channel in channels if channel["name"] == name)


def speaks(chat: ChatPage, user: str) -> AbstractAsyncContextManager[VoiceSender]:
    return voice_sender(chat.discord.url, chat.guild, user)


def sound(chat: ChatPage) -> Locator:
    return chat.page.locator(".sidebar .sound")


def button(chat: ChatPage, name: str) -> Locator:
    return sound(chat).get_by_role("button", name=name)


async def enter(chat: ChatPage, name: str = "ラウンジ") -> None:
    await chat.page.locator(f"[data-voice='{chat.channels[name]}']").click()


async def until(chat: ChatPage, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Return what leaves the page for the speakers, once it fits."""
    measured: dict[str, Any] = {}
    try:
        async with asyncio.timeout(60):
            while not fits(measured := await chat.page.evaluate(MEASURE)):
                await asyncio.sleep(0.05)
    except TimeoutError:
        pytest.fail(f"the last that was measured: {measured}")
    return measured


async def until_meter(chat: ChatPage, fits: Callable[[int], bool]) -> None:
    meter = sound(chat).locator(".meter")
    async with asyncio.timeout(60):
        while not fits(int(await meter.get_attribute("aria-valuenow") or 0)):
            await asyncio.sleep(0.05)


def is_tone(hertz: float, level: float = SINE) -> Callable[[dict[str, Any]], bool]:
    return lambda heard: abs(heard["frequency"] - hertz) < 2 and abs(heard["level"] - level) < 2


def is_silent(heard: dict[str, Any]) -> bool:
    return heard["level"] < -90


async def test_whoever_joins_hears_the_tone_that_the_bot_sends_and_sees_it(
    chat: ChatPage, sender: VoiceSender
) -> None:
    await sender.play(440)
    await enter(chat)
    await until(chat, is_tone(440))
    await until_meter(chat, lambda level: abs(level - SINE) < 2)
    await expect(sound(chat)).to_have_attribute("data-state", "sounding")
    await expect(sound(chat).locator(".sound-words")).to_be_hidden()
    await sender.play(660, amplitude=0.05)
    await until(chat, is_tone(660, SINE - 20 * math.log10(5)))
    await sender.stop()
    await until(chat, is_silent)
    await until_meter(chat, lambda level: level <= -54)
    await expect(sound(chat).locator(".sound-words")).to_have_text("いまは何も流れていません。")
    await sender.play(440)
    await until(chat, is_tone(440))


async def test_the_sound_is_turned_off_and_down_while_the_meter_shows_what_comes(
    chat: ChatPage, sender: VoiceSender
) -> None:
    await sender.play(440)
    await enter(chat)
    await until(chat, is_tone(440))
    await button(chat, "音を消す").click()
    await until(chat, is_silent)
    await until_meter(chat, lambda level: abs(level - SINE) < 2)
    await button(chat, "音を出す").click()
    await until(chat, is_tone(440))
    slider = sound(chat).get_by_role("slider", name="音量")
    await slider.fill("50")
    await until(chat, is_tone(440, SINE - 20 * math.log10(4)))
    await slider.fill("0")
    await until(chat, is_silent)
    await button(chat, "音を出す").click()
    await until(chat, is_tone(440, SINE - 20 * math.log10(4)))


async def test_leaving_ends_it_and_moving_takes_it_along(
    chat: ChatPage, sender: VoiceSender, voice: VoiceStandIn
) -> None:
    rooms = [voice.gateway.room(lounge(chat.discord, name)) for name in ("ラウンジ", "作業部屋")]

    async def listened_to(*expected: int) -> None:
        async with asyncio.timeout(60):
            while [len(room.followers) for room in rooms] != list(expected):
                await asyncio.sleep(0.02)

    await sender.play(440)
    await enter(chat)
    await until(chat, is_tone(440))
    await listened_to(1, 0)
    await enter(chat, "作業部屋")
    await until(chat, is_silent)
    await listened_to(0, 1)
    await enter(chat)
    await until(chat, is_tone(440))
    await chat.page.get_by_role("button", name="退出", exact=True).click()
    await expect(sound(chat)).to_be_hidden()
    await listened_to(0, 0)
    assert await chat.page.evaluate("tap.context.state") == "closed"
    await enter(chat)
    await chat.page.get_by_role("radio", name="はる").check(force=True)
    await listened_to(0, 0)
    await expect(sound(chat)).to_be_hidden()


async def test_a_page_that_may_not_sound_yet_asks_for_a_click(
    browser: Browser, discord: DiscordStandIn, bot: ScriptedBot
) -> None:
    await bot.join(discord_guild(discord), lounge(discord))
    async with visiting(browser, discord, script=TAP + UNTOUCHED) as chat, speaks(chat, bot.id) as sender:
        await sender.play(440)
        await enter(chat)
        await expect(sound(chat)).to_contain_text("押すと、このページから音が出ます")
        assert await chat.page.evaluate(MEASURE) == {"frequency": 0, "level": -200}
        await button(chat, "音を聞く").click()
        await until(chat, is_tone(440))
        await expect(button(chat, "音を聞く")).to_be_hidden()


async def test_a_closed_stream_is_opened_again(chat: ChatPage, sender: VoiceSender) -> None:
    line = Line()
    await chat.page.route_web_socket("**/sandbox/voice/*/listen", line.connect)
    await sender.play(440)
    await enter(chat)
    await until(chat, is_tone(440))
    await line.break_off()
    await expect(sound(chat)).to_contain_text("音につないでいます…")
    await until(chat, is_silent)
    line.cut = False
    await until(chat, is_tone(440))


async def test_frames_that_are_no_opus_do_not_end_it(chat: ChatPage, sender: VoiceSender) -> None:
    await enter(chat)
    await expect(sound(chat)).to_have_attribute("data-state", "quiet")
    for rubbish in (b"", b"\xff", b"\x03\xff" * 40, b"\x0c"):
        sender.client.send_frame(rubbish)
    await sender.play(440)
    await until(chat, is_tone(440))


async def test_nobody_hears_themselves(chat: ChatPage) -> None:
    await enter(chat)
    await expect(sound(chat)).to_have_attribute("data-state", "quiet")
    me, haru, listener = (chat.people[name] for name in ("あなた", "はる", "ユキ"))
    for user in (haru, listener):
        await chat.post("/voice", {"user": user, "guild": chat.guild, "channel": chat.channels["ラウンジ"]})
    async with speaks(chat, me) as mine, speaks(chat, haru) as theirs:
        await mine.play(440)
        await theirs.play(660)
        await until(chat, is_tone(660))


async def test_it_says_that_a_song_is_not_heard(chat: ChatPage) -> None:
    words = sound(chat).locator(".sound-words")
    song = {"guild_id": chat.guild, "channel_id": chat.channels["ラウンジ"], "title": "夜に駆ける"}
    song |= {"author": "YOASOBI", "position_ms": 1, "length_ms": 200_000, "paused": True, "volume": 60}
    await enter(chat)
    await expect(words).to_have_text("いまは何も流れていません。")
    chat.discord.core.events.add("player_update", song)
    await expect(chat.page.locator(".sidebar .player")).to_contain_text("一時停止中")
    await expect(words).to_have_text("いまは何も流れていません。")
    chat.discord.core.events.add("player_update", song | {"paused": False})
    await expect(words).to_have_text("曲は再生中ですが、音が届いていません。")


async def test_it_says_that_songs_are_made_up_where_they_are(chat: ChatPage, stand_ins: list[str]) -> None:
    words = chat.page.locator(".stand-ins")
    await expect(words).to_have_text("お試し用：Geminiは代役、曲は代わりの音楽")
    stand_ins.remove("lavalink")
    chat.discord.core.events.add("guild_update", {"id": chat.guild})
    await expect(words).to_have_text("お試し用：Geminiは代役")


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("ja-JP", "このブラウザーには音を再生する機能（WebCodecs）がありません"),
        ("en-US", "This browser lacks"),
    ],
)
async def test_a_browser_without_webcodecs_is_told_so(
    browser: Browser, discord: DiscordStandIn, locale: str, text: str
) -> None:
    async with visiting(browser, discord, locale=locale, script="delete window.AudioDecoder") as chat:
        await enter(chat)
        await expect(sound(chat).locator(".sound-words")).to_contain_text(text)
        await expect(sound(chat).locator(".meter")).to_be_hidden()


@pytest.mark.parametrize("width", [1280, 390])
async def test_the_sound_is_where_there_is_room_and_free_of_complaints(
    browser: Browser, discord: DiscordStandIn, bot: ScriptedBot, width: int
) -> None:
    await bot.join(discord_guild(discord), lounge(discord))
    async with visiting(browser, discord, width=width) as chat, speaks(chat, bot.id) as sender:
        if width < 760:
            await chat.page.locator(".menu").click()
        await enter(chat)
        await expect(sound(chat)).to_be_in_viewport(ratio=1)
        await sender.play(440)
        await until(chat, is_tone(440))
        found = await violations(chat.page) if SCRIPT.exists() else []
        if width < 760:
            await chat.page.locator(".shade").click(position={"x": 380, "y": 400})
            await expect(chat.page.locator(".heads .sound")).to_be_in_viewport(ratio=1)
            found += await violations(chat.page) if SCRIPT.exists() else []
        assert await chat.page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
        assert found == []


async def test_frames_follow_each_other_without_a_seam(chat: ChatPage) -> None:
    frames = [list(frame) for frame in tone_frames(440, 6)]
    samples: list[float] = await chat.page.evaluate(RENDERED, frames)
    sounding = samples[LEAD + 2 * 960 : LEAD + 6 * 960]
    steps = [abs(after - before) for before, after in pairwise(sounding)]
    steepest = 0.25 * 2 * math.pi * 440 / 48_000
    assert max(map(abs, sounding)) == pytest.approx(0.25, rel=0.1)
    assert max(steps) < 1.2 * steepest
    assert max(map(abs, samples[:LEAD])) == 0


async def test_what_is_lost_stays_empty_and_what_is_late_begins_again(chat: ChatPage) -> None:
    arrivals = [(0, 0), (960, 960), (3840, 3840), (4800, 20_000), (5760, 20_000)]
    placed = await chat.page.evaluate(PLACED, arrivals)
    run = 20_000 + LEAD
    assert [one["at"] for one in placed] == [LEAD, LEAD + 960, LEAD + 3840, run, run + 960]
    assert [one["begins"] for one in placed] == [True, False, False, True, False]


async def test_after_a_jam_it_is_not_further_behind_than_it_may_be(chat: ChatPage) -> None:
    jam = [(960 * number, 480_000) for number in range(250)]
    after = [(960 * number, 480_000 + 960 * (number - 250)) for number in range(250, 500)]
    placed = await chat.page.evaluate(PLACED, jam + after)
    ahead = [one["at"] - now for one, (_, now) in zip(placed, jam + after, strict=True)]
    assert max(ahead) <= MOST
    assert not any(one["begins"] for one in placed[260:])


async def test_a_timestamp_that_jumps_begins_again(chat: ChatPage) -> None:
    placed = await chat.page.evaluate(PLACED, [(0, 0), (480_000, 960), (480_960, 1920), (0, 2880)])
    assert [one["begins"] for one in placed] == [True, True, False, True]
