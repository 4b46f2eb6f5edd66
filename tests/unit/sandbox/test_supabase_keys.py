"""Keys and tokens of the embedded project."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.supabase.errors import StackError
from sandbox.supabase.keys import Keys, TokenError

if TYPE_CHECKING:
    from pathlib import Path

KEYS = Keys.generate()


def test_keys_are_the_same_at_every_start_and_for_no_other_eye(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    first = Keys.load(path)
    assert Keys.load(path) == first
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", ["", "[]", '{"secret": "x"}', "not json"])
def test_a_damaged_key_file_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(content)
    with pytest.raises(StackError, match=str(path)):
        Keys.load(path)


def test_each_key_stands_for_its_role() -> None:
    assert KEYS.role_of(KEYS.secret) == "service_role"
    assert KEYS.role_of(KEYS.publishable) == "anon"
    assert KEYS.role_of(KEYS.legacy_key("service_role")) == "service_role"
    assert KEYS.role_of(KEYS.legacy_key("anon")) == "anon"


def test_a_signed_in_person_s_token_is_no_key() -> None:
    token = KEYS.sign({"role": "authenticated", "exp": time.time() + 60})
    assert KEYS.role_of(token) is None


@given(st.text())
def test_no_other_text_is_a_key_or_a_token(text: str) -> None:
    assert KEYS.role_of(text) is None
    with pytest.raises(TokenError):
        KEYS.claims(text)


@given(st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text()))
def test_a_token_says_what_was_signed_as_others_read_it_too(claims: dict[str, object]) -> None:
    whole = {**claims, "role": "anon", "exp": int(time.time()) + 60}
    token = KEYS.sign(whole)
    assert KEYS.claims(token) == whole
    options = {"verify_" + name: False for name in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")}
    assert jwt.decode(token, KEYS.jwt_secret, algorithms=["HS256"], options=options) == whole


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"role": "anon", "exp": 1}, "Token has expired"),
        ({"exp": 9e9}, "`role` and `exp` are required"),
        ({"role": "anon"}, "`role` and `exp` are required"),
    ],
)
def test_a_genuine_token_may_still_be_useless(claims: dict[str, object], words: str) -> None:
    with pytest.raises(TokenError, match=words):
        KEYS.claims(KEYS.sign(claims))


def test_a_token_signed_by_another_project_is_refused() -> None:
    token = Keys.generate().legacy_key("service_role")
    with pytest.raises(TokenError, match="JwtSignatureError"):
        KEYS.claims(token)
