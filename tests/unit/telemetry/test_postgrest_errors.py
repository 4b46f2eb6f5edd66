from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telemetry.postgrest_errors import Remedy, classified, retry_after_seconds, words_of

NOW = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "code", "remedy", "project_wide"),
    [
        (408, None, Remedy.RETRY, True),
        (429, None, Remedy.RETRY, True),
        (429, "429", Remedy.RETRY, True),  # supabase-py puts the status in place of a code
        (500, None, Remedy.RETRY, True),
        (502, "502", Remedy.RETRY, True),
        (503, None, Remedy.RETRY, True),
        (522, None, Remedy.RETRY, True),
        (500, "XX000", Remedy.RETRY, False),
        (503, "08006", Remedy.RETRY, True),
        (500, "40001", Remedy.RETRY, False),
        (503, "53300", Remedy.RETRY, True),
        (500, "57014", Remedy.RETRY, False),
        (500, "57P01", Remedy.RETRY, True),
        *((503, f"PGRST00{digit}", Remedy.RETRY, True) for digit in range(4)),
        (401, None, Remedy.HOLD, True),
        (402, None, Remedy.HOLD, True),
        (403, None, Remedy.HOLD, True),
        (406, "PGRST106", Remedy.HOLD, True),
        (401, "PGRST301", Remedy.HOLD, True),
        (405, "25006", Remedy.HOLD, True),
        (403, "42501", Remedy.HOLD, False),
        (401, "42501", Remedy.HOLD, False),
        (404, "42P01", Remedy.HOLD, False),
        (400, "42703", Remedy.HOLD, False),
        (400, "PGRST204", Remedy.HOLD, False),
        (404, "PGRST205", Remedy.HOLD, False),
        (404, None, Remedy.HOLD, True),
        (404, "PGRST125", Remedy.HOLD, True),
        (418, None, Remedy.HOLD, False),
        (540, None, Remedy.HOLD, True),
        (540, "540", Remedy.HOLD, True),
        (544, None, Remedy.RETRY, True),
        (301, None, Remedy.HOLD, True),
        (400, "22P05", Remedy.BISECT, False),
        (400, "22P02", Remedy.BISECT, False),
        (400, "23502", Remedy.BISECT, False),
        (400, "23514", Remedy.BISECT, False),
        (500, "54000", Remedy.BISECT, False),  # an index entry that is too long
        (400, "PGRST102", Remedy.BISECT, False),
        (413, None, Remedy.BISECT, False),
    ],
)
def test_each_failure_has_its_remedy(
    status: int, code: str | None, remedy: Remedy, project_wide: bool
) -> None:
    error = classified(status, {}, code, "words")
    assert (error.treatment.remedy, error.treatment.project_wide) == (remedy, project_wide)
    assert "words" in str(error)


def test_a_row_whose_id_is_there_is_a_duplicate_but_not_one_with_another_unique_value() -> None:
    message = 'duplicate key value violates unique constraint "{}"'
    on_id = classified(409, {}, "23505", message.format("music_logs_pkey"))
    on_another = classified(409, {}, "23505", message.format("music_logs_song"))
    assert on_id.treatment.remedy is Remedy.DUPLICATE
    assert on_another.treatment.remedy is Remedy.BISECT


def test_every_hold_with_a_known_cause_names_its_cure() -> None:
    for status, code in (
        (401, None),
        (402, None),
        (403, None),
        (406, "PGRST106"),
        (403, "42501"),
        (404, "PGRST205"),
        (405, "25006"),
    ):
        assert classified(status, {}, code, "").treatment.cure


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("Invalid API key", "Invalid API key"),
        ("two\r\nlines", "two lines"),
        ("<html><head><title>502 Bad\nGateway</title></head><body>x", "502 Bad Gateway"),
        ("<!DOCTYPE html><body>no title", ""),
        ("a < b", "a < b"),
        ("x" * 10_000, "x" * 500),
        ("<html>" * 20_000, ""),
    ],
)
def test_an_answer_is_told_in_one_line(answer: str, words: str) -> None:
    assert words_of(answer) == words


def test_the_status_is_told_once() -> None:
    assert str(classified(401, {}, "401", "Invalid API key")) == "401: Invalid API key"
    assert str(classified(502, {}, None, "<title>502 Bad Gateway</title>")) == "502: Bad Gateway"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("", 0),
        ("7", 7),
        ("7\x1f", 7),
        ("86400", 600),
        ("Wed, 01 Jul 2026 12:00:30 GMT", 30),
        ("Wed, 01 Jul 2026 11:00:00 GMT", 0),
        ("Wed, 01 Jul 2027 11:00:00 GMT", 600),
        ("soon", 0),
        ("-5", 0),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str, seconds: float) -> None:
    assert retry_after_seconds(header, NOW) == seconds
    assert classified(429, {"retry-after": header}, None, "", now=NOW).retry_after == seconds


@given(st.text())
def test_any_retry_after_header_is_harmless(header: str) -> None:
    assert 0 <= retry_after_seconds(header, NOW) <= 600
