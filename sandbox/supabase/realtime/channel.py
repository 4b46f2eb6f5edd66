"""One joined channel: on whose behalf, for which changes, until when."""

from __future__ import annotations

import asyncio
import itertools
import time
from typing import TYPE_CHECKING, Protocol, cast

from sandbox.supabase.keys import TokenError
from sandbox.supabase.realtime.filters import SubscriptionError
from sandbox.supabase.realtime.frames import Frame
from sandbox.supabase.realtime.subscriptions import Subscription, Viewer

if TYPE_CHECKING:
    from sandbox.supabase.keys import Claims, Keys, Role
    from sandbox.supabase.realtime.frames import Payload

ROLES = ("anon", "authenticated", "service_role")
_ids = itertools.count(10_000_001)


class Outlet(Protocol):
    """Where a channel's messages go: its socket."""

    role: Role
    """What the socket's API key stands for."""

    def send(self, frame: Frame) -> None:
        """Send without waiting."""
        ...

    def drop(self, channel: Channel) -> None:
        """Forget a closed channel."""
        ...


class Channel:
    """One topic that a socket has joined. Raises TokenError or SubscriptionError if it may not."""

    def __init__(self, outlet: Outlet, keys: Keys, join: Frame) -> None:
        self.topic = join.topic
        self.confirmed = False
        """Whether its subscriptions were checked and are being served."""
        self._outlet = outlet
        self._keys = keys
        self._join = join
        self._expiry: asyncio.TimerHandle | None = None
        self.subscriptions = [Subscription.parse(next(_ids), binding) for binding in _bindings(join.payload)]
        self.viewer = self._admit(join.payload.get("access_token"))

    def welcome(self) -> None:
        """Answer the join: each binding as it was sent, with the id that its changes will name."""
        bindings = _bindings(self._join.payload)
        numbered = [
            {**binding, "id": subscription.id}
            for binding, subscription in zip(bindings, self.subscriptions, strict=True)
        ]
        self._outlet.send(self._join.reply({"postgres_changes": numbered}))

    def refresh(self, access_token: object) -> None:
        """Go on on behalf of a new token's bearer; a bad token closes the channel."""
        try:
            self.viewer = self._admit(access_token)
        except TokenError as error:
            self.system(str(error), ok=False, extension="system")
            self.close()

    def push(self, event: str, payload: Payload) -> None:
        """Send a message on this channel."""
        self._outlet.send(Frame(topic=self.topic, event=event, payload=payload, join_ref=self._join.join_ref))

    def system(self, message: str, *, ok: bool, extension: str = "postgres_changes") -> None:
        """Tell the client what became of its subscription."""
        status = "ok" if ok else "error"
        name = self.topic.removeprefix("realtime:")
        payload = {"channel": name, "extension": extension, "message": message, "status": status}
        self.push("system", payload)

    def close(self) -> None:
        """Close from this side."""
        self.end()
        self._outlet.send(
            Frame(topic=self.topic, event="phx_close", ref=self._join.ref, join_ref=self._join.join_ref)
        )
        self._outlet.drop(self)

    def end(self) -> None:
        """Stop the clock of the token."""
        if self._expiry is not None:
            self._expiry.cancel()
            self._expiry = None

    def _admit(self, token: object) -> Viewer:
        """Return who reads: the token's bearer, or the API key's role where there is no user's token."""
        self.end()
        if not isinstance(token, str) or not token or token.startswith("sb_"):
            return Viewer.of({"role": self._outlet.role})
        claims: Claims = self._keys.claims(token)
        if claims["role"] not in ROLES:
            raise TokenError(f"InvalidJWTToken: The role {claims['role']} does not exist")
        remaining = float(cast("float", claims["exp"])) - time.time()
        self._expiry = asyncio.get_running_loop().call_later(remaining, self._expire)
        return Viewer.of(claims)

    def _expire(self) -> None:
        self.system("Token has expired 0 seconds ago", ok=False, extension="system")
        self.close()


def _bindings(payload: Payload) -> list[Payload]:
    """Return the ``postgres_changes`` of a join; raises SubscriptionError if they are no list of objects."""
    config = payload.get("config")
    bindings = cast("Payload", config).get("postgres_changes") if isinstance(config, dict) else None
    if bindings is None:
        return []
    if not isinstance(bindings, list) or not all(
        isinstance(item, dict) for item in cast("list[object]", bindings)
    ):
        raise SubscriptionError("postgres_changes must be a list of objects")
    return cast("list[Payload]", bindings)
