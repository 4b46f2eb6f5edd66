"""The keys of one embedded project, and the JSON Web Tokens signed with them (RFC 7519, HS256)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, cast, get_args

from sandbox.supabase.errors import StackError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Role = Literal["anon", "service_role"]
Claims: TypeAlias = "Mapping[str, object]"

LEGACY_ISSUED, LEGACY_EXPIRES = 1_700_000_000, 4_102_444_800
"""Unix times: November 2023 and the year 2100; fixed, so that the keys stay the same."""
_HEADER = {"alg": "HS256", "typ": "JWT"}


class TokenError(StackError):
    """A token is malformed, signed by somebody else, or expired."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What a project's dashboard shows under "API keys", and its database passwords."""

    publishable: str
    secret: str
    jwt_secret: str
    authenticator_password: str

    @classmethod
    def generate(cls) -> Keys:
        """Return new keys in Supabase's formats."""
        return cls(
            publishable=f"sb_publishable_{secrets.token_urlsafe(16)}_{secrets.token_urlsafe(6)}",
            secret=f"sb_secret_{secrets.token_urlsafe(16)}_{secrets.token_urlsafe(6)}",
            jwt_secret=secrets.token_urlsafe(48),
            authenticator_password=secrets.token_urlsafe(24),
        )

    @classmethod
    def load(cls, path: Path) -> Keys:
        """Return the keys kept in ``path``, made at the first call; raises StackError if they are damaged."""
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(json.dumps(asdict(cls.generate())))
        try:
            return cls(**json.loads(path.read_text()))
        except (ValueError, TypeError) as error:
            raise StackError(f"{path} does not hold this project's keys; restore or delete it") from error

    def role_of(self, api_key: str) -> Role | None:
        """Return the role that ``api_key`` stands for, new style or legacy JWT, or None if it is not ours."""
        if hmac.compare_digest(api_key.encode(), self.secret.encode()):
            return "service_role"
        if hmac.compare_digest(api_key.encode(), self.publishable.encode()):
            return "anon"
        try:
            role = self.claims(api_key).get("role")
        except TokenError:
            return None
        return cast("Role", role) if role in get_args(Role) else None

    def legacy_key(self, role: Role) -> str:
        """Return the key of ``role`` in the form that projects had before 2025: a JWT."""
        life = {"iat": LEGACY_ISSUED, "exp": LEGACY_EXPIRES}
        return self.sign({"iss": "supabase", "ref": "sandbox", "role": role, **life})

    def sign(self, claims: Claims) -> str:
        """Return a token that carries ``claims``."""
        signed = f"{_encode(_HEADER)}.{_encode(claims)}"
        return f"{signed}.{_base64(self._signature(signed))}"

    def claims(self, token: str) -> Claims:
        """Return what a token of this project says; raises TokenError with Supabase Realtime's sentences."""
        signed, _, signature = token.rpartition(".")
        try:
            claims: object = json.loads(_bytes(signed.partition(".")[2]))
            genuine = hmac.compare_digest(_bytes(signature), self._signature(signed))
        except (ValueError, binascii.Error) as error:
            raise TokenError("MalformedJWT: The token provided is not a valid JWT") from error
        if not genuine or not isinstance(claims, dict):
            raise TokenError("JwtSignatureError: Failed to validate JWT signature")
        known = cast("dict[str, object]", claims)
        expiry = known.get("exp")
        if not isinstance(expiry, int | float) or "role" not in known:
            raise TokenError("InvalidJWTToken: Fields `role` and `exp` are required in JWT")
        late = int(time.time() - expiry)
        if late >= 0:
            raise TokenError(f"InvalidJWTToken: Token has expired {late} seconds ago")
        return known

    def _signature(self, signed: str) -> bytes:
        return hmac.new(self.jwt_secret.encode(), signed.encode(), hashlib.sha256).digest()


def _encode(value: Claims) -> str:
    return _base64(json.dumps(dict(value), separators=(",", ":")).encode())


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
