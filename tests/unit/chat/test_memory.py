"""What is remembered of conversations, and what a model is given of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.exchange import Exchange, Place, Quote, Source, Speaker
from bot.chat.memory import Bounds, Memory
from bot.llm.tokens import CONVERSATION_LIMIT, OUTPUT_LIMIT, estimate
from bot.llm.turns import File, Turn

if TYPE_CHECKING:
    from collections.abc import Callable

HARU, YUKI = Speaker(1, "はる"), Speaker(2, "ユキ")
HERE = Place(100)


def quoted(
    text: str, message_id: int = 77, author: Speaker = YUKI, channel_id: int = 100, *files: File
) -> tuple[Quote, ...]:
    """Return words of a message as they stand in somebody else's exchange."""
    return (
        Quote(
            sources=(Source(message_id, channel_id, author.id),), author_id=author.id, text=text, files=files
        ),
    )


def ask(
    memory: Memory,
    prompt_id: int,
    prompt: str,
    *,
    place: Place = HERE,
    speaker: Speaker = HARU,
    replied_to: int | None = None,
    at: float = 0.0,
) -> Exchange:
    return Exchange(prompt_id=prompt_id, speaker=speaker, prompt=prompt, replied_to=replied_to, at=at)


def answer(memory: Memory, exchange: Exchange, text: str, *ids: int, place: Place = HERE) -> None:
    memory.remember(
        place,
        Exchange(
            prompt_id=exchange.prompt_id,
            speaker=exchange.speaker,
            prompt=exchange.prompt,
            answer=text,
            answer_ids=ids,
            replied_to=exchange.replied_to,
            at=exchange.at,
        ),
    )


def texts(memory: Memory, exchange: Exchange, *, place: Place = HERE, shared: bool = False) -> list[str]:
    return [turn.text for turn in memory.turns(place, exchange, shared=shared)]


def test_a_first_prompt_stands_alone() -> None:
    memory = Memory()

    assert memory.turns(HERE, ask(memory, 1, "hi"), shared=False) == (Turn("user", "hi"),)


def test_a_prompt_continues_the_latest_exchange_of_its_place() -> None:
    memory = Memory()
    answer(memory, ask(memory, 1, "one"), "1!", 10)
    answer(memory, ask(memory, 2, "two", at=5.0), "2!", 20)

    assert texts(memory, ask(memory, 3, "three", at=9.0)) == ["one", "1!", "two", "2!", "three"]


def test_a_reply_follows_its_chain_and_not_what_came_between() -> None:
    memory = Memory()
    answer(memory, ask(memory, 1, "one"), "1!", 10, 11)
    answer(memory, ask(memory, 2, "two", replied_to=999), "2!", 20)

    assert texts(memory, ask(memory, 3, "more of one", replied_to=11)) == ["one", "1!", "more of one"]
    assert texts(memory, ask(memory, 4, "more of two", replied_to=20)) == ["two", "2!", "more of two"]
    assert texts(memory, ask(memory, 5, "what I said", replied_to=1)) == ["one", "1!", "what I said"]


def test_a_reply_to_something_unknown_begins_a_new_conversation() -> None:
    memory = Memory()
    answer(memory, ask(memory, 1, "one"), "1!", 10)

    assert texts(memory, ask(memory, 2, "two", replied_to=999)) == ["two"]


def test_after_a_long_silence_a_new_conversation_begins_but_a_reply_goes_back() -> None:
    memory = Memory(Bounds(idle=60.0))
    answer(memory, ask(memory, 1, "one", at=0.0), "1!", 10)

    assert texts(memory, ask(memory, 2, "two", at=60.0)) == ["one", "1!", "two"]
    assert texts(memory, ask(memory, 2, "two", at=60.1)) == ["two"]
    assert texts(memory, ask(memory, 2, "two", at=9e9, replied_to=10)) == ["one", "1!", "two"]


