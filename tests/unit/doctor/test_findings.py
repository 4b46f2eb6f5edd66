from __future__ import annotations

from bot.doctor.findings import Report
from bot.texts import doctor, schema


def test_a_cure_that_helps_against_several_findings_stands_below_them_once() -> None:
    report = Report("en")
    for name in ("a", "b", "c"):
        report.fail("supabase.table", doctor.TABLE, "PGRST205", schema.CURE, table=name)
    report.fail("supabase.key", doctor.KEY, "x", doctor.BUSY_CURE)
    report.fine("clock", doctor.CLOCK, doctor.KEY_FINE)

    lines = list(report.lines())

    assert [line[:9] for line in lines[:3]] == ["❌ Table a", "❌ Table b", "❌ Table c"]
    assert "SQL Editor" in lines[3]
    assert "try again" in lines[5]
    assert len(lines) == 7
