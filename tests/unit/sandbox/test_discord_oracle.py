"""The oracle finds what is wrong: a check that finds nothing must have looked."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import discord_oracle

USER = {
    "id": "1",
    "username": "x",
    "avatar": None,
    "discriminator": "0",
    "public_flags": 0,
    "flags": 0,
    "global_name": None,
    "primary_guild": None,
}


def problems(method: str, path: str, request: object, status: int, response: object) -> list[str]:
    return discord_oracle.require().problems(method, path, request, status, response)


def test_a_right_exchange_has_no_problem() -> None:
    assert problems("GET", "/users/1", None, 200, USER) == []
    assert (
        problems("POST", "/channels/1/messages", {"content": "x"}, 404, {"code": 10003, "message": "x"}) == []
    )
    assert problems("POST", "/channels/1/typing", None, 204, None) == []


@pytest.mark.parametrize(
    ("method", "path", "request_", "status", "response", "told"),
    [
        ("GET", "/users/1", None, 200, {**USER, "id": 1}, "not of type 'string'"),
        ("GET", "/users/1", None, 200, {"id": "1"}, "is a required property"),
        ("GET", "/users/1", None, 201, USER, "status 201 is not described"),
        ("GET", "/users/1", None, 404, {"message": "x"}, "'code' is a required property"),
        ("POST", "/channels/1/messages", {"content": 5}, 404, {"code": 1, "message": "x"}, "request"),
        ("POST", "/channels/1/typing", None, 204, {}, "a body where none is described"),
        ("GET", "/nothing", None, 200, {}, "not described"),
    ],
)
def test_a_wrong_exchange_is_told(
    method: str, path: str, request_: object, status: int, response: Any, told: str
) -> None:
    (problem, *_) = problems(method, path, request_, status, response)
    assert told in problem


def test_a_literal_path_goes_before_a_parameter() -> None:
    oracle = discord_oracle.require()
    assert oracle.template("/users/@me") == "/users/@me"
    assert oracle.template("/users/1") == "/users/{user_id}"
    assert oracle.template("/webhooks/1/t/messages/@original") == (
        "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
    )


def test_each_deviation_gives_its_reason() -> None:
    assert all(deviation.reason for deviation in discord_oracle.DEVIATIONS)
