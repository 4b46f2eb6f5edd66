from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.lyrics.lyrics import Lyrics
from bot.music.lyrics_embed import PAGE_CHARACTERS, PAGE_LINES, LyricsPages

LINES = st.lists(st.text(st.characters(exclude_categories=["C"]), max_size=3000), min_size=1, max_size=120)


@given(LINES)
def test_every_page_fits_and_no_line_is_lost(lines: list[str]) -> None:
    pages = LyricsPages(Lyrics("someone", [(None, line) for line in lines]), "title", "ja")
    shown = [pages.embed(page).description or "" for page in range(1, pages.count() + 1)]

    assert all(len(page) <= PAGE_CHARACTERS + 1 for page in shown)
    assert all(page.count("\n") < PAGE_LINES for page in shown)
    assert "\n".join(shown).count("\n") == len(lines) - 1


def test_a_page_tells_who_wrote_the_words_down() -> None:
    pages = LyricsPages(Lyrics("someone", [(0, "*la* la")]), "title", "en")

    assert pages.embed(1).description == "\\*la\\* la"
    assert "someone" in (pages.embed(1).footer.text or "")
