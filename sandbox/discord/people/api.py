"""What every call of the people API shares: errors as ``{"error": …}``, and reading its bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.errors import OtonariError
from sandbox.discord.errors import ApiError, InvalidFormError
from sandbox.discord.wire import read_object, reply

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler, Middleware

    from sandbox.discord.wire import Json

PREFIX = "/sandbox"


class PeopleError(OtonariError):
    """Something a person cannot do: an HTTP ``status`` and why."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def middleware() -> Middleware:
    """Return the middleware that turns exceptions under `PREFIX` into ``{"error": …}``."""

    @web.middleware
    async def handle(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith(f"{PREFIX}/"):
            return await handler(request)
        try:
            return await handler(request)
        except PeopleError as error:
            return reply({"error": str(error)}, error.status)
        except InvalidFormError as error:
            return reply({"error": "; ".join(_describe(fault) for fault in error.faults)}, error.status)
        except ApiError as error:
            return reply({"error": error.message, "code": error.code}, error.status)

    return handle


def _describe(fault: tuple[tuple[str | int, ...], str, str]) -> str:
    path, _, message = fault
    return f"{'.'.join(map(str, path))}: {message}"


class Fields:
    """The JSON body of a call, read with plain errors."""

    def __init__(self, raw: Json) -> None:
        self.raw = raw

    @classmethod
    async def of(cls, request: web.Request) -> Fields:
        """Read a request's body."""
        return cls(await read_object(request))

    def text(self, name: str, default: str | None = None) -> str:
        """Return a string; raises PeopleError when it is missing and there is no default."""
        value = self.raw.get(name, default)
        if not isinstance(value, str):
            raise PeopleError(400, f"{name} must be a string")
        return value

    def optional(self, name: str) -> str | None:
        """Return a string, or None when it is missing or null."""
        return None if self.raw.get(name) is None else self.text(name)

    def object(self, name: str) -> Json:
        """Return an object, empty when it is missing."""
        value: object = self.raw.get(name) or {}
        if not isinstance(value, dict):
            raise PeopleError(400, f"{name} must be an object")
        return self.raw.get(name) or {}
