"""What the dashboard saves for spreadsheets."""

from __future__ import annotations

import csv
import io

import pytest

from tests.support.dashboard_library import call


def saved(*cells: object) -> list[str]:
    """Return the cells of a saved row as any reader of CSV has them."""
    (text,) = call("csv", [["toCsv", ["name"] * len(cells), [cells]]])
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))[1]


@pytest.mark.parametrize(
    "sign", [*"=+-@＝＋－＠﹦﹢﹣﹫−", " =", "\u3000＝", "\u200b=", "\t", "\r", "\n="], ids=ascii
)
def test_no_text_of_others_begins_a_formula(sign: str) -> None:
    text = f'{sign}HYPERLINK("https://evil.example")'

    assert saved(text) == ["'" + text.replace("\n", "\n'")]


@pytest.mark.parametrize("break_", [";", "\t"], ids=ascii)
def test_no_formula_begins_where_a_spreadsheet_may_begin_a_cell(break_: str) -> None:
    assert saved(f"a{break_}=1+1{break_}＝1") == [f"a{break_}'=1+1{break_}'＝1"]


@pytest.mark.parametrize("break_", ["; ", "\t ", "\n", "\r\n", "\n  "], ids=ascii)
@pytest.mark.parametrize("formula", ["=cmd|'/C calc'!A0", "＝1+1", "+1", "@SUM(1)", "-1+cmd|'/C calc'!A0"])
def test_nor_where_one_begins_a_row_that_cuts_at_semicolons(break_: str, formula: str) -> None:
    (shown,) = saved(f"hello{break_}{formula}\nbye")
    assert shown == f"hello{break_}'{formula}\nbye"


def test_other_texts_and_ids_stay_as_they_are() -> None:
    texts = ["1 = 1", "a-b", "日本＝東京", 'says "hi", twice\n- one\n- two', "x; y", "", "😀"]

    assert saved(*texts) == texts
    assert saved({"id": "123456789012345678"}, {"id": "=cmd|x"}, 1.5, None) == [
        '="123456789012345678"',
        "'=cmd|x",
        "1.5",
        "",
    ]


def test_many_signs_are_saved_whole() -> None:
    for hostile in ("\t" * 60_000, ";=" * 40_000, " " * 100_000, "=" * 100_000):
        (shown,) = saved(hostile)
        assert shown.replace("'", "") == hostile
