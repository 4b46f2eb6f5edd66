"""Rate limits: a bucket per route and major parameter, and the global one.

https://discord.com/developers/docs/topics/rate-limits. Discord publishes no numbers per route and asks
clients to read the headers; those below are what its answers have shown for years.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.discord.wire import reply

if TYPE_CHECKING:
    from aiohttp import web

Clock = Callable[[], float]

GLOBAL = (50, 1.0)
DEFAULT = (30, 1.0)
LIMITS: dict[tuple[str, str], tuple[int, float]] = {
    ("POST", "/channels/{channel_id}/messages"): (5, 5.0),
    ("PATCH", "/channels/{channel_id}/messages/{message_id}"): (5, 5.0),
    ("DELETE", "/channels/{channel_id}/messages/{message_id}"): (5, 1.0),
    ("GET", "/channels/{channel_id}/messages"): (5, 1.0),
    ("POST", "/channels/{channel_id}/typing"): (5, 5.0),
    ("PUT", "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me"): (1, 0.25),
    ("DELETE", "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me"): (1, 0.25),
    ("POST", "/webhooks/{webhook_id}/{token}"): (5, 2.0),
    ("PATCH", "/webhooks/{webhook_id}/{token}/messages/{message_id}"): (5, 2.0),
    ("POST", "/users/@me/channels"): (10, 10.0),
}
"""Method and route to (requests, seconds)."""
_MAJOR = ("channel_id", "guild_id", "webhook_id", "token")


@dataclass(slots=True)
class Bucket:
    """A window that opens with its first request."""

    limit: int
    seconds: float
    remaining: int
    ends: float

    def take(self, now: float) -> float:
        """Count one request; return 0, or the seconds to wait when there is no room."""
        if now >= self.ends:
            self.remaining, self.ends = self.limit, now + self.seconds
        if self.remaining == 0:
            return self.ends - now
        self.remaining -= 1
        return 0.0


class RateLimits:
    """Counts requests; ``enabled`` switches it off."""

    def __init__(self, *, enabled: bool = True, clock: Clock = time.monotonic) -> None:
        self.enabled = enabled
        self.limits = dict(LIMITS)
        self._clock = clock
        self._buckets: dict[tuple[str, ...], Bucket] = {}
        self._global = Bucket(*GLOBAL, remaining=GLOBAL[0], ends=0.0)

    def check(
        self, method: str, route: str, parameters: dict[str, str]
    ) -> tuple[dict[str, str], web.Response | None]:
        """Count a request; return the headers for its answer, and the 429 when it is one too many."""
        if not self.enabled or route.endswith("/callback"):
            return {}, None
        now = self._clock()
        # Interaction endpoints do not count towards the global limit.
        if not route.startswith("/webhooks/") and (wait := self._global.take(now)):
            return {}, _too_many(
                wait, {"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"}, whole=True
            )
        key = (method, route, *(parameters[name] for name in _MAJOR if name in parameters))
        bucket = self._bucket(key, method, route)
        wait = bucket.take(now)
        headers = self._headers(bucket, method, route, now)
        if wait:
            return headers, _too_many(wait, headers | {"X-RateLimit-Scope": "user"}, whole=False)
        return headers, None

    def _bucket(self, key: tuple[str, ...], method: str, route: str) -> Bucket:
        if key not in self._buckets:
            limit, seconds = self.limits.get((method, route), DEFAULT)
            self._buckets[key] = Bucket(limit, seconds, limit, 0.0)
        return self._buckets[key]

    def _headers(self, bucket: Bucket, method: str, route: str, now: float) -> dict[str, str]:
        after = max(bucket.ends - now, 0.0)
        return {
            "X-RateLimit-Limit": str(bucket.limit),
            "X-RateLimit-Remaining": str(bucket.remaining),
            "X-RateLimit-Reset": f"{time.time() + after:.3f}",
            "X-RateLimit-Reset-After": f"{after:.3f}",
            "X-RateLimit-Bucket": hashlib.sha256(f"{method} {route}".encode()).hexdigest()[:32],
        }


def _too_many(wait: float, headers: dict[str, str], *, whole: bool) -> web.Response:
    # Rounded up, so that a client that waits exactly so long is let in.
    seconds = math.ceil(wait * 1000) / 1000
    body = {"message": "You are being rate limited.", "retry_after": seconds, "global": whole}
    response = reply(body, 429)
    response.headers.update({**headers, "Retry-After": str(math.ceil(wait))})
    return response
