"""What we rely on in wavelink: its public names only, so that an update cannot break us unseen."""

from __future__ import annotations

import inspect
import re

import pytest
import wavelink

from bot.lavalink import Player
from bot.lavalink.connection import Node

PRIVATE = re.compile(r"\b(?:self|cls)\.(_[a-z]\w*)|\bdef (_[a-z]\w*)")


def private_names(cls: type) -> set[str]:
    """Return the private names that a class's own code sets, reads or defines."""
    return {name for names in PRIVATE.findall(inspect.getsource(cls)) for name in names if name}


@pytest.mark.parametrize(("ours", "theirs"), [(Node, wavelink.Node), (Player, wavelink.Player)])
def test_no_private_name_of_wavelink_is_used_or_overridden(ours: type, theirs: type) -> None:
    assert len(private_names(theirs)) > 10
    assert private_names(ours) & private_names(theirs) == set()


@pytest.mark.parametrize(
    ("theirs", "names"),
    [
        (wavelink.Node, {"headers", "players", "send", "session_id", "status", "fetch_version", "uri"}),
        (wavelink.Player, {"connect", "disconnect", "guild", "node", "paused", "volume", "pause", "seek"}),
    ],
)
def test_what_is_overridden_or_called_is_still_there(theirs: type, names: set[str]) -> None:
    assert names <= set(dir(theirs))
