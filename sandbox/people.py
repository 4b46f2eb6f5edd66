"""A person who uses Discord through the sandbox's people API (sandbox/README.md)."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import aiohttp

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType

Json: TypeAlias = dict[str, Any]
TIMEOUT = 60.0


class RefusedError(Exception):
    """The people API answered 4xx."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status


@dataclass(frozen=True)
class Event:
    """One event of the people API."""

    sequence: int
    type: str
    data: Json


@dataclass(frozen=True)
class Attachment:
    """A file to send."""

    filename: str
    data: bytes
    content_type: str = "application/octet-stream"

    def json(self) -> Json:
        """Return it as the people API takes it."""
        data = base64.b64encode(self.data).decode()
        return {"filename": self.filename, "content_type": self.content_type, "data": data}


class PeopleApi:
    """The connection that every person of a test shares: calls, and one stream of events.

    Every event since it was opened is kept in ``events``, so that nothing that happens between two calls
    is missed. Use it as an asynchronous context manager.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self.events: list[Event] = []
        self._session: aiohttp.ClientSession
        self._news: asyncio.Condition
        self._reader: asyncio.Task[None]
        self._opened: asyncio.Event

    async def __aenter__(self) -> PeopleApi:
        self._session = aiohttp.ClientSession()
        self._news, self._opened = asyncio.Condition(), asyncio.Event()
        sequence = (await self.state())["sequence"]
        self._reader = asyncio.create_task(self._read(sequence))
        opened = asyncio.create_task(self._opened.wait())
        await asyncio.wait({opened, self._reader}, return_when=asyncio.FIRST_COMPLETED)
        opened.cancel()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._reader.cancel()
        await asyncio.wait([self._reader])
        await self._session.close()

    async def _read(self, after: int) -> None:
        async with self._session.ws_connect(
            f"{self.url}/sandbox/events?after={after}", max_msg_size=0
        ) as socket:
            self._opened.set()
            async for message in socket:
                event = Event(**message.json())
                async with self._news:
                    self.events.append(event)
                    self._news.notify_all()

    async def call(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - any JSON
        """Make one call; raises RefusedError for 4xx."""
        async with self._session.request(method, f"{self.url}/sandbox{path}", json=body) as response:
            value: Any = await response.json() if response.content_type == "application/json" else {}
            if not response.ok:
                raise RefusedError(response.status, str(value.get("error", response.reason)))
            return value

    async def state(self) -> Json:
        """Return everything there is."""
        return await self.call("GET", "/state")

    async def wait_for(
        self,
        predicate: Callable[[Event], bool],
        timeout: float = TIMEOUT,
        *,
        after: int = 0,
    ) -> Event:
        """Return the first event (with a sequence above ``after``) that fits; raises TimeoutError."""
        checked = 0

        def look() -> Event | None:
            nonlocal checked
            fresh, checked = self.events[checked:], len(self.events)
            return next((event for event in fresh if event.sequence > after and predicate(event)), None)

        async with asyncio.timeout(timeout), self._news:
            while (found := look()) is None:
                await self._news.wait()
            return found

    @property
    def sequence(self) -> int:
        """The number of the last event received."""
        return self.events[-1].sequence if self.events else 0

    async def person(self, name: str | None = None) -> Person:
        """Return the person with this display name (default: the default person), in their first guild."""
        state = await self.state()
        users = [user for user in state["users"] if user["global_name"] == name] if name else [state["me"]]
        return Person(self, users[0]["id"], state["guilds"][0]["id"])


class Person:
    """Acts as one user, by default in one guild."""

    def __init__(self, api: PeopleApi, user_id: str, guild_id: str) -> None:
        self.api = api
        self.id = user_id
        self.guild_id = guild_id

    async def channel(self, name: str) -> str:
        """Return the id of the guild's channel with this name."""
        for guild in (await self.api.state())["guilds"]:
            for channel in guild["channels"]:
                if guild["id"] == self.guild_id and channel["name"] == name:
                    return channel["id"]
        raise LookupError(name)

    async def direct_channel(self) -> str:
        """Return the id of the direct channel with the bot."""
        return (await self.api.call("POST", "/dms", {"user": self.id}))["id"]

    async def say(
        self,
        channel: str,
        content: str,
        *,
        reply_to: str | None = None,
        attachments: Sequence[Attachment] = (),
        raw: bool = False,
    ) -> Json:
        """Send a message and return it."""
        body: Json = {"user": self.id, "content": content, "raw": raw}
        body["attachments"] = [attachment.json() for attachment in attachments]
        if reply_to is not None:
            body["reply_to"] = reply_to
        return await self.api.call("POST", f"/channels/{channel}/messages", body)

    async def forward(self, channel: str, message: Json) -> Json:
        """Forward a message to a channel."""
        origin = {"channel": message["channel_id"], "message": message["id"]}
        return await self.api.call(
            "POST", f"/channels/{channel}/messages", {"user": self.id, "forward": origin}
        )

    async def reply(self, message: Json, content: str) -> Json:
        """Answer a message."""
        return await self.say(message["channel_id"], content, reply_to=message["id"])

    async def edit(self, message: Json, content: str) -> Json:
        """Edit an own message."""
        path = f"/channels/{message['channel_id']}/messages/{message['id']}"
        return await self.api.call("PATCH", path, {"user": self.id, "content": content})

    async def delete(self, message: Json) -> None:
        """Delete a message."""
        path = f"/channels/{message['channel_id']}/messages/{message['id']}"
        await self.api.call("DELETE", path, {"user": self.id})

    async def react(self, message: Json, emoji: str) -> Json:
        """Toggle a reaction."""
        path = f"/channels/{message['channel_id']}/messages/{message['id']}/reactions"
        return await self.api.call("POST", path, {"user": self.id, "emoji": emoji})

    async def typing(self, channel: str) -> None:
        """Start typing."""
        await self.api.call("POST", f"/channels/{channel}/typing", {"user": self.id})

    async def read(self, channel: str, limit: int = 50) -> list[Json]:
        """Return what this person sees in a channel, newest last."""
        return await self.api.call("GET", f"/channels/{channel}/messages?user={self.id}&limit={limit}")

    async def slash(
        self,
        channel: str,
        name: str,
        options: Mapping[str, object] | None = None,
        *,
        locale: str = "ja",
        target: str | None = None,
    ) -> str:
        """Use a slash command and return the interaction's id."""
        body = {"user": self.id, "channel": channel, "name": name, "options": dict(options or {})}
        body |= {"locale": locale, "target": target}
        return (await self.api.call("POST", "/interactions/command", body))["id"]

    async def autocomplete(
        self, channel: str, name: str, options: Mapping[str, object], focused: str, *, locale: str = "ja"
    ) -> list[Json]:
        """Return the choices offered for the option being typed."""
        body = {"user": self.id, "channel": channel, "name": name, "options": dict(options)}
        return (
            await self.api.call(
                "POST", "/interactions/autocomplete", body | {"focused": focused, "locale": locale}
            )
        )["choices"]

    async def click(self, message: Json, custom_id: str, values: Sequence[str] | None = None) -> str:
        """Use a component of a message and return the interaction's id."""
        body: Json = {"user": self.id, "channel": message["channel_id"], "message": message["id"]}
        body |= {"custom_id": custom_id} | ({} if values is None else {"values": list(values)})
        return (await self.api.call("POST", "/interactions/component", body))["id"]

    async def submit(self, interaction: str, values: Mapping[str, object]) -> str:
        """Send the modal that an interaction opened and return the new interaction's id."""
        body = {"user": self.id, "interaction": interaction, "values": dict(values)}
        return (await self.api.call("POST", "/interactions/modal", body))["id"]

    async def outcome(
        self,
        interaction: str,
        timeout: float = TIMEOUT,
    ) -> Json:
        """Return an interaction once it is answered or failed."""
        event = await self.api.wait_for(
            lambda event: (
                event.type == "interaction_update"
                and event.data["id"] == interaction
                and event.data["state"] in {"answered", "failed"}
            ),
            timeout,
        )
        return event.data

    async def run(
        self, channel: str, name: str, options: Mapping[str, object] | None = None, *, locale: str = "ja"
    ) -> Json:
        """Use a slash command and return its outcome."""
        return await self.outcome(await self.slash(channel, name, options, locale=locale))

    async def message(
        self,
        channel: str,
        predicate: Callable[[Json], bool] = lambda _: True,
        timeout: float = TIMEOUT,
        *,
        after: int = 0,
    ) -> Json:
        """Return the first message by somebody else (created or edited) in a channel that fits."""
        event = await self.api.wait_for(
            lambda event: (
                event.type in {"message_create", "message_update"}
                and event.data["channel_id"] == channel
                and event.data["author"]["id"] != self.id
                and predicate(event.data)
            ),
            timeout,
            after=after,
        )
        return event.data

    async def join_voice(self, channel: str, **flags: bool) -> Json:
        """Join a voice channel of the guild, or move there."""
        body = {"user": self.id, "guild": self.guild_id, "channel": channel, **flags}
        return await self.api.call("POST", "/voice", body)

    async def leave_voice(self) -> None:
        """Leave voice."""
        body = {"user": self.id, "guild": self.guild_id, "channel": None}
        await self.api.call("POST", "/voice", body)
