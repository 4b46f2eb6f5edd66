"""The dashboard as its owner would deploy it, on loopback, with a login that is ready to use."""

from __future__ import annotations

import asyncio
import json
import secrets
from dataclasses import dataclass
from html import escape
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol, cast

import aiohttp
from aiohttp import web

from sandbox.browser_guard import browser_guard
from sandbox.dashboard_build import SOURCE, BuildError, ensure_built
from sandbox.ports import LOOPBACK
from sandbox.tasks import cancel

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from pathlib import Path

FOREVER = "public, max-age=31536000, immutable"
HEADERS = SOURCE / "public" / "_headers"
"""What every page is sent with, here and on the hosts of the owner's choice."""
WAITING = """<!doctype html><html lang="ja"><meta charset="utf-8"><meta http-equiv="refresh" content="2">
<title>Otonari</title>
<body style="font: 16px system-ui; display: grid; place-content: center; min-height: 90vh">
<h1 style="font-size: 20px">お隣さん · Otonari</h1>
<p role="status" style="white-space: pre-line">{state}</p>"""


PREPARING = "ダッシュボードを準備しています… · The dashboard is being prepared …"


class LoginError(Exception):
    """Nobody could be signed up or made an admin; the message says why."""


class Project(Protocol):
    """The running Supabase that the dashboard shows."""

    @property
    def url(self) -> str:
        """Its address."""
        ...

    @property
    def publishable_key(self) -> str:
        """The key that pages may have."""
        ...

    @property
    def secret_key(self) -> str:
        """The key that makes admins."""
        ...


@dataclass(frozen=True, slots=True)
class Login:
    """Who may sign in and read everything."""

    email: str
    password: str


