"""The doctor's command line: what it looks at where settings are wrong."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import AsyncMock, Mock

import pytest

from bot.config import read_settings
from bot.doctor import command
from bot.doctor.command import examine, parse_arguments

CHECKS = ("check_disk", "check_discord", "check_gemini", "check_lavalink", "check_supabase")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The checks that were made, in order."""
    names: list[str] = []
    for name in CHECKS:
        kind = Mock if name == "check_disk" else AsyncMock
        monkeypatch.setattr(command, name, kind(side_effect=lambda *_, name=name: names.append(name)))
    return names


@pytest.mark.parametrize(
    ("wrong", "left_out"),
    [
        ({}, set()),
        ({"DISCORD_TOKEN": ""}, {"check_discord"}),
        ({"SUPABASE_URL": "nowhere", "GEMINI_API_KEY": "two words"}, {"check_supabase", "check_gemini"}),
        ({"LAVALINK_NODES": "nowhere"}, {"check_lavalink"}),
        ({"DATA_DIR": "a\tb"}, {"check_disk"}),
        ({"BOT_TIMEZONE": "Mars"}, set()),
    ],
)
async def test_bad_settings_leave_out_only_the_checks_that_need_them(
    made: list[str], wrong: dict[str, str], left_out: set[str]
) -> None:
    reading = read_settings({"DISCORD_TOKEN": "x", **wrong}, Path("/nonexistent"))

    report = await examine(reading, "en")

    assert made == [name for name in CHECKS if name not in left_out]
    assert [finding.level for finding in report.findings] == ["error"] * len(wrong) or ["ok"]
    for key, finding in zip(sorted(wrong), sorted(report.findings, key=str), strict=False):
        assert finding.message.startswith(f"{key} ")


async def test_where_there_is_no_file_the_doctor_offers_to_copy_the_template(made: list[str]) -> None:
    (finding,) = (await examine(read_settings({}, Path("/nonexistent")), "ja")).findings

    assert "`cp bot/.env.example bot/.env`" in finding.message
    assert len(made) == 4


async def test_a_file_that_cannot_be_read_is_one_line(made: list[str], tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()

    lines = [str(finding) for finding in (await examine(read_settings({}, tmp_path / ".env"), "en")).findings]

    assert len([line for line in lines if "cannot be read" in line]) == 1
    assert not made


async def test_a_misspelt_name_is_warned_of_beside_what_works(made: list[str], tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DISCORD_TOKEN=x\nGEMINI_APIKEY=y\n", encoding="utf-8")

    (finding,) = (await examine(read_settings({}, tmp_path / ".env"), "en")).findings

    assert finding.level == "warning"
    assert finding.message == "GEMINI_APIKEY unknown, and ignored; did you mean GEMINI_API_KEY?"
    assert len(made) == 5


@pytest.mark.parametrize("speed", ["nan", "inf", "0", "-5", "0.5", "fast"])
@pytest.mark.parametrize("action", [[], ["list"]])
def test_a_line_has_a_finite_speed_of_a_megabit_or_more(action: list[str], speed: str) -> None:
    with pytest.raises(SystemExit):
        parse_arguments(["network-outliers", *action, f"--faster-than={speed}"])
    assert parse_arguments(["network-outliers", *action, "--faster-than=1"]).faster_than == 1
