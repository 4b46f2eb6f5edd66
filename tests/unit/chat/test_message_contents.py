"""The contents of an answer's messages, while it grows."""

from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from bot.chat.message_contents import MessageContents
from tests.support.answers import contents_of
from tests.support.hostile_text import PIECES

CHUNKS = st.lists(st.sampled_from([*PIECES, "z" * 90, "word " * 10, "```py\n" + "x = 1\n" * 20]), max_size=40)


@given(CHUNKS, st.integers(100, 300))
def test_however_it_grew_it_is_sent_as_if_it_had_come_at_once(chunks: list[str], limit: int) -> None:
    async def grown() -> list[str]:
        contents = MessageContents(limit)
        for chunk in chunks:
            contents.append(chunk)
            await contents.read(is_whole=False)
        return await contents.read(is_whole=True)

    assert asyncio.run(grown()) == contents_of("".join(chunks), limit)


@given(CHUNKS, st.integers(100, 300))
def test_a_message_is_neither_empty_nor_too_long(chunks: list[str], limit: int) -> None:
    for content in contents_of("".join(chunks), limit):
        assert content.strip()
        assert len(content) <= limit
