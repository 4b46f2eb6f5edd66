"""What the model may do beside talking, free of the protocol. Pure."""

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
    """Something the model may do; ``description`` tells it what and when."""

    name: str
    description: str
    parameters: tuple[Parameter, ...] = ()


class Toolbox(Protocol):
    """The tools of one answer, and who runs them."""

    @property
    def tools(self) -> Sequence[Tool]:
        """What is offered."""
        ...

    async def run(self, name: str, arguments: Mapping[str, Value]) -> str:
        """Do it and return in words how it went; the model may ask for names that were never offered."""
        ...
