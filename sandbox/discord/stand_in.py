"""The Discord stand-in as one web application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from aiohttp import web

from sandbox.browser_guard import browser_guard
from sandbox.discord.administration import Administration
from sandbox.discord.callbacks import Callbacks
from sandbox.discord.cdn import CdnRoutes
from sandbox.discord.channels import Channels
from sandbox.discord.core import Core
from sandbox.discord.gateway import HEARTBEAT_SECONDS, Gateway
from sandbox.discord.gateway_faults import GatewayFaults
from sandbox.discord.intents import PRIVILEGED
from sandbox.discord.interactions import ACKNOWLEDGE_SECONDS, Interactions
from sandbox.discord.messages import Messages
from sandbox.discord.people import api as people_api
from sandbox.discord.people.admin import AdminRoutes
from sandbox.discord.people.interactions import PeopleInteractionRoutes
from sandbox.discord.people.messages import PeopleMessageRoutes
from sandbox.discord.people.state import StateRoutes
from sandbox.discord.people.voice import PeopleVoiceRoutes
from sandbox.discord.player_watch import PlayerWatch
from sandbox.discord.reactions import Reactions
from sandbox.discord.rest import api as rest_api
from sandbox.discord.rest.channels import ChannelRoutes
from sandbox.discord.rest.commands import CommandRoutes
from sandbox.discord.rest.exchange_log import ExchangeLog
from sandbox.discord.rest.guilds import GuildRoutes
from sandbox.discord.rest.interactions import InteractionRoutes
from sandbox.discord.rest.messages import MessageRoutes
from sandbox.discord.rest.rate_limits import RateLimits
from sandbox.discord.rest.reactions import ReactionRoutes
from sandbox.discord.rest.users import UserRoutes
from sandbox.discord.seed import seed
from sandbox.discord.uploads import Blobs
from sandbox.discord.voice import Voice
from sandbox.discord.world import World
from sandbox.faults import Faults, fault_middleware
from sandbox.ports import LOOPBACK

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from aiohttp.typedefs import Handler, Middleware

    from sandbox.discord.wire import Json
    from sandbox.voice_server import VoiceServer

BODY_LIMIT = 120 * 1024 * 1024
"""Bytes of a request: ten files, and base64 in the people API."""


class Resource(Protocol):
    """Something that serves paths."""

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """Return the routes."""
        ...


def _under(prefix: str, middleware: Middleware) -> Middleware:
    """Return ``middleware`` for the requests below ``prefix`` only."""

    @web.middleware
    async def limited(request: web.Request, handler: Handler) -> web.StreamResponse:
        below = request.path.startswith(f"{prefix}/")
        return await (middleware(request, handler) if below else handler(request))

    return limited


class DiscordStandIn:
    """Discord on loopback: REST and gateway v10 for the bot, the people API for everybody else."""

    name = "discord"

    def __init__(
        self,
        data_dir: Path | None,
        *,
        port: int = 0,
        players: Callable[[], list[Json]] | None = None,
        stand_ins: Callable[[], list[str]] | None = None,
        emoji_font: Path | None = None,
        rate_limits: bool = True,
        allowed_intents: int = PRIVILEGED,
        acknowledge_seconds: float = ACKNOWLEDGE_SECONDS,
        heartbeat_seconds: float = HEARTBEAT_SECONDS,
        voice_server: VoiceServer | None = None,
    ) -> None:
        """Prepare it; nothing listens yet.

        ``data_dir``: where the world is kept, None for memory only. ``players``: what plays, for the state of
        the people API. ``stand_ins``: names of the services that are no real ones, likewise.
        ``emoji_font``: a web font (WOFF2) for visitors whose system has no emoji.
        ``allowed_intents``: the privileged intents that the developer portal allows.
        ``voice_server``: what VOICE_SERVER_UPDATE names; without one, an address that cannot be reached.
        """
        self._port = port
        self._emoji_font = emoji_font
        players = players or list
        self.world = World(None if data_dir is None else data_dir / "discord.sqlite")
        if self.world.fresh:
            seed(self.world)
        self.core = Core(self.world)
        self.faults = Faults()
        self._player_watch = PlayerWatch(self.core.events, players)
        self.rate_limits = RateLimits(enabled=rate_limits)
        self.exchanges = ExchangeLog()
        self.observers: rest_api.Observers = [self.exchanges]
        """Called with every REST exchange."""
        self.voice = Voice(self.core, voice_server)
        self.gateway = Gateway(
            self.core, self.voice, allowed_intents=allowed_intents, heartbeat_seconds=heartbeat_seconds
        )
        self.interactions = Interactions(self.core, acknowledge_seconds)
        self.app = web.Application(
            middlewares=[
                browser_guard(uploads=f"{rest_api.PREFIX}/"),
                _under(rest_api.PREFIX, fault_middleware(self.faults)),
                rest_api.middleware(self.token, self.rate_limits, self.observers),
                people_api.middleware(),
            ],
            client_max_size=BODY_LIMIT,
        )
        self.app.router.add_get("/gateway", self.gateway.handle)
        blobs = Blobs(None if data_dir is None else data_dir / "discord-attachments")
        for resource in self._resources(blobs, players, stand_ins or (lambda: [self.name])):
            self.app.add_routes(resource.routes())
        self.app.on_shutdown.append(lambda _: self._end_websockets())
        self._runner: web.AppRunner | None = None

    def _resources(
        self, blobs: Blobs, players: Callable[[], list[Json]], stand_ins: Callable[[], list[str]]
    ) -> Sequence[Resource]:
        """Return what serves the paths, with the services that each needs."""
        core, voice = self.core, self.voice
        messages, reactions = Messages(core, blobs), Reactions(core)
        administration, channels = Administration(core, voice), Channels(core, voice, messages)
        return [
            CdnRoutes(self.world, blobs, self._emoji_font),
            UserRoutes(core),
            ChannelRoutes(core, voice),
            MessageRoutes(core, messages),
            ReactionRoutes(core, reactions),
            GuildRoutes(core, voice),
            CommandRoutes(core),
            InteractionRoutes(self.interactions, Callbacks(core, self.interactions, messages)),
            StateRoutes(core, players, stand_ins, voice_server=voice.served),
            PeopleMessageRoutes(core, messages, reactions),
            PeopleInteractionRoutes(core, self.interactions, blobs),
            PeopleVoiceRoutes(core, voice),
            AdminRoutes(core.world, administration, channels),
        ]

    @property
    def token(self) -> str:
        """The bot's token."""
        return self.world.meta["token"]

    @property
    def bot_online(self) -> asyncio.Event:
        """Set while the bot has a gateway session."""
        return self.core.bot_online

    @property
    def url(self) -> str:
        """The address, without a slash at the end; after `start`."""
        return self.world.base_url

    async def start(self) -> None:
        """Listen on loopback."""
        mounted = {resource.canonical for resource in self.app.router.resources()}
        for route in self.control_routes():
            # A launcher mounts them with those of the other stand-ins.
            if (path := f"/sandbox/{self.name}{route.path}") not in mounted:
                self.app.router.add_route(route.method, path, route.handler)
        runner = web.AppRunner(self.app, handler_cancellation=True, shutdown_timeout=1, access_log=None)
        await runner.setup()
        self._runner = runner
        site = web.TCPSite(runner, LOOPBACK, self._port)
        await site.start()
        self._port = runner.addresses[0][1]
        self.world.base_url = f"http://{LOOPBACK}:{self._port}"
        self.world.store.start(self.world.record)
        self._player_watch.start()

    async def _end_websockets(self) -> None:
        await self.gateway.close()
        await self.core.events.close()

    async def close(self) -> None:
        """Close every connection and save what is left."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        self.interactions.close()
        await self._player_watch.close()
        await self.world.store.close(self.world.record)

    def environment(self) -> Mapping[str, str]:
        """Return the bot's settings for this address."""
        return {
            "DISCORD_TOKEN": self.token,
            "DISCORD_API_URL": f"{self.url}{rest_api.PREFIX}",
            "DISCORD_GATEWAY_URL": f"{self.url.replace('http', 'ws', 1)}/gateway",
        }

    def info(self) -> Mapping[str, object]:
        """Return the addresses."""
        return {
            "url": self.url,
            "api": f"{self.url}{rest_api.PREFIX}",
            "gateway": f"{self.url.replace('http', 'ws', 1)}/gateway",
            "people": f"{self.url}{people_api.PREFIX}",
            "token": self.token,
            "bot_id": self.world.bot_id,
        }

    def control_routes(self) -> Sequence[web.RouteDef]:
        """Return the switches and the log of exchanges; `start` mounts them where nobody has."""
        return [
            *self.faults.routes(),
            *GatewayFaults(self.core, self.gateway).routes(),
            *self.exchanges.routes(),
        ]
