"""Discord's JSON errors.

* OtonariError
  * ApiError        any answer with Discord's ``{code, message}`` body
    * InvalidFormError   50035 with the nested ``errors`` structure

Codes: https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from bot.errors import OtonariError

if TYPE_CHECKING:
    from collections.abc import Mapping

Path: TypeAlias = tuple[str | int, ...]
"""Where in the body a fault is: ``("embeds", 0, "title")``."""


class ApiError(OtonariError):
    """An HTTP ``status`` with Discord's error ``code`` and English ``message``."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message

    def body(self) -> Mapping[str, object]:
        """Return the JSON body that Discord sends for it."""
        return {"message": self.message, "code": self.code}


class InvalidFormError(ApiError):
    """50035: every fault of a request body at once."""

    def __init__(self, faults: list[tuple[Path, str, str]]) -> None:
        super().__init__(400, 50035, "Invalid Form Body")
        self.faults = faults

    def body(self) -> Mapping[str, object]:
        """Return the faults nested by path, ``_errors`` at each leaf."""
        root: dict[str, Any] = {}
        for path, code, message in self.faults:
            node = root
            for key in path:
                node = node.setdefault(str(key), {})
            node.setdefault("_errors", []).append({"code": code, "message": message})
        return {**super().body(), "errors": root}


def unauthorized() -> ApiError:
    """Return the answer to a missing or wrong token."""
    return ApiError(401, 0, "401: Unauthorized")


def unknown(noun: str) -> ApiError:
    """Return the 404 for an unknown ``noun`` (a key of the table below)."""
    return ApiError(404, _UNKNOWN[noun], f"Unknown {noun}")


def missing_access() -> ApiError:
    """Return the answer to a bot that cannot see the channel or guild."""
    return ApiError(403, 50001, "Missing Access")


def missing_permissions() -> ApiError:
    """Return the answer to a bot that sees but may not."""
    return ApiError(403, 50013, "Missing Permissions")


_UNKNOWN = {
    "Channel": 10003,
    "Guild": 10004,
    "Member": 10007,
    "Message": 10008,
    "Permission Overwrite": 10009,
    "Role": 10011,
    "User": 10013,
    "Emoji": 10014,
    "Webhook": 10015,
    "interaction": 10062,
    "application command": 10063,
    "Voice State": 10065,
    "application command permissions": 10066,
}
