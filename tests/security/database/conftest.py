"""Attackers are real roles in a real PostgreSQL: somebody who signed up, beside a dashboard admin."""

from __future__ import annotations

import pytest

from tests.support.project_database import (
    Database,
    database,
    empty,
    make_database,
    otonari_template,
    own_database,
    server,
    shared_database,
    supabase_template,
)

__all__ = [
    "database",
    "empty",
    "make_database",
    "otonari_template",
    "own_database",
    "server",
    "shared_database",
    "supabase_template",
]

STRANGER = "00000000-0000-4000-8000-000000000001"
ADMIN = "00000000-0000-4000-8000-000000000002"
VICTIM = "700000000000000001"
SOMEBODY = "700000000000000002"
NOBODY = "700000000000000003"
NAME = "春野はる"

PEOPLE = f"(values ('{VICTIM}', 3000), ('{SOMEBODY}', 40)) as people (person, count)"
ROWS = f"""
insert into auth.users (id) values ('{STRANGER}'), ('{ADMIN}');
insert into dashboard_admins (user_id) values ('{ADMIN}');
insert into conversation_logs (user_id, user_name, prompt, response, guild_id, timestamp)
  select person, '{NAME}', 'a secret', 'an answer', '10', now() - n * interval '1 minute'
  from {PEOPLE}, generate_series(1, count) as n;
insert into gemini_usage (user_id, model, guild_id, prompt_tokens, total_tokens, timestamp)
  select user_id, 'gemini', guild_id, 5, 12, timestamp from conversation_logs;
insert into music_logs (guild_id, song_title, requested_by, requested_by_id, timestamp)
  select '10', 'song ' || n % 7, '{NAME}', person, now() - n * interval '1 minute'
  from {PEOPLE}, generate_series(1, count) as n;
insert into bot_logs (level, logger, message) values ('ERROR', 'bot', 'of {NAME}');
insert into discord_names (discord_id, kind, name) values ('10', 'guild', 'お隣さん荘');
insert into privacy_optouts (user_id, opted_out_at) values ('{SOMEBODY}', now() + interval '1 day');
insert into privacy_erasures (user_id, erased_before) values ('{SOMEBODY}', '-infinity');
insert into system_stats (cpu_usage) values (10);
insert into network_stats (bytes_sent, bytes_recv, bytes_total, mb_sent, mb_recv, mb_total)
  values (1, 2, 3, 0, 0, 0);
"""


@pytest.fixture(scope="session")
def project(shared_database: Database) -> Database:
    """A project in use, with PostgreSQL's statistics of it; whoever acts in it changes nothing."""
    shared_database.execute(ROWS)
    shared_database.execute("vacuum analyze")
    return shared_database
