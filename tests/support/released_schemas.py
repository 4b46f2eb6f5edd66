"""Every version of bot/supabase_schema.sql that was ever released, and the tables from before the first."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
DIRECTORY = ROOT / "tests" / "integration" / "schema" / "released"
RELEASED = {path.stem: path.read_text(encoding="utf-8") for path in sorted(DIRECTORY.glob("*.sql"))}
"""By version; a letter tells those apart that bore the same number. 0: the documents' tables, with none."""
CURRENT = (ROOT / "bot" / "supabase_schema.sql").read_text(encoding="utf-8")


def version_number(released: str) -> int:
    """Return what `telemetry_health()` of a version says."""
    return int(released.rstrip("abc"))
