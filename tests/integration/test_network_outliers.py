"""``python -m bot.doctor network-outliers`` on a real project: lists, and takes out what it was told to."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from bot.config import SETTING_KEYS
from bot.doctor.command import main
from bot.doctor.findings import Report
from bot.doctor.supabase_check import check_supabase
from tests.support.telemetry import telemetry_settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import psycopg

    from tests.integration.conftest import RunningSupabase

    Database = psycopg.Connection[tuple[Any, ...]]
    Doctor = Callable[..., tuple[int, str]]

SAMPLES = """
insert into network_stats (boot_id, sequence, recorded_at, bytes_sent, bytes_recv, bytes_total,
  mb_sent, mb_recv, mb_total)
select 'b0000000-0000-4000-8000-000000000000', n, now() - n * interval '10 seconds',
  case when n in (50, 200) then 4000000000000 else n end, 1, n, 0, 0, 0
from generate_series(1, 400) as n
"""
TOTAL = "select bytes_sent, samples from network_totals()"
TRUTH = sum(range(1, 401)) - 50 - 200


@pytest.fixture
def environ(supabase: RunningSupabase, tmp_path: Path) -> dict[str, str]:
    return {
        "DISCORD_TOKEN": "token",
        "SUPABASE_URL": supabase.url,
        "SUPABASE_KEY": supabase.secret_key,
        "DATA_DIR": str(tmp_path),
        "BOT_LANGUAGE": "en",
    }


@pytest.fixture
def doctor(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Doctor:
    monkeypatch.setattr(os, "environ", {**dict.fromkeys(SETTING_KEYS, ""), **environ})

    def run(*arguments: str) -> tuple[int, str]:
        code = main(["network-outliers", *arguments])
        return code, capsys.readouterr().out

    return run


def test_impossible_samples_are_listed_and_nothing_is_changed(
    doctor: Doctor, clean_database: Database
) -> None:
    clean_database.execute(SAMPLES)
    code, shown = doctor()

    assert code == 0
    assert shown.count("↑ 3.64 TB  ↓ 0.00 MB  / 10.0 s") == 2
    assert "network-outliers remove --all" in shown
    assert clean_database.execute(TOTAL).fetchone() == (TRUTH + 8 * 10**12, 400)
    none = doctor("list", "--faster-than", "5000000")[1]
    assert none.startswith("There are no impossible samples: none is faster than 5000000 Mbit/s.\n")
    assert "--faster-than 1000" in none


def test_what_is_chosen_leaves_every_total_and_the_rest_stays(
    doctor: Doctor, clean_database: Database
) -> None:
    clean_database.execute(SAMPLES)
    first = str(clean_database.execute("select id from network_outliers() limit 1").fetchall()[0][0])

    assert doctor("remove", "00000000") == (
        1,
        "There is no impossible sample 00000000 (see: network-outliers).\n",
    )
    code, shown = doctor("remove", first[-12:])
    assert (code, shown.splitlines()[-1]) == (0, "1 taken out of the rows and of every total.")
    assert clean_database.execute(TOTAL).fetchone() == (TRUTH + 4 * 10**12, 399)

    code, shown = doctor("remove", "--all")
    assert (code, shown.splitlines()[-1]) == (0, "1 taken out of the rows and of every total.")
    assert clean_database.execute(TOTAL).fetchone() == (TRUTH, 398)
    assert doctor() == (
        0,
        (
            "There are no impossible samples: none is faster than 10000 Mbit/s.\n"
            "For a slower line, give its speed in Mbit/s: --faster-than 1000\n"
        ),
    )


def test_more_of_them_than_the_project_gives_at_a_time_are_all_found(
    doctor: Doctor, clean_database: Database, supabase: RunningSupabase
) -> None:
    supabase.switch("PUT", "/max_rows", {"rows": 7})
    clean_database.execute(SAMPLES.replace("n in (50, 200)", "n % 2 = 0"))

    code, shown = doctor("remove", "--all", "--faster-than", "1000")

    assert (code, shown.splitlines()[-1]) == (0, "200 taken out of the rows and of every total.")


def test_without_a_project_and_without_an_answer_it_says_what_to_do(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, supabase: RunningSupabase
) -> None:
    refusal = {"code": "PGRST202", "message": "no such function", "details": None, "hint": None}
    supabase.fault("status", status=404, body=json.dumps(refusal), path="network_outliers")
    code, shown = doctor()
    assert (code, "bot/supabase_schema.sql" in shown) == (1, True)
    monkeypatch.setitem(os.environ, "SUPABASE_URL", "off")
    code, shown = doctor()
    assert (code, "SUPABASE_URL" in shown) == (1, True)


async def test_the_doctor_tells_of_them(environ: dict[str, str], clean_database: Database) -> None:
    clean_database.execute(SAMPLES)
    report = Report("en")
    await check_supabase(telemetry_settings(environ), report)
    (finding,) = [finding for finding in report.findings if finding.name == "supabase.samples"]
    assert (finding.level, finding.message) == ("warning", "2 are impossible, and in the totals.")
    assert finding.cure.endswith("network-outliers")
