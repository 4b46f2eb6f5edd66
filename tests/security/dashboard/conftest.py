"""The dashboard in Chromium, as the tests of its pages have it."""

from __future__ import annotations

from tests.browser.conftest import browser
from tests.browser.dashboard.conftest import admin, admin_account, open_dashboard, sessions, site, stranger
from tests.integration.conftest import clean_database, database, reset_supabase, supabase

__all__ = [
    "admin",
    "admin_account",
    "browser",
    "clean_database",
    "database",
    "open_dashboard",
    "reset_supabase",
    "sessions",
    "site",
    "stranger",
    "supabase",
]
