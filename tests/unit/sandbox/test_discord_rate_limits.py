"""Rate limit buckets on a clock of the test."""

from __future__ import annotations

import json
from typing import Any

from sandbox.discord.rest.rate_limits import RateLimits

SEND = ("POST", "/channels/{channel_id}/messages")


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def refused(limits: RateLimits, channel: str = "1", route: tuple[str, str] = SEND) -> dict[str, Any] | None:
    _, response = limits.check(*route, {"channel_id": channel})
    return None if response is None else json.loads(response.body)


def test_the_sixth_message_waits_for_the_window_to_end() -> None:
    clock = Clock()
    limits = RateLimits(clock=clock)
    for _ in range(5):
        assert refused(limits) is None
        clock.now += 0.5
    assert refused(limits) == {"message": "You are being rate limited.", "retry_after": 2.5, "global": False}
    clock.now += 2.5
    assert refused(limits) is None


def test_channels_and_routes_have_buckets_of_their_own() -> None:
    limits = RateLimits(clock=Clock())
    for _ in range(5):
        refused(limits)
    assert refused(limits) is not None
    assert refused(limits, "2") is None
    assert refused(limits, route=("PATCH", "/channels/{channel_id}/messages/{message_id}")) is None


def test_the_headers_name_the_bucket_and_count_down() -> None:
    limits = RateLimits(clock=Clock())
    first, _ = limits.check(*SEND, {"channel_id": "1"})
    second, _ = limits.check(*SEND, {"channel_id": "1"})
    other, _ = limits.check(*SEND, {"channel_id": "2"})
    assert (first["X-RateLimit-Remaining"], second["X-RateLimit-Remaining"]) == ("4", "3")
    assert first["X-RateLimit-Bucket"] == other["X-RateLimit-Bucket"]
    assert first["X-RateLimit-Reset-After"] == "5.000"


def test_fifty_requests_a_second_are_the_most_except_for_interactions() -> None:
    clock = Clock()
    limits = RateLimits(clock=clock)
    for number in range(50):
        assert refused(limits, str(number)) is None
    assert refused(limits, "other") == {
        "message": "You are being rate limited.",
        "retry_after": 1.0,
        "global": True,
    }
    _, answered = limits.check("POST", "/webhooks/{webhook_id}/{token}", {"webhook_id": "1", "token": "t"})
    assert answered is None
    clock.now += 1
    assert refused(limits, "other") is None


def test_switched_off_it_lets_everything_pass() -> None:
    limits = RateLimits(enabled=False, clock=Clock())
    assert all(refused(limits) is None for _ in range(100))
