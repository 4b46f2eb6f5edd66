"""How long the event loop is held by the worst text that somebody could write."""

from __future__ import annotations

import contextlib
import time
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from benchmarks.frame import Figure
from bot.chat.actions.phrases import understand
from bot.chat.exchange import Exchange, Place, Speaker
from bot.chat.memory import Memory
from bot.chat.message_contents import MessageContents
from bot.chat.message_words import typed_words
from bot.chat.notices import without_notice, without_unmarked_notice
from bot.escaping import code_label, label
from bot.lavalink.tracks import clean, song_in_playlist
from bot.lyrics.lyrics import Lyrics
from bot.music.lyrics_embed import LyricsPages
from bot.music.song_time import parse_position
from bot.redaction import redactor
from bot.set_text import one_line, paragraphs
from bot.telemetry.sanitize import encode

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    import discord

    from benchmarks.frame import Bench

TITLE = "Hostile text: the longest that one step holds the event loop"
LENGTH = 32_000
"""Characters of each text."""
ANSWER, EDITS = 30_000, 400
"""Characters of a streamed answer, and the edits in which it is shown."""
STEP_MS = 5.0
TRIES = 3
"""The best counts: other programs disturb each."""
FAMILIES = (
    *("[", "\\[", "`", "*", "_", "|", "~", ">", "<", "(", ")", "]", " ", "\n", "\\", "@", "#", "-", "."),
    *(
        "\ud83d",
        "\u200b",
        "\u200d",
        "\ufe0f",
        "\u0315\u0300",
        "e\u0301",
        "\u05d0",
        "か",
        "\U0001f3f4",
        "\ufdfa",
    ),
    *(
        "](",
        "[](",
        "[a](http:",
        "[a](b) ",
        "[x](https://e.co)",
        "[[x](u)",
        "[a [b](https://e.co)",
        "<https://a",
    ),
    *("`a` ", "``a` ", "```a", "``` ", "```py\nx\n```\n", "`[` ", "**a ", "**a** ", "\\`", "https://a`"),
    *(
        "discord.gg/a ",
        "<@1> ",
        "<t:1",
        "://",
        "eyJ",
        "eyJh",
        "AQ.",
        "1. ",
        "> ",
        "- a\n",
        "a b",
        "。",
        "\ufe0f\n",
        "://a@",
    ),
)
"""Beginnings that, repeated, have cost more time than their length allows, here or elsewhere."""


def repeated(family: str, length: int) -> str:
    """Return so many characters of a family."""
    return (family * length)[:length]


def _turns(text: str) -> None:
    memory, place, speaker = Memory(), Place(1), Speaker(1, text[:32])
    for number in range(2):
        memory.remember(
            place, Exchange(prompt_id=number, speaker=speaker, prompt=text, answer=text, at=float(number))
        )
    memory.turns(place, Exchange(prompt_id=9, speaker=speaker, prompt=text, at=9.0), shared=True)


def _typed_words(text: str) -> str:
    message = SimpleNamespace(content=text, guild=None, mentions=(), role_mentions=(), channel_mentions=())
    return typed_words(cast("discord.Message", message), cast("discord.ClientUser", SimpleNamespace(id=1)))


READERS: dict[str, Callable[[str], object]] = {
    "a title, a query or a name in a sentence": label,
    "a name in code": code_label,
    "a title as it is kept": clean,
    "a name that people set": one_line,
    "a character that people set": paragraphs,
    "a message, as the model reads it": _typed_words,
    "a short message, as a request in plain words": lambda text: understand(text[:400], guess=True),
    "a message of the bot's, without its notice": lambda text: without_unmarked_notice(without_notice(text)),
    "a conversation, as the model reads it": _turns,
    "a position in a song": partial(parse_position, now_ms=0),
    "a link": lambda text: song_in_playlist(f"https://youtu.be/{text}"),
    "lyrics": lambda text: LyricsPages(Lyrics("", [(None, text)]), label(""), "ja").embed(1),
    "a line of the log": redactor(["lavalink", "a-long-secret-of-somebody"]),
    "a row for the database": lambda text: encode({"prompt": text}),
}
"""Everything that reads what others wrote in one step, by what that is."""


async def measure(bench: Bench) -> list[Figure]:
    length, answer = bench.scaled(LENGTH, 4_000), bench.scaled(ANSWER, 4_000)
    readers = [
        _figure(what, {family: _fastest(read, repeated(family, length)) for family in FAMILIES})
        for what, read in READERS.items()
    ]
    at_once = {family: max(_steps([repeated(family, length)])) for family in FAMILIES}
    streamed = {family: _steps(_chunks(repeated(f"{family} ", answer))) for family in FAMILIES}
    return [
        *readers,
        _figure("an answer that comes at once", at_once),
        _figure(f"an answer in {EDITS} edits", {family: max(times) for family, times in streamed.items()}),
        Figure(
            what="… all its edits together, the worst answer",
            value=max(sum(times) for times in streamed.values()),
            unit="ms",
        ),
    ]


def _figure(what: str, times: dict[str, float]) -> Figure:
    worst = max(times, key=times.__getitem__)
    return Figure(what=what, value=times[worst], unit="ms", at_most=STEP_MS, note=f" of {worst!a}")


def _fastest(read: Callable[[str], object], text: str) -> float:
    return min(_milliseconds(lambda: read(text)) for _ in range(TRIES))


def _milliseconds(work: Callable[[], object]) -> float:
    began = time.thread_time()
    work()
    return (time.thread_time() - began) * 1000


def _chunks(text: str) -> list[str]:
    size = max(1, len(text) // EDITS)
    return [text[begin : begin + size] for begin in range(0, len(text), size)]


def _steps(chunks: list[str]) -> list[float]:
    """Return the milliseconds of each step, the best of some tries, in which an answer is made ready."""
    tries: list[list[float]] = []
    for _ in range(TRIES):
        contents, times = MessageContents(), list[float]()
        for chunk in chunks:
            contents.append(chunk)
            times += _driven(contents.read(is_whole=False))
        tries.append([*times, *_driven(contents.read(is_whole=True))])
    return [min(each) for each in zip(*tries, strict=True)]


def _driven(work: Coroutine[object, object, object]) -> Iterator[float]:
    """Yield how long each step of ``work`` takes, which only gives way to others."""
    ended = False
    while not ended:

        def step() -> None:
            nonlocal ended
            ended = True
            with contextlib.suppress(StopIteration):
                work.send(None)
                ended = False

        yield _milliseconds(step)