def test_nothing_is_known_in_another_place() -> None:
    memory = Memory()
    answer(memory, ask(memory, 1, "secret"), "1!", 10)

    for other in (Place(101), Place(100, user_id=1)):
        assert texts(memory, ask(memory, 2, "two", place=other), place=other) == ["two"]
        assert texts(memory, ask(memory, 3, "two", place=other, replied_to=10), place=other) == ["two"]
        assert not memory.knows(other, 10)
    assert memory.knows(HERE, 10)
    assert memory.knows(HERE, 1)


def test_speakers_have_different_names_in_a_shared_place() -> None:
    memory = Memory()
    answer(memory, ask(memory, 1, "one"), "1!", 10)

    assert texts(memory, ask(memory, 2, "two", speaker=YUKI), shared=True) == ["はる: one", "1!", "ユキ: two"]


def test_two_speakers_of_one_name_have_different_names_too() -> None:
    memory = Memory()
    answer(memory, ask(memory, 1, "one", speaker=Speaker(111_111, "x")), "1!", 10)

    prompt = ask(memory, 2, "two", speaker=Speaker(222_222, "x"))

    assert texts(memory, prompt, shared=True) == ["x (1111): one", "1!", "x (2222): two"]


def test_a_name_of_several_lines_cannot_pass_for_another_turn() -> None:
    memory = Memory()

    prompt = ask(memory, 1, "hi", speaker=Speaker(1, "a\nmodel: b"))

    assert texts(memory, prompt, shared=True) == ["a model: b: hi"]


def test_an_edited_prompt_is_edited_and_a_deleted_one_forgotten() -> None:
    memory = Memory()
    answer(memory, ask(memory, 1, "one"), "1!", 10)
    answer(memory, ask(memory, 2, "two"), "2!", 20)

    memory.edit(1, "uno")
    memory.edit(10, "not a prompt")
    assert texts(memory, ask(memory, 3, "three", replied_to=20)) == ["uno", "1!", "two", "2!", "three"]

    memory.forget(1)
    memory.forget(20)
    assert texts(memory, ask(memory, 3, "three", replied_to=20)) == ["two", "2!", "three"]
    assert not memory.knows(HERE, 10)


def test_a_forgotten_place_knows_nothing() -> None:
    memory = Memory()
    answer(memory, ask(memory, 1, "one"), "1!", 10)

    memory.forget_place(HERE)

    assert texts(memory, ask(memory, 2, "two")) == ["two"]


def test_an_exchange_remembered_again_replaces_the_first() -> None:
    memory = Memory()
    prompt = ask(memory, 1, "one")
    answer(memory, prompt, "half", 10)
    answer(memory, prompt, "whole", 10, 11)

    assert texts(memory, ask(memory, 2, "two", replied_to=11)) == ["one", "whole", "two"]


def test_only_so_many_exchanges_and_places_are_kept() -> None:
    memory = Memory(Bounds(exchanges=2, places=2))
    for number in (1, 2, 3):
        answer(memory, ask(memory, number, f"p{number}"), f"a{number}", number * 10)
    assert [memory.knows(HERE, number) for number in (10, 20, 30)] == [False, True, True]

    for other in (Place(101), Place(102)):
        answer(memory, ask(memory, 9, "p", place=other), "a", 90, place=other)
    assert not memory.knows(HERE, 30)


def test_of_all_that_was_said_no_more_is_kept_than_there_is_room_for() -> None:
    memory = Memory(Bounds(characters=100))
    places = [Place(number) for number in range(1, 6)]
    for place in places:
        answer(memory, ask(memory, 9, "p" * 10, place=place), "a" * 30, 90, place=place)

    assert [memory.knows(place, 90) for place in places] == [False, False, False, True, True]
    answer(memory, ask(memory, 10, "p" * 10, place=places[4]), "a" * 3_000, 91, place=places[4])
    assert [memory.knows(place, 90) for place in places] == [False, False, False, False, True]


