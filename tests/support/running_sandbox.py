"""``python -m sandbox`` as a test sees it: one process, its addresses, its switches, its database."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import psutil
import psycopg

from sandbox.child_process import dying_with_parent
from sandbox.dashboard import stored_login

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sandbox.dashboard import Login

ROOT = Path(__file__).parents[2]
HEADLESS = ("--headless", "--json", "--stand-ins-only")
ONLINE_SECONDS = 120.0


@dataclass(frozen=True)
class RunningSandbox:
    """The whole product, running; ``info`` is the line of JSON that it printed."""

    process: subprocess.Popen[str]
    info: Mapping[str, Any]

    @classmethod
    def start(
        cls,
        data_dir: Path,
        *options: str,
        environment: Mapping[str, str] | None = None,
        messages: int | None = None,
    ) -> RunningSandbox:
        """Start it headless, on stand-ins only, and return when the bot is online.

        ``messages``: the file descriptor for what it tells people; our own standard error without it.
        """
        process = subprocess.Popen(
            dying_with_parent(
                [sys.executable, "-m", "sandbox", *HEADLESS, "--data-dir", str(data_dir), *options]
            ),
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=messages,
            text=True,
        )
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            process.communicate()
            raise AssertionError(f"the sandbox ended with code {process.returncode}; its messages are above")
        return cls(process, json.loads(line))

    def start_bot(self) -> None:
        """Start the bot if it does not run, and return when it is online."""
        self.control("bot", "POST", "/start")
        deadline = time.monotonic() + ONLINE_SECONDS
        while not httpx.get(f"{self.page}/sandbox/state", timeout=60).json()["bot"]["online"]:
            assert time.monotonic() < deadline, "the bot is not online; its log says why"
            time.sleep(0.05)

    def stop(self) -> int:
        """Stop it as Ctrl-C does and return its exit code."""
        self.process.terminate()
        self.process.communicate(timeout=120)
        return self.process.returncode

    def family(self) -> list[psutil.Process]:
        """Return the sandbox's process and everything that it started."""
        parent = psutil.Process(self.process.pid)
        return [parent, *parent.children(recursive=True)]

    @property
    def page(self) -> str:
        """Address of the chat page and the people API."""
        return self.info["page"]

    @property
    def bot_id(self) -> str:
        """The bot's user id."""
        return self.info["discord"]["bot_id"]

    @property
    def bot_log(self) -> str:
        """What the bot has written to its console."""
        return Path(self.info["bot"]["log"]).read_text(encoding="utf-8")

    @property
    def dashboard_login(self) -> Login:
        """Who may sign in to its dashboard; raises AssertionError while there is nobody."""
        login = stored_login(Path(self.info["dashboard"]["login_file"]))
        assert login is not None
        return login

    def control(self, service: str, method: str, path: str, body: object = None) -> Any:
        """Turn a switch of a service (discord, gemini, lavalink, supabase or bot) and return its answer."""
        answer = httpx.request(method, f"{self.page}/sandbox/{service}{path}", json=body, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def rows(self, query: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Ask PostgreSQL itself."""
        with psycopg.connect(self.info["supabase"]["dsn"]) as connection:
            return connection.execute(query.encode(), parameters or None).fetchall()

    def execute(self, *statements: str) -> None:
        """Run statements in PostgreSQL, in one transaction, as its superuser."""
        with psycopg.connect(self.info["supabase"]["dsn"]) as connection:
            for statement in statements:
                connection.execute(statement.encode())