class Dashboard:
    """Serves ``dashboard/out``; until that is built, a page that says so and looks again by itself."""

    name = "dashboard"

    def __init__(
        self,
        project: Project,
        login_file: Path,
        progress: Callable[[str], None],
        *,
        port: int = 0,
        source: Path = SOURCE,
    ) -> None:
        self.ready = asyncio.Event()
        """Set when the pages are served and the login exists."""
        self.state = PREPARING
        self._project = project
        self._login_file = login_file
        self._progress = progress
        self._port = port
        self._source = source
        self._runner: web.AppRunner | None = None
        self._preparing: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listen at once, and prepare the pages and the login in the background; Supabase must be running."""
        application = web.Application(middlewares=[browser_guard()])
        application.on_response_prepare.append(_with_headers(HEADERS.read_text(encoding="utf-8")))
        application.router.add_get("/config.json", self._config)
        application.router.add_get("/{path:.*}", self._page)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await self._listen(self._runner)
        self._port = self._runner.addresses[0][1]
        self._preparing = asyncio.create_task(self._prepare())

    async def _listen(self, runner: web.AppRunner) -> None:
        """Take the wished port, or any other if it is taken: the bot must not wait for that."""
        try:
            await web.TCPSite(runner, LOOPBACK, self._port).start()
        except OSError as error:
            self._progress(f"dashboard: port {self._port} is not free ({error.strerror}); taking another")
            await web.TCPSite(runner, LOOPBACK, 0).start()

    async def close(self) -> None:
        """Stop, and give up what is being built."""
        await cancel(self._preparing)
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def url(self) -> str:
        """Where it is; after start()."""
        return f"http://{LOOPBACK}:{self._port}"

    @property
    def login(self) -> Login:
        """Who may sign in and read everything; raises LoginError before anybody may."""
        login = stored_login(self._login_file)
        if login is None:
            raise LoginError("nobody has been signed up yet")
        return login

    def info(self) -> Mapping[str, object]:
        """Return the address, and where the login is kept: pages read what is served, so no password is."""
        return {"url": self.url, "ready": self.ready.is_set(), "login_file": str(self._login_file)}

    def control_routes(self) -> Sequence[web.RouteDef]:
        """``GET /`` waits until it is ready or has failed, and answers like info()."""
        return [web.get("", self._wait)]

    async def _prepare(self) -> None:
        try:
            login = await _ensure_login(self._project, self._login_file)
            await ensure_built(self._source, self._tell_step)
        except (LoginError, BuildError, OSError, aiohttp.ClientError) as error:
            self.state = f"The dashboard is not available: {error}"
            self._progress(f"dashboard not available: {error}")
            return
        self.ready.set()
        self._progress(f"dashboard ready: {self.url}  {login.email}  {login.password}")

    def _tell_step(self, step: str) -> None:
        """Say what is being done in the terminal, and on the page that waits for it."""
        self.state = f"{PREPARING}\n{step}"
        self._progress(step)

    async def prepared(self) -> None:
        """Wait until it is ready, or will not be: see ``ready`` and ``state``."""
        if self._preparing is not None:
            await asyncio.wait({self._preparing})

    async def _wait(self, _request: web.Request) -> web.Response:
        await self.prepared()
        status = HTTPStatus.OK if self.ready.is_set() else HTTPStatus.SERVICE_UNAVAILABLE
        return web.json_response({**self.info(), "state": self.state}, status=status)

    async def _config(self, _request: web.Request) -> web.Response:
        return web.json_response({"url": self._project.url, "key": self._project.publishable_key})

    async def _page(self, request: web.Request) -> web.StreamResponse:
        if not self.ready.is_set():
            return web.Response(
                text=WAITING.format(state=escape(self.state)),
                content_type="text/html",
                status=HTTPStatus.SERVICE_UNAVAILABLE,
            )
        out = self._source / "out"
        file = (out / request.match_info["path"]).resolve()
        if file.is_dir():
            file /= "index.html"
        if not file.is_relative_to(out) or not file.is_file():
            return web.Response(
                body=(out / "404.html").read_bytes(), content_type="text/html", status=HTTPStatus.NOT_FOUND
            )
        unchanging = "static" in file.relative_to(out).parts
        return web.FileResponse(file, headers={"Cache-Control": FOREVER if unchanging else "no-cache"})


def _with_headers(file: str) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """Return what adds the headers of a ``_headers`` file with one rule, for all paths, to an answer.

    https://developers.cloudflare.com/pages/configuration/headers/
    """
    headers = dict(line.strip().split(": ", 1) for line in file.splitlines()[1:])

    async def add(_: web.Request, answer: web.StreamResponse) -> None:
        answer.headers.update(headers)

    return add


async def _ensure_login(project: Project, file: Path) -> Login:
    """Return a login that is a dashboard admin's: the one of the last run if it still works."""
    async with aiohttp.ClientSession(project.url, headers={"apikey": project.publishable_key}) as session:
        login = stored_login(file)
        user_id = login and await _ask(session, "/auth/v1/token?grant_type=password", login)
        if login is None or user_id is None:
            # The plain address may be taken, by somebody whose password is not known any more.
            for address in ("admin@example.com", f"admin-{secrets.token_hex(3)}@example.com"):
                login = Login(address, secrets.token_urlsafe(9))
                user_id = await _ask(session, "/auth/v1/signup", login)
                if user_id is not None:
                    break
            else:
                raise LoginError("nobody can sign up to Supabase")
            _store(file, login)
    await _make_admin(project, user_id)
    return login


def _store(file: Path, login: Login) -> None:
    file.touch(mode=0o600)
    file.write_text(json.dumps({"email": login.email, "password": login.password}))


def stored_login(file: Path) -> Login | None:
    """Return the login that is kept in ``file``, None where there is none."""
    try:
        stored: object = json.loads(file.read_text())
    except (OSError, ValueError):
        return None
    return Login(**cast("dict[str, str]", stored)) if isinstance(stored, dict) else None


async def _ask(session: aiohttp.ClientSession, path: str, login: Login) -> str | None:
    """Sign in or up; return the user's id, None if Auth refuses."""
    async with session.post(path, json={"email": login.email, "password": login.password}) as answer:
        body = cast("dict[str, dict[str, object]]", await answer.json())
        return str(body["user"]["id"]) if answer.ok else None


async def _make_admin(project: Project, user_id: str) -> None:
    headers = {
        "apikey": project.secret_key,
        "Authorization": f"Bearer {project.secret_key}",
        "Prefer": "resolution=ignore-duplicates",
    }
    async with (
        aiohttp.ClientSession(project.url, headers=headers) as session,
        session.post("/rest/v1/dashboard_admins", json={"user_id": user_id}) as answer,
    ):
        if not answer.ok:
            raise LoginError(f"the login could not be made an admin's: {await answer.text()}")