def test_where_nothing_is_answered_the_oldest_questions_go() -> None:
    memory = Memory(Bounds(exchanges=2))
    for number in (1, 2, 3):
        memory.remember(HERE, ask(memory, number, f"p{number}"))

    assert [memory.knows(HERE, number) for number in (1, 2, 3)] == [False, True, True]


@given(
    st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30)), max_size=30),
    st.integers(1, 12),
    st.integers(1, 200),
    st.integers(4, 50),
)
def test_what_a_model_is_given_is_bounded_and_begins_and_ends_with_the_user(
    said: list[tuple[str, str]], turns: int, tokens: int, end: int
) -> None:
    memory = Memory(Bounds(turns=turns, tokens=tokens, tail=end))
    for number, (prompt, reply) in enumerate(said):
        answer(memory, ask(memory, number, prompt), reply, 1_000 + number)

    given_turns = memory.turns(HERE, ask(memory, 500, "last words"), shared=False)

    assert given_turns[0].role == given_turns[-1].role == "user"
    assert given_turns[-1].text == "last words"
    assert len(given_turns) <= turns
    assert sum(estimate(turn.text) for turn in given_turns) <= max(tokens, estimate("last words") + end)


ENGLISH = "The quick brown fox jumps over the lazy dog. "


@pytest.mark.parametrize("text", [ENGLISH, "いろはにほへと", "🦊", "Съешь ещё этих мягких булок. "])
def test_an_answer_of_full_length_is_remembered_whole(text: str) -> None:
    memory, whole = Memory(), text * (OUTPUT_LIMIT // estimate(text))
    answer(memory, ask(memory, 1, "one"), whole, 10)

    assert texts(memory, ask(memory, 2, "go on", replied_to=10)) == ["one", whole, "go on"]


def test_thirty_thousand_characters_of_english_are_remembered_whole() -> None:
    memory, whole = Memory(), (ENGLISH * 1000)[:30_000]
    answer(memory, ask(memory, 1, "one"), whole, 10)

    assert texts(memory, ask(memory, 2, "go on", replied_to=10))[1] == whole


@pytest.mark.parametrize("prompt", ["one", "いろは" * 100_000])
@pytest.mark.parametrize("last", ["go on", "いろは" * 100_000])
def test_of_a_newest_exchange_that_is_too_long_the_end_is_remembered(prompt: str, last: str) -> None:
    memory = Memory()
    answer(memory, ask(memory, 1, prompt), "は" * 100_000 + "the end", 10)

    first, second, third = texts(memory, ask(memory, 2, last))

    assert (first, third) == (prompt if prompt == "one" else first, last)
    assert prompt.endswith(first.removeprefix("…"))
    assert second.startswith("…は")
    assert second.endswith("the end")
    given = estimate(first) + estimate(second)
    assert OUTPUT_LIMIT // 8 <= given <= max(CONVERSATION_LIMIT - estimate(last), OUTPUT_LIMIT // 4)


def test_of_an_older_exchange_that_does_not_fit_the_end_is_remembered_and_nothing_before_it() -> None:
    memory = Memory()
    answer(memory, ask(memory, 1, "one"), "1!", 10)
    answer(memory, ask(memory, 2, "two"), "は" * 100_000 + "the end", 20)
    answer(memory, ask(memory, 3, "thanks"), "welcome", 30)

    first, second, *rest = texts(memory, ask(memory, 4, "go on"))

    assert first == "two"
    assert second.endswith("はthe end")
    assert rest == ["thanks", "welcome", "go on"]


def test_what_quotes_and_asks_too_much_keeps_the_words_of_its_speaker() -> None:
    memory = Memory()
    exchange = replace(
        ask(memory, 1, "why?"), quotes=quoted("> " + "は" * 100_000), answer="because", answer_ids=(10,)
    )
    memory.remember(HERE, exchange)

    first, *rest = texts(memory, ask(memory, 2, "go on"))

    assert first.endswith("は\n\nwhy?")
    assert rest == ["because", "go on"]


def shown(prompt_id: int, size: int, *, replied_to: int | None = None) -> Exchange:
    return Exchange(
        prompt_id=prompt_id,
        speaker=Speaker(1, "はる"),
        prompt=str(prompt_id),
        files=(File(f"{prompt_id}.png", "image/png", bytes(size)),),
        answer="a",
        replied_to=replied_to,
        at=float(prompt_id),
    )


def file_names(memory: Memory, place: Place, prompt: Exchange) -> list[str]:
    return [file.name for turn in memory.turns(place, prompt, shared=False) for file in turn.files]


def test_files_are_shown_again_with_the_prompt_that_they_came_with() -> None:
    memory, place = Memory(), Place(1)
    memory.remember(place, shown(1, 10))

    assert file_names(memory, place, shown(2, 10, replied_to=1)) == ["1.png", "2.png"]


def test_of_more_files_than_fit_into_a_request_the_newest_are_shown() -> None:
    memory, place = Memory(Bounds(file_bytes=25)), Place(1)
    memory.remember(place, shown(1, 10))
    memory.remember(place, shown(2, 10, replied_to=1))

    assert file_names(memory, place, shown(3, 10, replied_to=2)) == ["2.png", "3.png"]


def test_of_more_files_than_fit_with_one_prompt_the_speakers_own_are_shown() -> None:
    memory = Memory(Bounds(file_bytes=25))
    files = tuple(File(name, "image/png", bytes(10)) for name in ("theirs.png", "own1.png", "own2.png"))

    assert file_names(memory, HERE, replace(shown(1, 0), files=files)) == ["own1.png", "own2.png"]


def test_the_oldest_files_of_all_places_are_given_up_first_and_their_words_stay() -> None:
    memory = Memory(Bounds(kept_file_bytes=25))
    for number in (1, 2, 3):
        memory.remember(Place(number), shown(number, 10))

    assert [file_names(memory, Place(n), shown(9, 0, replied_to=n))[:-1] for n in (1, 2, 3)] == [
        [],
        ["2.png"],
        ["3.png"],
    ]
    turns = memory.turns(Place(1), shown(9, 0, replied_to=1), shared=False)
    assert [turn.text for turn in turns][:3] == ["1", "a", "9"]


def test_files_that_are_forgotten_make_room() -> None:
    memory = Memory(Bounds(kept_file_bytes=25))
    memory.remember(Place(1), shown(1, 10))
    memory.remember(Place(2), shown(2, 10))
    memory.forget(1)
    memory.forget_place(Place(2))
    memory.remember(Place(3), shown(3, 10))
    memory.remember(Place(3), shown(4, 10, replied_to=3))

    assert file_names(memory, Place(3), shown(5, 0, replied_to=4)) == ["3.png", "4.png", "5.png"]


def test_of_exchanges_of_the_same_moment_the_later_one_is_the_latest() -> None:
    memory = Memory()
    for number in (1, 2):
        memory.remember(Place(1), replace(shown(number, 0), at=7.0))

    assert texts(memory, ask(memory, 3, "three", at=8.0), place=Place(1)) == ["1", "a", "2", "a", "three"]


def test_what_is_remembered_late_comes_before_what_followed_it() -> None:
    memory = Memory()
    answer(memory, ask(memory, 5, "five", at=50.0), "5!", 50)
    answer(memory, ask(memory, 6, "six", replied_to=30, at=60.0), "6!", 60)
    for number in (3, 1, 2):
        answer(memory, ask(memory, number, f"p{number}", at=number), f"{number}!", number * 10)

    everything = ["p1", "1!", "p2", "2!", "p3", "3!"]
    assert texts(memory, ask(memory, 7, "seven", replied_to=50)) == [*everything, "five", "5!", "seven"]
    assert texts(memory, ask(memory, 7, "seven", replied_to=60)) == [*everything, "six", "6!", "seven"]


def test_what_is_remembered_late_is_not_taken_for_new() -> None:
    memory = Memory(Bounds(exchanges=2))
    for number in (3, 1, 2):
        answer(memory, ask(memory, number, f"p{number}", at=number), "a", number * 10)

    assert [memory.knows(HERE, number) for number in (1, 2, 3)] == [False, True, True]


def test_a_file_that_is_taken_out_of_a_message_is_forgotten() -> None:
    memory = Memory()
    memory.remember(HERE, shown(1, 10))

    def kept() -> int:
        return len(memory.turns(HERE, shown(2, 10, replied_to=1), shared=False)[0].files)

    memory.edit(1, "1", files={"1.png"})
    assert kept() == 1
    memory.edit(1, "1", files={"other.png"})
    assert kept() == 0


def test_what_a_prompt_quotes_stays_when_it_is_edited_and_is_not_its_speakers_own() -> None:
    memory = Memory()
    memory.remember(
        HERE,
        Exchange(prompt_id=1, speaker=HARU, prompt="wy?", quotes=quoted("> ユキ: x"), answer="a", at=0.0),
    )

    memory.edit(1, "why?")

    assert texts(memory, ask(memory, 2, "two"))[0] == "> ユキ: x\n\nwhy?"
    assert memory.words_of(HARU.id) == ["why?"]


THREAD = Place(900)
BEGINNING = Exchange(
    prompt_id=900,
    speaker=YUKI,
    prompt="",
    quotes=quoted("> ユキ: printer shows 49.4C02", 900, YUKI, 100, File("p.png", "image/png", bytes(10))),
    at=0.0,
)


def in_thread(memory: Memory, prompt: Exchange) -> list[str]:
    return texts(memory, prompt, place=THREAD)


def test_a_threads_beginning_is_read_first_however_long_ago_it_was() -> None:
    memory = Memory(Bounds(idle=60.0))
    memory.remember(THREAD, BEGINNING)
    answer(memory, ask(memory, 901, "one", at=50_000.0), "1!", 910, place=THREAD)

    assert in_thread(memory, ask(memory, 902, "two", at=50_001.0)) == [
        f"{BEGINNING.prompt_text}\n\none",
        "1!",
        "two",
    ]
    assert in_thread(memory, ask(memory, 903, "three", at=90_000.0)) == [f"{BEGINNING.prompt_text}\n\nthree"]
    assert in_thread(memory, ask(memory, 904, "a reply", replied_to=900)) == [
        f"{BEGINNING.prompt_text}\n\na reply"
    ]


def test_a_threads_beginning_is_read_when_the_middle_is_no_longer() -> None:
    memory = Memory(Bounds(turns=3))
    memory.remember(THREAD, BEGINNING)
    for number in range(901, 910):
        answer(memory, ask(memory, number, f"p{number}", at=number), f"a{number}", number * 10, place=THREAD)

    given = memory.turns(THREAD, ask(memory, 920, "now", at=920.0), shared=False)

    assert [turn.text for turn in given] == [f"{BEGINNING.prompt_text}\n\np909", "a909", "now"]
    assert [file.name for file in given[0].files] == ["p.png"]


def test_a_threads_beginning_outlasts_its_oldest_exchanges() -> None:
    memory = Memory(Bounds(exchanges=2))
    memory.remember(THREAD, BEGINNING)
    for number in (901, 902, 903):
        answer(memory, ask(memory, number, "p", at=number), "a", number * 10, place=THREAD)

    assert memory.knows(THREAD, 900)
    assert not memory.knows(THREAD, 901)


def test_a_post_that_was_answered_is_not_read_twice() -> None:
    memory = Memory(Bounds(idle=60.0))
    memory.remember(THREAD, BEGINNING)
    post = ask(memory, 900, "help?")
    assert in_thread(memory, post) == ["help?"]
    answer(memory, post, "0!", 9000, place=THREAD)

    assert in_thread(memory, ask(memory, 901, "one", at=1.0)) == ["help?", "0!", "one"]
    assert in_thread(memory, ask(memory, 902, "two", at=90.0)) == ["help?", "0!", "two"]


def test_a_threads_beginning_is_forgotten_with_its_message_and_its_speaker() -> None:
    memory = Memory()
    for forget in (
        lambda: memory.forget(900),
        lambda: memory.edit(900, "changed"),
        lambda: memory.forget_speaker(YUKI.id),
    ):
        memory.remember(THREAD, BEGINNING)
        forget()
        assert in_thread(memory, ask(memory, 901, "one")) == ["one"]


def test_a_beginning_that_is_too_long_leaves_room_for_what_followed() -> None:
    memory = Memory()
    memory.remember(THREAD, replace(BEGINNING, quotes=quoted("> " + "は" * 100_000, 900)))
    answer(memory, ask(memory, 901, "one"), "1!", 910, place=THREAD)

    first, *rest = in_thread(memory, ask(memory, 902, "two"))

    assert rest == ["1!", "two"]
    assert first.endswith("は\n\none")
    assert estimate(first) <= CONVERSATION_LIMIT // 4 + 2


OTHER = Place(200)
PICTURE = File("theirs.png", "image/png", bytes(10))


def quoting(
    memory: Memory, prompt_id: int, text: str, *, place: Place = HERE, speaker: Speaker = HARU
) -> None:
    """Remember that somebody asked about message 77 of Yuki's."""
    asked = replace(
        ask(memory, prompt_id, "what?", speaker=speaker), quotes=quoted(text, 77, YUKI, 300, PICTURE)
    )
    answered = replace(asked, answer=f"it says {text}", answer_ids=(prompt_id * 10,))
    memory.remember(place, memory.continued(place, answered))


@pytest.mark.parametrize("place", [HERE, Place(100, user_id=HARU.id)], ids=["shared", "private"])
@pytest.mark.parametrize(
    "take_back",
    [
        lambda memory: memory.forget(77),
        lambda memory: memory.edit(77, "", quoted="> ユキ: never mind"),
        lambda memory: memory.edit(77, "", quoted="> ユキ: x, and more", files=set()),
        lambda memory: memory.forget_speaker(YUKI.id),
        lambda memory: memory.forget_channel(300),
    ],
    ids=["deleted", "edited", "its file taken out", "erased", "its channel deleted"],
)
def test_a_quote_is_forgotten_with_its_message_and_so_is_what_was_answered_after_reading_it(
    place: Place, take_back: Callable[[Memory], frozenset[int]]
) -> None:
    memory = Memory()
    quoting(memory, 1, "> ユキ: x", place=place)
    after = memory.continued(
        place, replace(ask(memory, 2, "and?", at=1.0), answer="x again", answer_ids=(20,))
    )
    memory.remember(place, after)

    assert take_back(memory) == {10, 20}

    assert texts(memory, ask(memory, 3, "three", at=2.0), place=place) == ["three"]
    assert memory.words_of(YUKI.id) == []


def test_words_that_are_added_to_a_message_are_added_to_its_quote() -> None:
    memory = Memory()
    quoting(memory, 1, "> ユキ: x")

    assert memory.edit(77, "", quoted="> ユキ: x, and more", files={"theirs.png"}) == frozenset()

    prompt, *_rest = memory.turns(HERE, ask(memory, 2, "two", at=1.0), shared=False)
    assert prompt.text == "> ユキ: x, and more\n\nwhat?"
    assert prompt.files == (PICTURE,)


def test_what_was_forwarded_goes_with_the_message_that_was_but_is_not_its_forwarders() -> None:
    memory = Memory()
    sources = Source(78, 100, HARU.id), Source(77, 300, YUKI.id)
    quote = Quote(sources=sources, author_id=YUKI.id, text="> x")
    asked = replace(ask(memory, 1, ""), quotes=(quote,), answer="it says x", answer_ids=(10,))

    for take_back in (
        lambda: memory.forget(77),
        lambda: memory.forget(78),
        lambda: memory.forget_speaker(YUKI.id),
        lambda: memory.forget_speaker(HARU.id),
    ):
        memory.remember(HERE, asked)
        assert (memory.words_of(HARU.id), memory.words_of(YUKI.id)) == ([], ["> x"])
        assert take_back() == {10}
        assert not memory.knows(HERE, 1)
    memory.remember(HERE, asked)
    memory.edit(77, "", quoted="> ユキ: x\n> y")
    assert memory.words_of(YUKI.id) == ["> x"], "Discord does not change what was forwarded"


def test_words_of_nobody_knows_whom_go_with_whoever_erases_theirs() -> None:
    memory = Memory()
    quote = Quote(sources=(Source(78, 100, HARU.id), Source(77, 300, None)), author_id=None, text="> x")
    memory.remember(HERE, replace(ask(memory, 1, ""), quotes=(quote,), answer="a"))

    memory.forget_speaker(9)

    assert not memory.knows(HERE, 1)


def test_a_deleted_question_goes_with_whatever_was_answered_after_reading_it() -> None:
    memory = Memory()
    for prompt_id, speaker in ((1, YUKI), (2, HARU), (3, YUKI), (4, HARU)):
        asked = ask(memory, prompt_id, f"p{prompt_id}", speaker=speaker, at=prompt_id)
        memory.remember(
            HERE, memory.continued(HERE, replace(asked, answer="a", answer_ids=(prompt_id * 10,)))
        )

    assert memory.forget(2) == {20, 30, 40}

    assert [memory.knows(HERE, number) for number in (1, 2, 3, 4)] == [True, False, False, False]


@pytest.mark.parametrize(
    "take_back",
    [
        lambda memory: memory.forget(1),
        lambda memory: memory.forget(77),
        lambda memory: memory.forget_speaker(HARU.id),
        lambda memory: memory.forget_speaker(YUKI.id),
        lambda memory: memory.forget_channel(300),
    ],
    ids=[
        "its question deleted",
        "its quote deleted",
        "its speaker erased",
        "its author erased",
        "its channel",
    ],
)
def test_what_had_to_make_room_is_still_forgotten_where_it_was_read(
    take_back: Callable[[Memory], frozenset[int]],
) -> None:
    memory = Memory(Bounds(exchanges=1))
    quoting(memory, 1, "> ユキ: x")
    later = replace(ask(memory, 2, "and?", speaker=Speaker(3, "c"), at=1.0), answer="x", answer_ids=(20,))
    memory.remember(HERE, memory.continued(HERE, later))
    assert not memory.knows(HERE, 1)

    assert take_back(memory) == {20}

    assert not memory.knows(HERE, 2)


def test_an_answer_is_not_remembered_if_what_was_read_before_it_has_been_forgotten_meanwhile() -> None:
    memory = Memory()
    answer(memory, ask(memory, 1, "secret"), "1!", 10)
    being_answered = memory.continued(HERE, ask(memory, 2, "two", speaker=YUKI, at=1.0))

    memory.forget(1)
    memory.remember(HERE, replace(being_answered, answer="the secret", answer_ids=(20,)))

    assert not memory.knows(HERE, 2)


PEOPLE = st.sampled_from([Speaker(1, "a"), Speaker(2, "b"), Speaker(3, "c")])
PLACES = st.sampled_from([Place(100), Place(200), Place(100, user_id=1)])
BACK = st.integers(0, 4)
"""Which message is meant: 1 is the last one; 0 is none."""
ASK = st.tuples(st.just("ask"), PEOPLE, PLACES, BACK, BACK)
TAKE_BACK = st.one_of(
    st.tuples(st.just("delete"), BACK),
    st.tuples(st.just("edit"), BACK),
    st.tuples(st.just("erase"), PEOPLE),
)
STEPS = st.lists(st.one_of(ASK, ASK, TAKE_BACK), min_size=4, max_size=14)


ROLES = ({"user", "model"}, {"user"})


class Room:
    """Places in which everybody quotes everybody, with a model that repeats what others said."""

    def __init__(self, turns: int) -> None:
        self.memory = Memory(Bounds(turns=turns))
        self.speakers: list[Speaker] = []
        """Who wrote the message of each id."""
        self.taken_back: set[str] = set()
        self.edited: set[str] = set()
        """What stands in no prompt any more; the answer to an edited question stays, and may repeat it."""

    def word(self, message_id: int) -> str:
        return f"<{message_id} of {self.speakers[message_id].id}>"

    def back(self, count: int) -> int | None:
        """Return the id of the last message but ``count`` - 1."""
        return len(self.speakers) - count if 0 < count <= len(self.speakers) else None

    def ask(self, speaker: Speaker, place: Place, quoted_back: int, replied_back: int) -> None:
        quoted_id, replied_to, prompt_id = self.back(quoted_back), self.back(replied_back), len(self.speakers)
        self.speakers.append(speaker)
        quotes: tuple[Quote, ...] = ()
        if quoted_id is not None and self.word(quoted_id) not in self.taken_back | self.edited:
            quotes = quoted(self.word(quoted_id), quoted_id, self.speakers[quoted_id])
        prompt = Exchange(
            prompt_id=prompt_id,
            speaker=speaker,
            prompt=self.word(prompt_id),
            quotes=quotes,
            replied_to=replied_to,
            at=prompt_id,
        )
        read = " ".join(turn.text for turn in self.memory.turns(place, prompt, shared=False))
        repeated = [word for word in map(self.word, range(prompt_id)) if word in read]
        answer = " ".join(repeated) or "-"
        self.memory.remember(place, self.memory.continued(place, replace(prompt, answer=answer)))

    def delete(self, back: int) -> None:
        if (message_id := self.back(back)) is not None:
            self.memory.forget(message_id)
            self.taken_back.add(self.word(message_id))

    def edit(self, back: int) -> None:
        if (message_id := self.back(back)) is not None:
            self.memory.edit(message_id, "edited", quoted="edited")
            self.edited.add(self.word(message_id))

    def erase(self, person: Speaker) -> None:
        self.memory.forget_speaker(person.id)
        ids = [id_ for id_, speaker in enumerate(self.speakers) if speaker == person]
        self.taken_back.update(map(self.word, ids))

    def read(self) -> list[Turn]:
        """Return all that a model is given for any question."""
        probe = Exchange(prompt_id=10_000, speaker=Speaker(9, "probe"), prompt="?", at=30.5)
        probes = [probe, *(replace(probe, replied_to=id_) for id_ in range(len(self.speakers)))]
        places = Place(100), Place(200), Place(100, user_id=1)
        given = (self.memory.turns(place, probe, shared=False) for place in places for probe in probes)
        return [turn for turns in given for turn in turns]


@settings(max_examples=300)
@given(STEPS, st.sampled_from([4, 6, 40]))
def test_no_word_that_was_deleted_or_erased_is_given_to_a_model_whoever_quoted_or_repeated_it(
    steps: list[Any], turns: int
) -> None:
    room = Room(turns)
    for step, *arguments in steps:
        getattr(room, step)(*arguments)

        given = room.read()
        read, asked = (" ".join(turn.text for turn in given if turn.role in roles) for roles in ROLES)
        assert not [word for word in room.taken_back if word in read]
        assert not [word for word in room.edited if word in asked]
    standing = {key for keys in room.memory._standing.values() for key in keys}
    assert standing == {(place, id_) for place, here in room.memory._places.items() for id_ in here.exchanges}
