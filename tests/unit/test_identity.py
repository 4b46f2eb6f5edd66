"""The dashboard and the sandbox's chat page are one product: one logo, one accent colour."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "sandbox" / "discord" / "page"
DASHBOARD = ROOT / "dashboard"
COLOURS = ("--paper", "--accent", "--accent-soft")


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_both_pages_have_the_same_logo() -> None:
    icon = read(DASHBOARD / "app" / "icon.svg")
    shapes = dict(re.findall(r'fill="(#\w+)" d="([^"]+)"', icon))

    assert len(shapes) == 4
    assert read(PAGE / "icon.svg") == icon
    for colour, shape in shapes.items():
        assert shape in read(PAGE / "icons.js")
        assert colour in read(PAGE / "styles" / "base.css")
        assert re.search(
            rf'fill="{colour}"\s+d="{re.escape(shape)}"', read(DASHBOARD / "components" / "icons.tsx")
        )


def test_both_pages_have_the_same_colours_by_day_and_by_night() -> None:
    light, dark = read(DASHBOARD / "app" / "globals.css").split('[data-theme="dark"]')
    page = read(PAGE / "styles" / "base.css")
    for name in COLOURS:
        by_day, by_night = (re.findall(rf"{name}: (#\w+);", half)[0] for half in (light, dark))
        assert f"{name}: light-dark({by_day}, {by_night});" in page


def test_a_primary_button_is_told_from_a_dangerous_one_by_its_colour() -> None:
    page = read(PAGE / "styles" / "base.css")
    for place in (0, 1):
        primary, danger = (
            re.findall(rf"{name}: light-dark\((#\w+), (#\w+)\)", page)[0][place]
            for name in ("--accent", "--red-fill")
        )
        reddish = [int(colour[1:3], 16) > int(colour[5:7], 16) for colour in (primary, danger)]
        assert reddish == [False, True]
