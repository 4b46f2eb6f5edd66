from __future__ import annotations

import asyncio
import importlib
import sys

import pytest

from benchmarks.__main__ import BENCHMARKS, run
from benchmarks.frame import Figure, Section, percentile
from benchmarks.report import as_json, as_markdown, documented, summary

REACHED = Figure(what="fast", value=1.0, unit="ms", at_most=2)
MISSED = Figure(what="much", value=79.0, unit="%", at_least=80)
BASELINE = Figure(what="the seeds", value=12_345.6, unit="rows/s")
SECTION = Section(name="one", title="One", figures=[REACHED, MISSED, BASELINE])
BROKEN = Section(name="two", title="Two", error="OSError: gone")


def test_a_figure_is_judged_by_its_mark_and_a_baseline_is_not() -> None:
    assert [figure.reached for figure in SECTION.figures] == [True, False, None]
    assert [figure.mark for figure in SECTION.figures] == ["≤ 2 ms", "≥ 80 %", ""]


def test_the_table_tells_marks_misses_and_the_machine_s_load() -> None:
    table = as_markdown(SECTION)
    assert "| fast | 1 ms | ≤ 2 ms | ✅ |" in table
    assert "| much | 79 % | ≥ 80 % | ❌ missed |" in table
    assert "| the seeds | 12,346 rows/s |  |  |" in table
    assert f"begun at load {SECTION.load:.1f}" in table


def test_a_benchmark_that_failed_is_told_and_costs_no_other() -> None:
    assert "could not be measured: OSError: gone" in as_markdown(BROKEN)
    assert summary([SECTION, BROKEN]) == "1 of 2 marks reached; could not be measured: two"


def test_a_benchmark_that_lacks_what_it_imports_is_told_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "benchmarks.memory", None)
    (section,) = asyncio.run(run(["memory"], quick=True))
    assert section.error.startswith("ModuleNotFoundError: ")
    assert "### memory" in as_markdown(section)


def test_json_has_every_figure_with_its_verdict() -> None:
    (section,) = as_json([SECTION], quick=True)["sections"]
    assert [figure["reached"] for figure in section["figures"]] == [True, False, None]


def test_a_document_keeps_its_words_and_gets_each_table_once() -> None:
    once = documented("# Words\n", [SECTION, BROKEN])
    again = documented(once, [Section(name="one", title="One again")])
    assert again.startswith("# Words\n<!-- one -->\n### One again\n")
    assert "### One\n" not in again
    assert again.endswith(once[once.index("<!-- two -->") :])


def test_percentiles_are_values_that_were_measured() -> None:
    assert [percentile([3.0, 1.0, 2.0], share) for share in (0, 0.5, 0.999)] == [1.0, 2.0, 3.0]


@pytest.mark.parametrize("name", BENCHMARKS)
def test_every_benchmark_has_a_title_and_a_way_to_measure(name: str) -> None:
    module = importlib.import_module(f"benchmarks.{name}")
    assert module.TITLE
    assert callable(module.measure)
