"""``python -m bot.doctor`` beside the running sandbox: every line, right and wrong, and dead letters."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import shutil
import sys
from typing import TYPE_CHECKING, Any

import pytest

from bot.config import SETTING_KEYS
from bot.doctor.command import main
from tests.e2e.conftest import POLL_SECONDS, eventually
from tests.e2e.test_netstats import bot_online
from tests.support.running_sandbox import ROOT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from sandbox.people import Person
    from tests.support.running_sandbox import RunningSandbox


class Doctor:
    """Runs the command with the settings of the sandbox's bot, and others beside them."""

    def __init__(
        self, sandbox: RunningSandbox, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]
    ) -> None:
        self.patch = patch
        self.capture = capture
        info = sandbox.info
        (node, *_) = info["lavalink"].get("nodes", [info["lavalink"]])
        self.environment = {
            **{key: value for key, value in os.environ.items() if key in {"PATH", "HOME", "LANG"}},
            **dict.fromkeys(SETTING_KEYS, ""),
            "DISCORD_TOKEN": info["discord"]["token"],
            "DISCORD_API_URL": info["discord"]["api"],
            "GEMINI_API_KEY": info["gemini"]["api_key"],
            "GEMINI_API_ENDPOINT": info["gemini"]["endpoint"],
            "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": info["gemini"]["roots_file"],
            "LAVALINK_NODES": node["url"].replace("://", f"://:{node['password']}@"),
            "MUSIC_URL_HOSTS": node["url"].partition("://")[2],
            "LYRICS_URL": info["lrclib"]["url"],
            "SUPABASE_URL": info["supabase"]["url"],
            "SUPABASE_KEY": info["supabase"]["secret_key"],
            "DATA_DIR": f"{info['data_dir']}/bot",
            "BOT_LANGUAGE": "en",
        }

    async def run(self, *arguments: str, **settings: str) -> tuple[int | None, str]:
        """Return its exit code and what it printed."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot.doctor",
            *arguments,
            cwd=ROOT,
            env={**self.environment, **settings},
            stdout=asyncio.subprocess.PIPE,
        )
        shown, _ = await process.communicate()
        return process.returncode, shown.decode()

    async def here(self, *arguments: str, **settings: str) -> tuple[int, str]:
        """Do the same in this process, which is quicker; without Gemini: its gRPC may trust others."""
        self.patch.setattr(os, "environ", {**self.environment, "GEMINI_API_KEY": "", **settings})
        self.capture.readouterr()
        code = await asyncio.to_thread(main, arguments)
        return code, self.capture.readouterr().out

    async def findings(self, *, here: bool = False, **settings: str) -> Mapping[str, Mapping[str, str]]:
        """Return the worst finding of each name; the exit code must fit."""
        code, shown = await (self.here if here else self.run)("--json", **settings)
        report: dict[str, Any] = json.loads(shown)
        assert (code == 0) is report["ok"]
        levels = ["ok", "warning", "error"]
        by_level = sorted(report["findings"], key=lambda finding: levels.index(finding["level"]))
        return {finding["name"]: finding for finding in by_level}


@pytest.fixture
def doctor(
    sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Doctor:
    return Doctor(sandbox, monkeypatch, capsys)


def assert_wrong(findings: Mapping[str, Mapping[str, str]], name: str, told: str, cure: str) -> None:
    finding = findings[name]
    assert finding["level"] in {"warning", "error"}, finding
    assert told in finding["message"]
    assert cure in finding["cure"]


async def test_a_healthy_setup_has_no_fault(doctor: Doctor) -> None:
    findings = await doctor.findings(BOT_LANGUAGE="ja")
    assert not [finding for finding in findings.values() if finding["level"] == "error"]
    assert findings["discord.token"]["subject"] == "Discord のトークン"
    assert findings["discord.token"]["message"].startswith("Otonari")
    assert {name for name, finding in findings.items() if finding["level"] == "ok"} >= {
        "settings",
        "data_dir",
        "spool",
        "discord.token",
        "discord.intent",
        "discord.guilds",
        "clock",
        "gemini",
        "lavalink",
        "lyrics",
        "supabase.key",
        "supabase.table.conversation_logs",
        "supabase.schema",
        "supabase.rights",
        "supabase.size",
    }


async def test_wrong_credentials_are_told_one_by_one_with_their_cures(
    doctor: Doctor, sandbox: RunningSandbox, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    findings = await doctor.findings(
        DISCORD_TOKEN="wrong",
        GEMINI_API_KEY="wrong",
        LAVALINK_NODES=sandbox_node(doctor, password="wrong"),
        SUPABASE_KEY=sandbox.info["supabase"]["publishable_key"],
        DATA_DIR=str(tmp_path / "file"),
    )
    assert_wrong(findings, "discord.token", "HTTP 401", "Reset Token")
    assert_wrong(findings, "gemini", "key", "aistudio.google.com")
    assert_wrong(findings, "lavalink", "password", "application.yml")
    assert_wrong(findings, "supabase.key", "publishable", "sb_secret_")
    assert_wrong(findings, "data_dir", "cannot be written", "permissions")


async def test_what_is_switched_off_or_gone_is_told_with_its_cure(
    doctor: Doctor, sandbox: RunningSandbox
) -> None:
    application = json.dumps({"id": "7", "flags": 0, "approximate_guild_count": 0})
    fault = {"action": "status", "status": 200, "path": "/applications/@me$", "body": application}
    sandbox.control("discord", "POST", "/faults", fault)
    old = {"action": "status", "status": 200, "path": "^/rest/v1/$", "body": "{}"}
    date = {"headers": {"Date": "Wed, 01 Jan 2020 00:00:00 GMT"}}
    sandbox.control("supabase", "POST", "/faults", {**old, **date})
    findings = await doctor.findings(
        GEMINI_MODEL="gemini-1.0-gone", LAVALINK_NODES="http://:x@127.0.0.1:9", SUPABASE_DB_LIMIT_MB="1"
    )
    assert_wrong(findings, "discord.intent", "is off", "Message Content Intent")
    assert_wrong(findings, "discord.guilds", "none", "client_id=7")
    assert_wrong(findings, "clock", "s off", "NTP")
    assert_wrong(findings, "gemini", "gemini-1.0-gone", "GEMINI_MODEL")
    assert_wrong(findings, "lavalink", "cannot be reached", "is Lavalink running")
    assert_wrong(findings, "supabase.size", "of 1.00 MB", "SUPABASE_DB_LIMIT_MB")


async def test_what_is_too_old_too_full_or_somebody_elses_is_told_with_its_cure(
    doctor: Doctor, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = {"action": "status", "status": 200, "path": "^/version$", "body": "3.7.13\n"}
    sandbox.control("lavalink", "POST", "/faults", old)
    full = shutil.disk_usage("/")._replace(free=511 * 2**20)
    monkeypatch.setattr("bot.doctor.disk_check.shutil.disk_usage", lambda _path: full)
    claims = base64.urlsafe_b64encode(b'{"role": "service_role", "ref": "another"}').decode()
    findings = await doctor.findings(
        here=True, SUPABASE_URL="https://ours.supabase.co", SUPABASE_KEY=f"head.{claims}.signature"
    )
    assert_wrong(findings, "lavalink", "is version 3.7.13; 4 or newer", "Lavalink/releases")
    assert_wrong(findings, "data_dir", "only 511.00 MB are free", "up to 256 MB")
    assert_wrong(findings, "supabase.key", "another project (another)", "API Keys")


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [("/api", 404, '{"code": "PGRST125"}'), ("/dashboard/project/ours", 200, "<html>Sign in</html>")],
)
async def test_an_address_that_is_no_projects_is_not_taken_for_a_missing_schema(
    doctor: Doctor, sandbox: RunningSandbox, path: str, status: int, body: str
) -> None:
    answer = {"action": "status", "status": status, "path": f"^{path}/rest/v1/", "body": body}
    sandbox.control("supabase", "POST", "/faults", answer)
    findings = await doctor.findings(here=True, SUPABASE_URL=doctor.environment["SUPABASE_URL"] + path)
    assert_wrong(findings, "supabase.url", "does not answer as a Supabase project", "without a path")
    assert not [name for name in findings if name.startswith(("supabase.key", "supabase.table"))]


async def test_what_the_schema_lacks_is_named_table_by_table(doctor: Doctor, sandbox: RunningSandbox) -> None:
    sandbox.execute(
        "revoke select, insert on bot_logs from service_role",
        "alter table music_logs disable row level security",
        "alter publication supabase_realtime drop table network_stats",
    )
    try:
        code, shown = await doctor.here()
    finally:
        sandbox.execute(
            "grant select, insert on bot_logs to service_role",
            "alter table music_logs enable row level security",
            "alter publication supabase_realtime add table network_stats",
        )
    assert code == 1
    assert re.search(r"❌ Table bot_logs: .*42501", shown)
    assert "❌ Grants, RLS, Realtime: music_logs: row level security is off" in shown
    assert "⚠️ Grants, RLS, Realtime: network_stats: Realtime does not publish it" in shown
    assert "supabase_schema.sql" in shown


async def test_a_service_that_is_down_busy_or_a_strangers_is_told_apart(
    doctor: Doctor, sandbox: RunningSandbox
) -> None:
    sandbox.control("discord", "POST", "/faults", {"action": "reset", "path": "/users/@me$", "method": "GET"})
    sandbox.control("supabase", "POST", "/faults", {"action": "status", "status": 401})
    findings = await doctor.findings(here=True, LAVALINK_NODES="", GEMINI_API_KEY="")
    assert_wrong(findings, "discord.token", "cannot be reached", "network")
    assert_wrong(findings, "supabase.key", "401", "secret key")
    assert_wrong(findings, "lavalink", "make run", "LAVALINK_NODES=off")
    assert_wrong(findings, "gemini", "no chat", "GEMINI_API_KEY")


@pytest.mark.parametrize(("url", "told"), [("", "embedded Supabase in"), ("off", "nothing is recorded")])
async def test_without_a_project_it_tells_where_rows_go(doctor: Doctor, url: str, told: str) -> None:
    findings = await doctor.findings(here=True, SUPABASE_URL=url, SUPABASE_KEY="")
    assert_wrong(findings, "supabase.url", told, "a project of your own")
    path = f"{doctor.environment['DATA_DIR']}/supabase"
    assert (path in findings["supabase.url"]["message"]) is (url == "")


async def test_settings_that_cannot_be_read_are_told_by_name(doctor: Doctor) -> None:
    code, shown = await doctor.here(DISCORD_TOKEN="", BOT_TIMEZONE="Mars")
    assert code == 1
    assert "❌ Settings: DISCORD_TOKEN is required" in shown
    assert "❌ Settings: BOT_TIMEZONE must be" in shown
    assert ".env.example" in shown


def sandbox_node(doctor: Doctor, *, password: str) -> str:
    scheme, _, rest = doctor.environment["LAVALINK_NODES"].partition("://")
    return f"{scheme}://:{password}@{rest.rpartition('@')[2]}"


@pytest.fixture
async def refused_row(doctor: Doctor, sandbox: RunningSandbox, me: Person) -> AsyncIterator[str]:
    """The id of a conversation that a constraint of the owner's own refused."""
    await bot_online(me)
    constraint = "alter table conversation_logs add constraint polite check (prompt <> 'poison') not valid"
    sandbox.execute(constraint)
    await me.run(await me.channel("general"), "chat", {"prompt": "poison"})

    async def listed() -> list[dict[str, Any]]:
        _, shown = await doctor.here("--json", "dead-letters", "list")
        return json.loads(shown)

    async with asyncio.timeout(60):
        while not (letters := await listed()):
            await asyncio.sleep(POLL_SECONDS)
    sandbox.execute("alter table conversation_logs drop constraint polite")
    yield letters[0]["id"]
    await doctor.here("dead-letters", "drop", "--all")


async def test_a_dead_letter_is_explained_and_replayed_while_the_bot_runs(
    doctor: Doctor, sandbox: RunningSandbox, refused_row: str
) -> None:
    code, shown = await doctor.here("dead-letters", "explain", refused_row[-12:])
    assert code == 0
    assert "23514" in shown
    assert "constraint" in shown
    assert '"prompt": "poison"' in shown
    assert (await doctor.findings(here=True))["spool"]["level"] == "warning"

    code, shown = await doctor.here("dead-letters", "replay", refused_row)
    assert (code, "running bot" in shown) == (0, True)
    query = "select prompt from conversation_logs where id = %s"
    assert await eventually(lambda: sandbox.rows(query, [refused_row])) == [("poison",)]
    assert (await doctor.here("dead-letters", "explain", refused_row))[0] == 1


async def test_dead_letters_are_dropped_also_while_the_bot_does_not_run(
    doctor: Doctor, sandbox: RunningSandbox, refused_row: str
) -> None:
    sandbox.control("bot", "POST", "/stop")
    code, shown = await doctor.here("dead-letters", "drop", refused_row)
    assert (code, shown) == (0, "1 dropped.\n")
    assert (await doctor.here("dead-letters"))[1] == "There are no dead letters.\n"
