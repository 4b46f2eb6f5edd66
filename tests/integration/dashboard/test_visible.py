"""Names that others wrote, on the dashboard and in Discord."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.dashboard_library import call

SHARED = json.loads((Path(__file__).parents[2] / "support/names_of_others.json").read_text(encoding="utf-8"))


def test_a_name_is_shown_as_in_discord() -> None:
    names = [name for name, _ in SHARED["visible"]]

    assert call("visible", [["visible", name] for name in names]) == [shown for _, shown in SHARED["visible"]]


def test_only_letters_from_right_to_left_are_kept_from_turning_what_is_around() -> None:
    shown = call("visible", [["isolated", letters] for letters, _ in SHARED["turns"]])

    assert [(text, one != text) for (text, _), one in zip(SHARED["turns"], shown, strict=True)] == [
        (text, turns) for text, turns in SHARED["turns"]
    ]
