"""What a link of Supabase Auth leaves in the address of the dashboard."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.support.dashboard_library import call


def token(**claims: object) -> str:
    """Return an access token as anybody can write one."""
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256"}, claims)]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (*parts, b"unsigned"))


def link(hash_: str, search: str = "") -> dict[str, Any] | None:
    return call("sign-in-link", [["signInLinkOf", hash_, search]])[0]


@pytest.mark.parametrize(
    ("kind", "is_for_password"),
    [("invite", True), ("recovery", True), ("magiclink", False), ("signup", False), ("", False)],
)
def test_invitations_and_recoveries_are_for_a_new_password(kind: str, is_for_password: bool) -> None:
    access = token(sub="42", email="春@例え.jp")

    assert link(f"#access_token={access}&expires_in=3600&refresh_token=r&token_type=bearer&type={kind}") == {
        "kind": "session",
        "tokens": {"access_token": access, "refresh_token": "r"},
        "user": {"id": "42", "email": "春@例え.jp"},
        "isForPassword": is_for_password,
    }


@pytest.mark.parametrize(
    "hash_",
    [
        "#access_token=&refresh_token=r",
        "#access_token=nonsense&refresh_token=r",
        "#access_token=eyJ.e30.x&refresh_token=r",
        "#access_token=eyJ.bm9uc2Vuc2U.x&refresh_token=r",
        f"#access_token={token(sub='42')}",
        f"#access_token={token(sub=42)}&refresh_token=r",
        f"#access_token={token(email='a@example.com')}&refresh_token=r",
    ],
)
def test_a_session_that_names_nobody_or_is_not_whole_is_told_as_broken(hash_: str) -> None:
    assert link(hash_) == {"kind": "refused", "reason": "broken"}


@pytest.mark.parametrize(
    ("errors", "reason"),
    [
        ("error=access_denied&error_code=otp_expired&error_description=Email+link+is+invalid", "expired"),
        ("error=access_denied&error_description=x", "denied"),
        ("error=server_error&error_code=unexpected_failure", "broken"),
        ("error_description=Call+0120-000-000+now", "broken"),
        ("error=__proto__&error_code=constructor", "broken"),
    ],
)
def test_an_error_is_told_by_its_code_and_never_in_the_words_of_the_link(errors: str, reason: str) -> None:
    for given in ((f"#{errors}", ""), ("", f"?{errors}"), ("#main", f"?server=1&{errors}")):
        assert link(*given) == {"kind": "refused", "reason": reason}


@pytest.mark.parametrize(
    ("hash_", "search"), [("", ""), ("#main", ""), ("", "?server=1"), ("#", "?access_token=a")]
)
def test_any_other_address_is_no_link(hash_: str, search: str) -> None:
    assert link(hash_, search) is None
