"""Faults of the voice server.

A fault travels as JSON, e.g. ``{"fault": "close", "code": 4006, "times": 1}`` or
``{"fault": "drop", "percent": 10}``; every key but ``fault`` is optional.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from sandbox.rules import Rules

if TYPE_CHECKING:
    from sandbox.voice_server import VoiceMember

Kind = Literal["refuse", "hang", "ignore", "close", "no_discovery", "no_heartbeat_ack", "drop"]
"""refuse: the connection is reset before the websocket opens · hang: the websocket never opens · ignore:
Identify is not answered · close: Identify is answered by closing with ``code`` · no_discovery: IP discovery
is not answered, as behind a firewall · no_heartbeat_ack: a heartbeat is not · drop: ``percent`` of the voice
packets are lost."""


@dataclass(slots=True, kw_only=True)
class VoiceFault:
    """One rule."""

    fault: Kind
    user: str = ""
    """Whom it strikes, by id; everybody where it is empty. ``refuse`` and ``hang`` come before names."""
    code: int = 4006
    percent: float = 100.0
    times: int | None = None
    """How many connections, heartbeats or packets it still strikes; None: until it is cleared."""


class VoiceFaults(Rules[VoiceFault]):
    """The faults of one voice server; the same packets are lost each time."""

    def __init__(self, seed: int = 0) -> None:
        super().__init__(VoiceFault, key="fault", allowed=get_args(Kind))
        self._rng = random.Random(seed)  # noqa: S311 - repeatable, not secret

    def take(self, member: VoiceMember | None, *kinds: Kind) -> VoiceFault | None:
        """Return the fault of one of ``kinds`` that strikes a connection, counted off, or None."""
        user = "" if member is None else member.user_id
        return self.strike(lambda fault: fault.fault in kinds and fault.user in {"", user})

    def drops(self, member: VoiceMember) -> bool:
        """Tell whether the next packet of a member is lost."""
        return (
            self.strike(
                lambda fault: (
                    fault.fault == "drop"
                    and fault.user in {"", member.user_id}
                    and self._rng.random() * 100 < fault.percent
                )
            )
            is not None
        )
