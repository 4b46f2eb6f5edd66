from __future__ import annotations

import pytest

from bot.lavalink import Effect, toggled
from bot.lavalink.filters import filters_of


@pytest.mark.parametrize("effect", Effect)
def test_every_effect_changes_the_sound_and_is_a_valid_filter(effect: Effect) -> None:
    payload = {name: value for name, value in filters_of({effect})().items() if value}

    assert payload != {name: value for name, value in filters_of(())().items() if value}


def test_an_effect_that_is_chosen_again_is_switched_off() -> None:
    assert toggled({Effect.BASS}, Effect.BASS) == set()


def test_one_speed_replaces_the_other_and_leaves_the_rest() -> None:
    assert toggled({Effect.NIGHTCORE, Effect.BASS}, Effect.VAPORWAVE) == {Effect.VAPORWAVE, Effect.BASS}
