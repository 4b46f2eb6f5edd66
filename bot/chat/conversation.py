"""A conversation as a model reads it: the turns of a chain of exchanges, cut to size."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.chat.exchange import Quote
from bot.llm.tokens import estimate, tail
from bot.llm.turns import Turn

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.chat.exchange import Exchange
    from bot.llm.turns import File


def turns_of(newest_first: Sequence[Exchange], *, shared: bool, file_bytes: int) -> tuple[Turn, ...]:
    """Return the turns of a chain, with the newest ``file_bytes`` of its files.

    Where several people talk, each of the user's turns begins with the speaker's name.
    """
    files = _newest_files(newest_first, file_bytes)
    return tuple(_turns(reversed(newest_first), files, _labels(newest_first) if shared else {}))


def end_of(exchange: Exchange, room: int) -> Exchange:
    """Return the end of an exchange in ``room`` tokens, up to a quarter of them for its prompt."""
    prompt = tail(exchange.prompt_text, max(room // 4, room - estimate(exchange.answer)))
    answer = tail(exchange.answer, room - estimate(prompt))
    return replace(exchange, quotes=(), files=exchange.all_files, prompt=prompt, answer=answer)


def after_beginning(beginning: Exchange, oldest: Exchange) -> list[Exchange]:
    """Return the end of a chain (newest first) with a thread's beginning before its oldest exchange."""
    if beginning.answer:
        return [oldest, beginning]
    quote = Quote(sources=(), author_id=None, text=beginning.prompt_text, files=beginning.all_files)
    return [replace(oldest, quotes=(quote, *oldest.quotes))]


def _newest_files(newest_first: Iterable[Exchange], limit: int) -> dict[int, tuple[File, ...]]:
    """Return the files to give to the model, by ``prompt_id``: the newest that fit.

    Of one exchange the last are the newest: they are the speaker's own.
    """
    chosen: dict[int, tuple[File, ...]] = {}
    for exchange in newest_first:
        for file in reversed(exchange.all_files):
            limit -= len(file.data)
            if limit < 0:
                return chosen
            chosen[exchange.prompt_id] = (file, *chosen.get(exchange.prompt_id, ()))
    return chosen


def _turns(
    chain: Iterable[Exchange], files: Mapping[int, tuple[File, ...]], labels: Mapping[int, str]
) -> Iterable[Turn]:
    for exchange in chain:
        label = labels.get(exchange.speaker.id)
        prompt = f"{label}: {exchange.prompt_text}" if label else exchange.prompt_text
        yield Turn("user", prompt, files.get(exchange.prompt_id, ()))
        if exchange.answer:
            yield Turn("model", exchange.answer)


def _labels(chain: Sequence[Exchange]) -> dict[int, str]:
    """Return a one-line name by each speaker's id; people of the same name get the end of their id too."""
    names = {exchange.speaker.id: " ".join(exchange.speaker.name.split()) for exchange in chain}
    holders = Counter(names.values())
    return {id_: name if holders[name] == 1 else f"{name} ({id_ % 10_000:04})" for id_, name in names.items()}
