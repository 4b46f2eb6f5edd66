"""Tools that a model may call, independent of the provider's protocol. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Value: TypeAlias = "str | float | bool"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument of a tool; a string may be limited to ``choices``."""

    name: str
    description: str
    kind: Literal["string", "integer"] = "string"
    required: bool = True
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that the model may call; ``description`` tells it what it does and when to call it."""

    name: str
    description: str
    parameters: tuple[Parameter, ...] = ()


class Toolbox(Protocol):
    """The tools of one answer, and what runs them."""

    @property
    def tools(self) -> Sequence[Tool]:
        """The tools that are offered."""
        ...

    async def run(self, name: str, arguments: Mapping[str, Value]) -> str:
        """Run a tool and return how it went; the model may ask for names that were never offered."""
        ...
