"""Checks REST exchanges against Discord's own OpenAPI description, where it lies beside the repository.

It is discord/discord-api-spec's ``openapi.json``: an oracle of the tests, not a part of them.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from jsonschema import Draft202012Validator, ValidationError
from referencing import Registry
from referencing.jsonschema import DRAFT202012

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sandbox.discord.rest.api import Exchange

OPENAPI = Path(__file__).parents[2].parent / "shared" / "discord" / "openapi.json"
BASE = "urn:discord"


@dataclass(frozen=True)
class Deviation:
    """Where practice differs from the description: problems that ``pattern`` finds there do not count."""

    operation: str
    """A regular expression over ``METHOD /path/{template} request`` or ``… response 200``."""
    pattern: str
    """A regular expression over ``$.path.in.body: message``."""
    reason: str


DEVIATIONS: tuple[Deviation, ...] = (
    Deviation(
        "response 4..$",
        r"^\$\.errors: .*_errors\.\d+\.code '\w+' is not of type 'integer'",
        "Form errors have words for codes (BASE_TYPE_REQUIRED …), as Discord's reference shows them.",
    ),
    Deviation(
        "response 429$",
        r"^\$:  'code' is a required property",
        "A 429 has a code for special limits only; Discord's rate limit page shows it without.",
    ),
    Deviation(
        "(request|response 200)$",
        r"message_reference\.type:? .*0 was expected",
        "The type 1 of a forward's reference, which Discord's reference documents, is not described yet.",
    ),
    Deviation(
        "(PUT|POST|PATCH) .* request$",
        r"(allow|deny|permissions) '\d+' is not of type 'integer'",
        "Permission bits travel as strings since API v8, in requests as in answers.",
    ),
    Deviation(
        "request$",
        r"(\b\d{15,20}|attachments\.\d+\.id \d+) is not of type",
        "Discord takes ids in requests as numbers too, and discord.py sends them so; described are strings.",
    ),
)


class Oracle:
    """The description, with a validator per operation."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._paths: dict[str, dict[str, Any]] = document["paths"]
        resource = DRAFT202012.create_resource(document)
        self._registry: Registry[Any] = Registry().with_resource(BASE, resource)
        self._validators: dict[str, Draft202012Validator] = {}
        # Literal segments are tried before parameters.
        self._templates = sorted(
            ((template, _compile(template)) for template in self._paths),
            key=lambda pair: (pair[0].count("{"), pair[0]),
        )

    def template(self, path: str) -> str | None:
        """Return the description's template for a path without query."""
        return next((name for name, pattern in self._templates if pattern.fullmatch(path)), None)

    def problems(self, method: str, path: str, request: object, status: int, response: object) -> list[str]:
        """Return what is wrong, each as ``METHOD /template request|response STATUS $.path: message``."""
        template = self.template(path)
        operation = self._paths.get(template or "", {}).get(method.lower())
        if operation is None:
            # An address that does not exist is answered with an error.
            return [] if status >= 400 else [f"{method} {path}: not described"]
        where = ("paths", template or "", method.lower())
        found: list[str] = []
        if request is not None and "requestBody" in operation:
            pointer = (*where, "requestBody", "content", "application/json", "schema")
            found += [f"request {problem}" for problem in self._check(pointer, request)]
        found += [
            f"response {status} {problem}" for problem in self._answer(where, operation, status, response)
        ]
        return [
            f"{method} {template} {problem}"
            for problem in found
            if not any(_excused(f"{method} {template}", problem, deviation) for deviation in DEVIATIONS)
        ]

    def _answer(
        self, where: tuple[str, ...], operation: dict[str, Any], status: int, response: object
    ) -> list[str]:
        if status == 429:
            return self._check(("components", "responses", "ClientRatelimitedResponse", *_SCHEMA), response)
        if status >= 400:
            return self._check(("components", "responses", "ClientErrorResponse", *_SCHEMA), response)
        described = operation["responses"].get(str(status))
        if described is None:
            return [f"$: status {status} is not described"]
        if "content" not in described:
            return [] if response is None else ["$: a body where none is described"]
        return self._check((*where, "responses", str(status), *_SCHEMA), response)

    def _check(self, pointer: tuple[str, ...], value: object) -> list[str]:
        fragment = "".join("/" + quote(part.replace("~", "~0").replace("/", "~1")) for part in pointer)
        if fragment not in self._validators:
            schema = {"$ref": f"{BASE}#{fragment}"}
            self._validators[fragment] = Draft202012Validator(schema, registry=self._registry)
        errors = self._validators[fragment].iter_errors(value)
        return [f"{error.json_path}: {_deepest(error)}" for error in errors]


_SCHEMA = ("content", "application/json", "schema")


def _compile(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template)))


def _excused(operation: str, problem: str, deviation: Deviation) -> bool:
    kind, _, rest = problem.partition(" $")
    return bool(
        re.search(deviation.operation, f"{operation} {kind}") and re.search(deviation.pattern, f"${rest}")
    )


def _deepest(error: ValidationError) -> str:
    """Return the message of the branch that was meant, the one whose ``type`` fits, where it got furthest."""
    while error.context:
        branches = [inner for inner in error.context if inner.validator_value != "null"] or error.context
        tagged = isinstance(error.instance, dict) and isinstance(error.instance.get("type"), int)
        strangers = {inner.schema_path[0] for inner in branches if tagged and list(inner.path) == ["type"]}
        meant = [inner for inner in branches if inner.schema_path[0] not in strangers] or branches
        error = max(meant, key=lambda inner: len(inner.absolute_path))
    return f"{'.'.join(map(str, error.absolute_path))} {error.message[:300]}"


@cache
def load() -> Oracle | None:
    """Return the oracle, None where the description is absent."""
    if not OPENAPI.is_file():
        return None
    return Oracle(json.loads(OPENAPI.read_text(encoding="utf-8")))


def exchange_problems(exchanges: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return what is wrong with exchanges as ``GET /sandbox/discord/exchanges`` tells them.

    Skips the calling test where the description is absent.
    """
    oracle = require()
    keys = ("method", "path", "request", "status", "response")
    found = [
        problem for exchange in exchanges for problem in oracle.problems(*(exchange[key] for key in keys))
    ]
    return list(dict.fromkeys(found))


class Watcher:
    """An observer of a stand-in that collects what the oracle finds wrong."""

    def __init__(self) -> None:
        self.oracle = load()
        self.exchanges: list[Exchange] = []
        self.problems: list[str] = []

    def __call__(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)
        if self.oracle is not None:
            asked, answered = exchange.request, exchange.response
            self.problems += self.oracle.problems(
                exchange.method, exchange.path, asked, exchange.status, answered
            )

    def verify(self) -> None:
        """Fail the test when an exchange was not as described; skips nothing by itself."""
        assert not self.problems, "\n".join(dict.fromkeys(self.problems))


def require() -> Oracle:
    """Return the oracle, or report the calling test as skipped."""
    oracle = load()
    if oracle is None:
        pytest.skip(
            "Discord's OpenAPI description is not beside the repository (../shared/discord/openapi.json)"
        )
    return oracle
