"""Attack: have a model repeat one sign, of which its tokens hold dozens, until a channel is full of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.chat.answerer import LONGEST
from bot.discord_limits import MESSAGE_LENGTH
from bot.llm.chunks import Chunk, Usage
from bot.llm.tokens import OUTPUT_LIMIT
from bot.notice_mark import marked
from bot.texts import chat as texts
from tests.unit.chat.test_commands import scripted, simcord_bot, world

if TYPE_CHECKING:
    from tests.unit.chat.test_commands import World

__all__ = ["scripted", "simcord_bot", "world"]

USAGE = Usage(prompt=1, answer=2, total=3)
TOKEN = "=" * 64


@pytest.mark.parametrize("tokens_at_once", [64, OUTPUT_LIMIT])
async def test_an_answer_of_the_longest_tokens_is_cut_where_words_would_end(
    world: World, tokens_at_once: int
) -> None:
    chunk = Chunk(TOKEN * tokens_at_once, usage=USAGE)
    world.gemini.answer = [chunk] * (OUTPUT_LIMIT // tokens_at_once)

    await world.haru.send(world.general, f"{world.me} =をできるだけ書いて")

    said = world.said()
    assert len(said) <= LONGEST // MESSAGE_LENGTH + 2
    assert sum(content.count("=") for content in said) == LONGEST
    assert marked(texts.CUT_OFF.ja) in said[-1]
    assert world.logged.await_args is not None
    assert world.logged.await_args.kwargs["response_tokens"] == USAGE.answer


async def test_an_answer_of_as_many_words_is_shown_whole(world: World) -> None:
    words = "word " * (OUTPUT_LIMIT - 1)
    world.gemini.answer = [Chunk(words), Chunk("end", ending="stop")]

    await world.haru.send(world.general, f"{world.me} write a novel")

    assert sum(content.count("word") for content in world.said()) == OUTPUT_LIMIT - 1
    assert world.said()[-1].endswith("end")
