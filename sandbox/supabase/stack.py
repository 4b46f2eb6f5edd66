"""The embedded Supabase: PostgreSQL, REST and Auth, Realtime, behind one URL."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, LiteralString, cast

import aiohttp
import psycopg
from psycopg import sql

from bot.storage.private_files import OF_OTHERS, PRIVATE
from sandbox.faults import Faults
from sandbox.ports import LOOPBACK
from sandbox.supabase.control import Controls
from sandbox.supabase.errors import StackError
from sandbox.supabase.keys import Keys
from sandbox.supabase.lite import Lite
from sandbox.supabase.postgres import DATABASE, EmbeddedPostgres
from sandbox.supabase.realtime import RealtimeServer
from sandbox.supabase.relay import Relay
from sandbox.tasks import cancel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aiohttp import web

log = logging.getLogger(__name__)

BOOTSTRAP = Path(__file__).parent / "bootstrap.sql"
RESTART_SECONDS = 1.0
"""Between the end of a server that died and the start of its successor."""
AS_OWNER = "-c role=postgres"
"""The SQL editor of a hosted project runs as ``postgres``, which is no superuser."""


@dataclass(frozen=True, slots=True)
class _Running:
    keys: Keys
    lite: Lite
    realtime: RealtimeServer
    relay: Relay


class SupabaseStack:
    """One project; ``schema`` is the SQL file that its owner would paste into the SQL editor."""

    name = "supabase"

    def __init__(self, data_dir: Path, schema: Path, *, port: int = 0) -> None:
        self.data_dir = data_dir.resolve()
        self.schema = schema
        self.postgres = EmbeddedPostgres(self.data_dir / "postgres")
        self.faults = Faults()
        self._port = port
        self._running: _Running | None = None
        self._watch: asyncio.Task[None] | None = None
        self._postgres_watch: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start every part; returns when requests are answered.

        Raises StackError, having stopped again what was started.
        """
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            if self.data_dir.stat().st_mode & OF_OTHERS:
                self.data_dir.chmod(PRIVATE)
            keys = Keys.load(self.data_dir / "keys.json")
            lite = Lite(self.data_dir / "lite", keys)
            realtime = RealtimeServer(keys)
            relay = Relay(keys, realtime, self.faults, lite)
            self._running = _Running(keys, lite, realtime, relay)
            await self.postgres.start()
            await self._prepare(lite)
            await self.apply_schema()
            await self._start_lite()
            realtime.start(self.dsn)
            await relay.start(self._port)
            self._postgres_watch = asyncio.create_task(self._keep_postgres())
        except (StackError, OSError) as error:
            await self.close()
            if isinstance(error, StackError):
                raise
            raise StackError(f"the embedded Supabase cannot use {self.data_dir}: {error.strerror}") from error

    async def close(self) -> None:
        """Stop every part, the database last."""
        await cancel(self._postgres_watch)
        self._postgres_watch = None
        if self._running is not None:
            await self._running.realtime.close()
            await self._running.relay.close()
            await self._stop_lite()
            self._running = None
        await self.postgres.stop()

    @property
    def url(self) -> str:
        """The project's URL."""
        return self.relay.url

    @property
    def secret_key(self) -> str:
        """The key that may do everything."""
        return self._parts.keys.secret

    @property
    def publishable_key(self) -> str:
        """The key that a browser may have."""
        return self._parts.keys.publishable

    @property
    def dsn(self) -> str:
        """A superuser's connection string."""
        return self.postgres.dsn

    @property
    def relay(self) -> Relay:
        """The server at ``url``."""
        return self._parts.relay

    @property
    def realtime(self) -> RealtimeServer:
        """The server of the websockets."""
        return self._parts.realtime

    def environment(self) -> Mapping[str, str]:
        """Return the bot's settings that point it here."""
        return {"SUPABASE_URL": self.url, "SUPABASE_KEY": self.secret_key}

    def info(self) -> Mapping[str, object]:
        """Return addresses and keys for people and tests."""
        keys = self._parts.keys
        return {
            "url": self.url,
            "secret_key": keys.secret,
            "publishable_key": keys.publishable,
            "legacy_service_role_key": keys.legacy_key("service_role"),
            "legacy_anon_key": keys.legacy_key("anon"),
            "dsn": self.dsn,
            "data_dir": str(self.data_dir),
            "pids": {"postgres": self.postgres.pid, "lite": self._parts.lite.pid},
        }

    def control_routes(self) -> Sequence[web.RouteDef]:
        """Return the routes of its switches (see `sandbox.supabase.control`)."""
        return Controls(self).routes()

    async def create_user(self, email: str, password: str) -> str:
        """Sign up somebody who may sign in to the dashboard; returns their id.

        Raises StackError with GoTrue's words, for example if the address is taken.
        """
        lite = self._parts.lite
        async with (
            aiohttp.ClientSession(headers={"apikey": self.publishable_key, **lite.headers}) as session,
            session.post(f"{lite.url}/auth/v1/signup", json={"email": email, "password": password}) as answer,
        ):
            body = cast("dict[str, object]", await answer.json())
        user = body.get("user")
        if not answer.ok or not isinstance(user, dict):
            raise StackError(f"the user {email} could not be created: {body.get('msg') or body}")
        return str(cast("dict[str, object]", user)["id"])

    async def apply_schema(self) -> None:
        """Run the schema as the SQL editor would; raises StackError with PostgreSQL's words."""
        try:
            text = self.schema.read_text(encoding="utf-8")
            await self._execute(sql.SQL(cast("LiteralString", text)), options=AS_OWNER)
        except OSError as error:
            raise StackError(f"the schema {self.schema} cannot be read: {error.strerror}") from error
        except psycopg.Error as error:
            raise StackError(f"{self.schema} cannot be applied: {error}") from error

    async def reload_schema(self) -> None:
        """Apply the schema again and let REST see what is new."""
        await self.apply_schema()
        await self._stop_lite()
        await self._start_lite()

    @property
    def _parts(self) -> _Running:
        if self._running is None:
            raise StackError("the embedded Supabase is not running")
        return self._running

    @property
    def _database_url(self) -> str:
        password = self._parts.keys.authenticator_password
        return f"postgresql://authenticator:{password}@{LOOPBACK}:{self.postgres.port}/{DATABASE}"

    async def _prepare(self, lite: Lite) -> None:
        """Make what a new project has, and let lite fill ``auth``, whose tables a schema may refer to."""
        password = sql.Literal(self._parts.keys.authenticator_password)
        text = cast("LiteralString", BOOTSTRAP.read_text(encoding="utf-8"))
        await self._execute(sql.SQL(text).format(authenticator_password=password))
        if not await self._execute(sql.SQL("select to_regclass('auth.users') is not null")):
            await lite.start(self._database_url)
            await lite.stop()

    async def _execute(self, query: sql.SQL | sql.Composed, options: str = "") -> bool:
        """Run SQL as the superuser; returns whether its (last) answer is true."""
        async with await psycopg.AsyncConnection.connect(
            self.dsn, autocommit=True, options=options
        ) as connection:
            cursor = await connection.execute(query)
            row = await cursor.fetchone() if cursor.description else None
            return bool(row and row[0])

    async def _start_lite(self) -> None:
        lite = self._parts.lite
        try:
            await lite.start(self._database_url)
        finally:
            self._watch = asyncio.create_task(self._keep_lite(lite))

    async def _stop_lite(self) -> None:
        await cancel(self._watch)
        self._watch = None
        await self._parts.lite.stop()

    async def _keep_postgres(self) -> None:
        """Start PostgreSQL again, on its port, when it dies, and say why it did."""
        while True:
            log.error("%s; it is started again", await self.postgres.lost())
            await self._stop_lite()  # in it, requests can wait for ever on a connection that died
            await asyncio.sleep(RESTART_SECONDS)
            with contextlib.suppress(StackError):  # which the next round tells
                # Unless it was stopped on purpose meanwhile, or started by somebody else.
                if self.postgres.started.is_set() and self.postgres.pid is None:
                    await self.postgres.start()
                await self._start_lite()

    async def _keep_lite(self, lite: Lite) -> None:
        """Start lite again when it dies, and say why it did."""
        while True:
            log.error("%s", await lite.ended())
            await asyncio.sleep(RESTART_SECONDS)
            # If it cannot start, the next round tells why and tries again.
            with contextlib.suppress(StackError):
                await lite.start(self._database_url)
