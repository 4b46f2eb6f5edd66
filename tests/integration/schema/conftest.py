"""A plain PostgreSQL with the roles, schemas and rights of a Supabase project, one database per test."""

from tests.support.project_database import (
    REALTIME,
    SCHEMA,
    SUPABASE,
    Database,
    Server,
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
    "REALTIME",
    "SCHEMA",
    "SUPABASE",
    "Database",
    "Server",
    "database",
    "empty",
    "make_database",
    "otonari_template",
    "own_database",
    "server",
    "shared_database",
    "supabase_template",
]
