"""What the doctor says of Gemini, by the error that its check raised."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import AsyncMock

import pytest

from bot.config import load_settings
from bot.doctor.findings import Report
from bot.doctor.service_checks import check_gemini
from bot.llm import errors

if TYPE_CHECKING:
    from bot.doctor.findings import Finding


async def findings(monkeypatch: pytest.MonkeyPatch, key: str, error: errors.LLMError | None) -> list[Finding]:
    monkeypatch.setattr("bot.llm.gemini.check", AsyncMock(side_effect=error))
    report = Report("en")
    settings = load_settings({"DISCORD_TOKEN": "token", "GEMINI_API_KEY": key}, Path("/nonexistent"))
    await check_gemini(settings, report)
    return report.findings


@pytest.mark.parametrize(
    ("error", "told", "cure"),
    [
        (errors.BadKeyError(), "does not accept the key", "make a new key"),
        (errors.OldKeyError(), "of the old form", "make a new key"),
        (errors.RevokedKeyError(), "deleted, or only part of it", "make a new key"),
        (errors.LeakedKeyError(), "seen in public", "make a new key"),
        (errors.ExpiredKeyError(), "has expired", "make a new key"),
        (errors.SuspendedError(), "suspended", "another project"),
        (errors.RestrictedKeyError(), "restrictions", "console.cloud.google.com/apis/credentials"),
        (errors.ApiDisabledError(), "not switched on", "enable the API"),
        (errors.AccessRefusedError(), "region or billing", "available-regions"),
        (errors.ModelNotFoundError("gemini-0"), "gemini-0", "set GEMINI_MODEL"),
        (errors.UnreachableError(), "could not reach", "check the network"),
        (errors.OverloadedError(), "overloaded", "try again in a while"),
        (errors.AnswerTimeoutError(), "in time", "try again in a while"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
async def test_one_failure_is_one_line_with_the_cure_that_helps(
    monkeypatch: pytest.MonkeyPatch, error: errors.LLMError, told: str, cure: str
) -> None:
    (finding,) = await findings(monkeypatch, "AQ.key", error)

    assert finding.level == "error"
    assert told in finding.message
    assert cure in finding.cure


async def test_a_key_of_the_old_form_that_still_works_is_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    works, warned = await findings(monkeypatch, "AIzaKey", None)

    assert (works.level, warned.level) == ("ok", "warning")
    assert "withdrawing" in warned.message


async def test_a_key_of_the_new_form_that_works_is_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    (works,) = await findings(monkeypatch, "AQ.key", None)

    assert works.level == "ok"
