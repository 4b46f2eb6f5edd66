"""What is not read again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.chat import forgotten as module
from bot.chat.exchange import Exchange, Place, Quote, Source, Speaker
from bot.chat.forgotten import Forgotten
from bot.storage.state import State

if TYPE_CHECKING:
    from pathlib import Path

HERE = Place(100)
HARU, YUKI = 1, 2


def exchange(prompt_id: int = 50, author_id: int | None = YUKI, message_id: int = 40) -> Exchange:
    quote = Quote(sources=(Source(message_id, 100, author_id),), author_id=author_id, text="> x")
    return Exchange(
        prompt_id=prompt_id,
        speaker=Speaker(HARU, "はる"),
        prompt="p",
        quotes=(quote,),
        answer_ids=(60,),
        at=0.0,
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.sqlite3"


@pytest.fixture
def forgotten(path: Path) -> Forgotten:
    return Forgotten(State(path))


def test_nothing_is_forgotten_at_first(forgotten: Forgotten) -> None:
    assert not forgotten.has_words_of(exchange())
    assert not forgotten.is_withheld(HERE, exchange())
    assert forgotten.left_of(exchange()) == exchange()


@pytest.mark.parametrize(("deleted", "is_left"), [(40, False), (50, True), (60, True), (41, True)])
def test_a_note_stands_for_a_quote_of_a_deleted_message(
    forgotten: Forgotten, deleted: int, is_left: bool
) -> None:
    forgotten.note_messages([deleted])

    (quote,) = forgotten.left_of(exchange()).quotes
    assert quote.text == ("> x" if is_left else "> [deleted message]")
    assert forgotten.has_words_of(exchange()) == (deleted in {40, 50})
    assert forgotten.is_withheld(HERE, exchange()) == (deleted != 41)


def test_a_quote_goes_with_the_channel_of_its_message(forgotten: Forgotten) -> None:
    forgotten.note_channel(100)

    assert forgotten.has_quotes_of(exchange())
    assert not forgotten.has_quotes_of(replace(exchange(), quotes=()))


async def test_what_a_person_said_until_they_erased_it_is_not_read_also_after_a_restart(
    forgotten: Forgotten, path: Path
) -> None:
    await forgotten.skip_person_until(YUKI, 40)

    for known in (forgotten, Forgotten(State(path))):
        assert known.has_words_of(exchange())
        assert known.left_of(exchange()).prompt_text == "> [deleted message]\n\np"
        assert not known.has_words_of(exchange(message_id=41))
        assert not known.has_words_of(exchange(author_id=HARU))


async def test_words_of_nobody_knows_whom_are_not_loaded_again_after_anybody_erased_theirs(
    forgotten: Forgotten,
) -> None:
    await forgotten.skip_person_until(9, 40)
    await forgotten.skip_person_until(8, 30)

    assert forgotten.is_withheld(HERE, exchange(author_id=None))
    assert not forgotten.is_withheld(HERE, exchange(author_id=None, message_id=41))
    assert not forgotten.has_words_of(exchange(author_id=None)), "who shows them now may"
    assert (forgotten.until(9), forgotten.until(None), forgotten.until(7)) == (40, 40, 0)


async def test_what_was_answered_in_a_thread_is_withheld_until_its_beginning_was_forgotten(
    forgotten: Forgotten,
) -> None:
    await forgotten.withhold_thread_until(100, 50)
    await forgotten.withhold_thread_until(100, 20)

    assert forgotten.is_withheld(HERE, exchange())
    assert not forgotten.is_withheld(HERE, exchange(prompt_id=51))
    assert not forgotten.is_withheld(Place(101), exchange())


async def test_nothing_is_kept_of_a_channel_that_is_gone(path: Path) -> None:
    state = State(path)
    forgotten = Forgotten(state)
    await forgotten.withhold_thread_until(100, 50)
    await forgotten.skip_channel_until(100, 50)
    assert forgotten.is_skipped(HERE, 50)
    assert not forgotten.is_skipped(HERE, 51)

    await forgotten.drop_channel(100)

    assert state.keys("") == []


def test_of_deleted_messages_the_newest_are_kept(
    forgotten: Forgotten, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "NOTED", 2)

    forgotten.note_messages([40, 41, 42])

    assert not forgotten.has_words_of(exchange())
    assert forgotten.has_words_of(exchange(message_id=41))
    assert forgotten.has_words_of(replace(exchange(), prompt_id=42))


@pytest.mark.parametrize("what", ["channel", "person"])
async def test_what_was_forgotten_never_comes_back_however_much_was_forgotten_since(
    what: str, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST", 10)
    state = State(path)
    forgotten = Forgotten(state)

    def is_kept_out(forgotten: Forgotten, id_: int, message_id: int) -> bool:
        if what == "channel":
            return forgotten.is_skipped(Place(id_), message_id)
        return forgotten.has_quotes_of(exchange(prompt_id=10**9, author_id=id_, message_id=message_id))

    for number in range(1, 101):
        put = forgotten.skip_channel_until if what == "channel" else forgotten.skip_person_until
        await put(number, 1_000 * number)
        assert len(state.keys("chat.")) <= 12
        assert all(is_kept_out(forgotten, earlier, 1_000 * earlier) for earlier in range(1, number + 1))
    assert not is_kept_out(forgotten, 100, 100_001)
    assert not is_kept_out(forgotten, 7_000, 100_000), "what nobody forgot is loaded"
    assert is_kept_out(Forgotten(State(path)), 1, 1_000)
