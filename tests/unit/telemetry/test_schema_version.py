from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.telemetry.inspection import Health, Problem
from bot.telemetry.schema_version import ERASES_SINCE, REQUIRED_VERSION, describe_version
from bot.texts.schema import BROUGHT

if TYPE_CHECKING:
    from bot.texts import Language


def test_every_version_says_what_it_brought() -> None:
    assert list(BROUGHT) == list(range(1, REQUIRED_VERSION + 1))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_an_older_database_is_told_with_all_that_it_cannot_do(language: Language) -> None:
    for version in range(REQUIRED_VERSION):
        told = describe_version(version, language)
        listed = [feature for feature in BROUGHT if BROUGHT[feature](language) in told]
        assert listed == list(range(version + 1, REQUIRED_VERSION + 1))
        assert "bot/supabase_schema.sql" in told


def test_only_a_database_with_its_trigger_honours_erasures() -> None:
    gone = Problem("music_logs", "trigger_missing", "privacy_before_insert")
    other = Problem("network_stats", "trigger_missing", "network_stats_rollup_after_insert")
    assert [Health(version).honours_erasures for version in (0, ERASES_SINCE - 1, ERASES_SINCE)] == [
        False,
        False,
        True,
    ]
    assert Health(ERASES_SINCE, (other,)).honours_erasures
    assert not Health(ERASES_SINCE, (other, gone)).honours_erasures
