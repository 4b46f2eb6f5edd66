"""Every TypeScript query of the founding documents, run with supabase-js as a dashboard admin."""

from __future__ import annotations

import json
import subprocess
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.supabase.lite import find_node

if TYPE_CHECKING:
    import psycopg

    from tests.integration.conftest import RunningSupabase

    Database = psycopg.Connection[tuple[Any, ...]]

SCRIPT = Path(__file__).parent / "seed_queries.mjs"
MODULES = Path(__file__).parents[2] / "sandbox" / "supabase" / "package.json"
PASSWORD = "correct horse battery staple"
FILL = """
insert into system_stats (cpu_usage, timestamp)
  select i, now() - i * interval '5 minutes' from generate_series(0, 19) as i;
insert into conversation_logs (user_id, user_name, prompt, response, timestamp)
  select '1', 'はる', i::text, 'うん', now() - i * interval '1 minute' from generate_series(0, 59) as i;
insert into music_logs (guild_id, song_title, requested_by, requested_by_id, timestamp)
  select (10 + i % 2)::text, case when i % 3 = 0 then '群青' else '夜に駆ける' end, 'はる', '1',
    now() - i * interval '1 minute' from generate_series(0, 59) as i;
insert into network_stats (bytes_sent, bytes_recv, bytes_total, mb_sent, mb_recv, mb_total, recorded_at)
  select i, i, 2 * i, 0, 0, 0, now() - i * interval '10 seconds' from generate_series(0, 149) as i;
"""


@pytest.fixture
def answers(supabase: RunningSupabase, clean_database: Database) -> dict[str, Any]:
    """What the script was answered, by query."""
    email = f"{uuid.uuid4().hex}@example.com"
    user_id = supabase.switch("POST", "/users", {"email": email, "password": PASSWORD})["id"]
    clean_database.execute("insert into dashboard_admins (user_id) values (%s)", [user_id])
    clean_database.execute(FILL)
    settings = {
        "url": supabase.url,
        "key": supabase.publishable_key,
        "email": email,
        "password": PASSWORD,
        "guildId": "11",
    }
    with subprocess.Popen(
        [find_node(), str(SCRIPT), str(MODULES), json.dumps(settings)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        line = process.stderr.readline()
        while line and line != "subscribed\n":  # Node warns of what it is too old for
            line = process.stderr.readline()
        clean_database.execute(
            "insert into network_stats (bytes_sent, bytes_recv, bytes_total, mb_sent, mb_recv, mb_total)"
            " values (7, 8, 15, 0.5, 0.25, 0.75)"
        )
        output, complaints = process.communicate(timeout=120)
    assert process.returncode == 0, complaints
    return json.loads(output)


def test_the_queries_answer_what_their_documents_promise(answers: dict[str, Any]) -> None:
    assert [row["cpu_usage"] for row in answers["latestStats"]] == list(range(10))
    hour = answers["hourOfStats"]
    assert [row["cpu_usage"] for row in hour] == list(range(11, -1, -1))
    assert hour[0].keys() == {"timestamp", "cpu_usage", "ram_usage", "server_count"}
    assert [row["prompt"] for row in answers["conversations"]] == [str(place) for place in range(50)]
    assert len(answers["musicOfGuild"]) == 20
    assert {row["guild_id"] for row in answers["musicOfGuild"]} == {"11"}
    assert answers["popularSongs"] == [
        {"song_title": "夜に駆ける", "count": 40},
        {"song_title": "群青", "count": 20},
    ]
    assert [row["bytes_sent"] for row in answers["network"]] == list(range(100))
    assert (answers["inserted"]["mb_sent"], answers["inserted"]["mb_total"]) == (0.5, 0.75)
