from __future__ import annotations

from itertools import combinations

import pytest
from wavelink.types.filters import FilterPayload

from bot.lavalink import Effect, effects_of, payload_of, toggled

CHOICES = [
    set(chosen)
    for count in range(len(Effect) + 1)
    for chosen in combinations(Effect, count)
    if not {Effect.NIGHTCORE, Effect.VAPORWAVE} <= set(chosen)
]


@pytest.mark.parametrize("effect", Effect)
def test_every_effect_is_a_filter_that_lavalink_knows(effect: Effect) -> None:
    payload = payload_of({effect})

    assert payload
    assert payload.keys() <= FilterPayload.__annotations__.keys()


@pytest.mark.parametrize(
    "chosen", CHOICES, ids=lambda chosen: "+".join(sorted(effect.value for effect in chosen)) or "none"
)
def test_what_is_heard_can_be_told_from_the_filters(chosen: set[Effect]) -> None:
    assert effects_of(payload_of(chosen)) == chosen


def test_an_effect_that_is_chosen_again_is_switched_off() -> None:
    assert toggled({Effect.BASS}, Effect.BASS) == set()


def test_one_speed_replaces_the_other_and_leaves_the_rest() -> None:
    assert toggled({Effect.NIGHTCORE, Effect.BASS}, Effect.VAPORWAVE) == {Effect.VAPORWAVE, Effect.BASS}
