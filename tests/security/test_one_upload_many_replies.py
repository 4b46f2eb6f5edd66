"""Attack: upload 80 MB once, and reply to it again and again: each reply had all of it loaded at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.chat import file_budget
from bot.chat.attachments import TOTAL_LIMIT
from bot.chat.file_budget import FileBudget
from bot.notice_mark import marked
from bot.texts import chat as texts
from bot.units import MEBIBYTE
from sandbox.discord.uploads import Blobs
from sandbox.gemini.faults import GeminiFault
from sandbox.gemini.scripts import Script

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.gemini import GeminiStandIn
    from tests.support.chat_bench import People

    Json = dict[str, Any]

pytestmark = pytest.mark.filterwarnings("ignore:Sending a large body directly")  # the test's own upload

FILES, FILE_BYTES = 10, 8 * MEBIBYTE - 1
REPLIES = 10
CHANNELS = ("general", "music")
PEOPLE = ("haru", "yuki", "you")


class WatchedBudget(FileBudget):
    """Notes the most bytes that were ever held."""

    made: list[WatchedBudget]

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit
        self.most = 0
        self.made.append(self)

    async def _take(self, size: int) -> None:
        await super()._take(size)
        self.most = max(self.most, self.in_flight)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Watch the bot's budget, and let the people ask as often as they like."""
    monkeypatch.setattr(WatchedBudget, "made", [], raising=False)
    monkeypatch.setattr(file_budget, "FileBudget", WatchedBudget)
    return {"CHAT_QUESTIONS_PER_MINUTE": "0"}


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch, gemini_stand_in: GeminiStandIn) -> list[int]:
    """Return, at each download, the bytes that were served by then and not yet answered."""
    sizes, loading = list[int](), Blobs.load

    async def load(blobs: Blobs, attachment_id: str) -> bytes | None:
        data = await loading(blobs, attachment_id)
        answered = [entry for entry in gemini_stand_in.journal.entries if entry.outcome == "OK"]
        sent = sum(_file_bytes(entry.contents[-1]) for entry in answered)
        total.append(len(data or b""))
        sizes.append(sum(total) - sent)
        return data

    total = list[int]()
    monkeypatch.setattr(Blobs, "load", load)
    return sizes


def _file_bytes(content: dict[str, Any]) -> int:
    return sum(part["inline_data"]["bytes"] for part in content["parts"] if "inline_data" in part)


@pytest.fixture
async def upload(people: People, gemini_stand_in: GeminiStandIn) -> Callable[..., Any]:
    """Upload files, as large as each may be, and forward them into a channel."""
    gemini_stand_in.scripts.rules.append(Script(chunks=["見ました"]))

    async def upload(channel: str, count: int = FILES, size: int = FILE_BYTES) -> Json:
        files = {f"{number}.png": bytes(size) for number in range(count)}
        shown = await people.say("yuki", "bot-lab", files=files)
        return await people.say("yuki", channel, forward=shown)

    return upload


async def test_ten_replies_at_once_are_all_answered_within_the_budget(
    people: People, gemini_stand_in: GeminiStandIn, served: list[int], upload: Callable[..., Any]
) -> None:
    shown = {channel: await upload(channel) for channel in CHANNELS}

    for number in range(REPLIES):
        channel = CHANNELS[number % len(CHANNELS)]
        await people.say(PEOPLE[number % 3], channel, f"@Otonari {number}", reply_to=shown[channel])
    each = REPLIES // len(CHANNELS)
    for channel in CHANNELS:
        assert set(await people.until(lambda: people.finished(channel, each))) == {"見ました"}  # noqa: B023 - awaited here

    (budget,) = WatchedBudget.made
    async with budget.hold(budget.limit, whose=0):  # as soon as all have given back what they held
        pass
    assert len(gemini_stand_in.journal.entries) == REPLIES
    assert 0 < budget.most <= budget.limit == 64 * MEBIBYTE
    assert max(served) <= TOTAL_LIMIT


async def test_small_files_are_answered_at_the_same_time(
    people: People, gemini_stand_in: GeminiStandIn, upload: Callable[..., Any]
) -> None:
    shown = {channel: await upload(channel, 1, MEBIBYTE) for channel in CHANNELS}
    gemini_stand_in.faults.rules.append(GeminiFault(fault="hang", times=1))

    await people.say("haru", "general", "@Otonari どう？", reply_to=shown["general"])
    await people.say("you", "music", "@Otonari どう？", reply_to=shown["music"])

    assert await people.until(lambda: people.finished("general") or people.finished("music"))


async def test_a_file_that_the_cdn_makes_longer_than_discord_said_is_not_read_to_its_end(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def load(_blobs: Blobs, _attachment_id: str) -> bytes:
        return bytes(32 * MEBIBYTE)

    monkeypatch.setattr(Blobs, "load", load)

    await people.say("haru", "general", "@Otonari", files={"a.png": bytes(100)})

    refusal = marked(texts.FILE_GONE.ja.format(name="a.png"))
    assert await people.until(lambda: people.finished("general")) == [refusal]


async def test_who_waits_too_long_for_the_files_of_others_is_told_so(people: People) -> None:
    (budget,) = WatchedBudget.made
    budget._patience = 0.01

    async with budget.hold(budget.limit, whose=0):
        await people.say("haru", "general", "@Otonari", files={"a.png": bytes(100)})
        assert await people.until(lambda: people.finished("general")) == [marked(texts.FILES_BUSY.ja)]
