"""One look at the Supabase project: which tables can be used, and what its own check finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from bot.telemetry.postgrest_errors import TelemetryError
from bot.telemetry.schema_version import ERASES_SINCE, REQUIRED_VERSION
from bot.telemetry.tables import TABLES
from bot.texts import Text
from bot.texts.telemetry import PROBLEMS

if TYPE_CHECKING:
    from bot.storage.json_value import Json
    from bot.telemetry.supabase_api import SupabaseApi
    from bot.telemetry.tables import Table

NO_SUCH_FUNCTION = {"PGRST202", "42883"}
NO_SUCH_TABLE = {"PGRST205", "42P01"}
PRIVACY_TRIGGER = "privacy_before_insert"


@dataclass(frozen=True, slots=True)
class Problem:
    """A deviation from bot/supabase_schema.sql; ``kind`` is a key of `PROBLEMS`, or a newer one."""

    subject: str
    kind: str
    detail: str = ""

    @property
    def text(self) -> Text:
        """What is wrong, in words."""
        what = PROBLEMS.get(self.kind, Text(self.kind, self.kind))
        return Text(*(f"{self.subject}: {words} {self.detail}".strip() for words in (what.ja, what.en)))

    @property
    def is_owners_choice(self) -> bool:
        """Whether it concerns more than this bot, so that running the schema again does not mend it."""
        return self.kind == "deletions_published"

    def __str__(self) -> str:
        return str(self.text)


@dataclass(frozen=True, slots=True)
class Health:
    """What the database says of itself. Version 0: it has no check of its own yet."""

    version: int = 0
    problems: Sequence[Problem] = ()

    @property
    def is_outdated(self) -> bool:
        """Whether bot/supabase_schema.sql has to be run again."""
        return self.version < REQUIRED_VERSION

    @property
    def honours_erasures(self) -> bool:
        """Whether the database deletes all that an erasure asks for, and keeps it out from then on."""
        return self.version >= ERASES_SINCE and not any(
            problem.detail == PRIVACY_TRIGGER for problem in self.problems
        )


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found: why a table cannot be used (None: it can be), and the database's own check."""

    faults: Mapping[Table, TelemetryError | None]
    health: Health | TelemetryError

    @property
    def is_outdated(self) -> bool:
        """Whether bot/supabase_schema.sql is known to be older in the database."""
        return isinstance(self.health, Health) and self.health.is_outdated


async def inspect_project(api: SupabaseApi) -> Inspection:
    """Ask for every table and for the database's own check; changes nothing.

    Raises TelemetryError if nothing can be said, because the project cannot be reached or refuses the key.
    """
    faults = {table: await _fault_of(api, table) for table in TABLES}
    try:
        return Inspection(faults, await read_health(api))
    except TelemetryError as error:
        if error.treatment.project_wide:
            raise
        return Inspection(faults, error)


async def read_health(api: SupabaseApi) -> Health:
    """Ask the database for its version and for what is missing; raises TelemetryError."""
    try:
        answer = await api.call("telemetry_health")
    except TelemetryError as error:
        if error.code in NO_SUCH_FUNCTION:
            return Health()
        raise
    if not isinstance(answer, Mapping):
        raise TelemetryError("telemetry_health gave no object", code="unconfirmed")
    version, problems = answer.get("version"), answer.get("problems")
    found = cast("Sequence[Mapping[str, Json]]", problems if isinstance(problems, list) else [])
    return Health(version if isinstance(version, int) else 0, tuple(map(_problem, found)))


async def _fault_of(api: SupabaseApi, table: Table) -> TelemetryError | None:
    try:
        await api.check_columns(table)
    except TelemetryError as error:
        if error.treatment.project_wide:
            raise
        return error
    return None


def _problem(row: Mapping[str, Json]) -> Problem:
    return Problem(str(row.get("object")), str(row.get("problem")), str(row.get("detail") or ""))
