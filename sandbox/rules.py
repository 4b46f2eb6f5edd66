"""Rules that tests set for a stand-in (faults, answers): first match first, each for so many times."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class Rule(Protocol):
    """What every rule has: a dataclass that can be made from its JSON."""

    __dataclass_fields__: ClassVar[dict[str, Any]]
    times: int | None
    """How many more times it applies; None: until it is withdrawn."""


R = TypeVar("R", bound=Rule)


class Rules(Generic[R]):
    """The rules in force for one stand-in; ``struck`` counts what they applied to.

    ``route`` is where people and tests list, add and withdraw rules, as JSON. ``key``, where it is given, is
    the field that says what a rule does, one of ``allowed``.
    """

    def __init__(
        self, make: Callable[..., R], *, route: str = "/faults", key: str = "", allowed: Sequence[str] = ()
    ) -> None:
        self.rules: list[R] = []
        self.struck = 0
        self._make = make
        self._route = route
        self._key = key
        self._allowed = allowed

    def strike(self, matches: Callable[[R], bool]) -> R | None:
        """Return the first rule that is still in force and matches, counted off, or None."""
        for rule in self.rules:
            if rule.times != 0 and matches(rule):
                if rule.times is not None:
                    rule.times -= 1
                self.struck += 1
                return rule
        return None

    def add(self, raw: Mapping[str, object]) -> R:
        """Add a rule from its JSON; raises ValueError or TypeError for unknown keys and values."""
        if self._key and raw.get(self._key) not in self._allowed:
            raise ValueError(f"{self._key} must be one of {', '.join(self._allowed)}")
        rule = self._make(**raw)
        self.rules.append(rule)
        return rule

    def clear(self) -> None:
        """Withdraw every rule."""
        self.rules.clear()

    def routes(self) -> Sequence[web.RouteDef]:
        """Return ``GET``, ``POST`` and ``DELETE`` for the control API."""
        return [
            web.get(self._route, self._list),
            web.post(self._route, self._add),
            web.delete(self._route, self._clear),
        ]

    async def _list(self, _request: web.Request) -> web.Response:
        return web.json_response({"struck": self.struck, "rules": [asdict(rule) for rule in self.rules]})

    async def _add(self, request: web.Request) -> web.Response:
        try:
            rule = self.add(await request.json())
        except (TypeError, ValueError) as error:
            return web.json_response({"error": str(error)}, status=400)
        return web.json_response(asdict(rule), status=201)

    async def _clear(self, request: web.Request) -> web.Response:
        self.clear()
        return await self._list(request)
