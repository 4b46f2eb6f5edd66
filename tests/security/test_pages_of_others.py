"""Other people's web pages in a browser on the owner's machine: no server of the sandbox obeys them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
import tempfile
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import psutil
import pytest
import pytest_asyncio
from yarl import URL

from sandbox.dashboard_build import BuildError
from sandbox.launcher import Options, Sandbox
from tests.integration.conftest import start_supabase, stop_supabase

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator

    from tests.integration.conftest import RunningSupabase

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOT_HTTP = None
FORBIDDEN, WRONG_TYPE = HTTPStatus.FORBIDDEN, HTTPStatus.UNSUPPORTED_MEDIA_TYPE
FOREIGN_HOSTS = (
    "evil.example",
    "127.0.0.1.evil.example",
    "localhost.evil.example:8765",
    "evil-localhost",
    "localhost.",
    "0.0.0.0:8765",
    "127.1",
    "2130706433",
    "[::]",
    "localhost:8765:8765",
    "localhost:",
    "localhost, evil.example",
    "",
)
FOREIGN_ORIGINS = (
    "http://evil.example",
    "https://evil.example",
    "http://localhost.evil.example",
    "http://localhost@evil.example",
    "http://127.0.0.1.evil.example:8765",
    "file://localhost",
    "chrome-extension://localhost",
    "null",
    "",
)
FOREIGN_TYPES = (
    "text/plain",
    "text/plain;charset=UTF-8",
    "text/plain; application/json",
    "text/plain, application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/octet-stream",
    "nonsense",
    None,
)
WEBSOCKETS = (
    *("/gateway", "/sandbox/events?after=0", "/sandbox/voice/1/listen"),
    *("/v4/websocket", "/realtime/v1/websocket?apikey=x"),
)
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@dataclass(frozen=True)
class Asked:
    """A request as it goes over the wire; Host is ours unless it is given, and None leaves a header out."""

    method: str = "GET"
    path: str = "/"
    headers: dict[str, str | None] = field(default_factory=dict[str, str | None])
    body: bytes = b""

    def wire(self, port: int) -> bytes:
        headers: dict[str, str | None] = {"Host": f"127.0.0.1:{port}", "Connection": "close"} | self.headers
        if self.body or self.method == "POST":
            headers["Content-Length"] = str(len(self.body))
        lines = [f"{name}: {value}\r\n" for name, value in headers.items() if value is not None]
        return f"{self.method} {self.path} HTTP/1.1\r\n{''.join(lines)}\r\n".encode() + self.body


async def status_of(port: int, asked: Asked, *, tls: ssl.SSLContext | None = None) -> int | None:
    """Ask a port of this machine and return the status of its answer; NOT_HTTP for any other protocol."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=tls)
    try:
        writer.write(asked.wire(port))
        protocol, _, rest = (await reader.readline()).partition(b" ")
    except ConnectionError:
        return NOT_HTTP
    finally:
        writer.close()
    return int(rest[:3]) if protocol == b"HTTP/1.1" else NOT_HTTP


def ports_of(family: Iterable[psutil.Process]) -> set[int]:
    """Return every port at which one of these processes listens; all of them are on loopback."""
    ports: set[int] = set()
    for process in family:
        with contextlib.suppress(psutil.NoSuchProcess):  # PostgreSQL's workers come and go
            for connection in process.net_connections("tcp"):
                if connection.status == psutil.CONN_LISTEN:
                    assert connection.laddr.ip.removeprefix("::ffff:") == "127.0.0.1"
                    ports.add(connection.laddr.port)
    return ports


@dataclass(frozen=True)
class Servers:
    """Everything that listens, and those of it that answer people."""

    all: set[int]
    answering: set[int]


@pytest.fixture(scope="module")
def others() -> set[int]:
    """What other tests in this process have started; it is theirs to guard."""
    return ports_of([psutil.Process(), *psutil.Process().children(recursive=True)])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo(others: set[int]) -> AsyncIterator[Sandbox]:
    """``make demo``, without the bot itself and the dashboard's pages."""

    async def not_built(*_: object) -> None:
        raise BuildError("no pages are needed here")

    with (
        pytest.MonkeyPatch.context() as patch,
        tempfile.TemporaryDirectory(prefix="otonari-security-") as directory,
    ):
        patch.setattr("sandbox.dashboard.ensure_built", not_built)
        options = Options(
            data_dir=Path(directory), stand_ins_only=True, with_bot=False, dashboard_port=0, supabase_port=0
        )
        sandbox = Sandbox(options)
        await sandbox.start(progress=print)
        assert sandbox.dashboard is not None
        await sandbox.dashboard.prepared()
        yield sandbox
        await sandbox.close()


@pytest.fixture(scope="module")
def project() -> Iterator[tuple[RunningSupabase, psutil.Process]]:
    """The Supabase that ``make run`` embeds, with its switches."""
    with tempfile.TemporaryDirectory(prefix="otonari-security-") as directory:
        process, running = start_supabase(Path(directory))
        yield running, psutil.Process(process.pid)
        assert stop_supabase(process) == 0


def port_of(url: object) -> int:
    port = URL(str(url)).port
    assert port is not None
    return port


def urls_of(demo: Sandbox) -> list[str]:
    assert demo.supabase is not None
    assert demo.lavalink is not None
    assert demo.lrclib is not None
    assert demo.dashboard is not None
    services = [demo.supabase.url, demo.lavalink.base_url, demo.lrclib.url, demo.dashboard.url]
    return [demo.discord.url, *services]


@pytest.fixture(scope="module", params=["demo", "embedded Supabase"])
def servers(
    request: pytest.FixtureRequest,
    others: set[int],
    demo: Sandbox,
    project: tuple[RunningSupabase, psutil.Process],
) -> Servers:
    """All that listens in one of the ways in which the sandbox is started."""
    supabase, process = project
    if request.param == "demo":
        children = set(psutil.Process().children(recursive=True))
        family = [psutil.Process(), *children - {process, *process.children(recursive=True)}]
        urls = urls_of(demo)
    else:
        family = [process, *process.children(recursive=True)]
        urls = [supabase.url, supabase.control]
    return Servers(ports_of(family) - others, set(map(port_of, urls)))


async def test_an_honest_request_is_answered_by_those_servers_that_are_for_people(servers: Servers) -> None:
    assert servers.answering < servers.all
    for port in servers.all:
        for host in (f"127.0.0.1:{port}", f"localhost:{port}", "LOCALHOST:9000", "[::1]:9000"):
            own: dict[str, str | None] = {"Host": host, "Origin": f"http://{host.lower()}"}
            status = await status_of(port, Asked(headers=own))
            answered = status not in {FORBIDDEN, NOT_HTTP}
            assert answered == (port in servers.answering), (port, host, status)


async def refused_everywhere(servers: Servers, asked: Asked, refusal: int) -> None:
    for port in servers.all:
        status = await status_of(port, asked)
        if port in servers.answering:
            assert status == refusal, (port, asked)
        else:  # PostgreSQL and gRPC speak no HTTP, and the Node server is the relay's alone
            assert status in {FORBIDDEN, NOT_HTTP}, (port, asked)


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
async def test_a_page_whose_name_was_resolved_to_this_machine_is_refused(servers: Servers, host: str) -> None:
    for asked in (
        Asked(headers={"Host": host}),
        Asked(headers={"Host": host, "Origin": f"http://{host}"}),
        Asked(path="/sandbox/dashboard", headers={"Host": host}),
        Asked(path="/config.json", headers={"Host": host}),
    ):
        await refused_everywhere(servers, asked, FORBIDDEN)
    for path in WEBSOCKETS:
        await refused_everywhere(servers, Asked(path=path, headers={**UPGRADE, "Host": host}), FORBIDDEN)


@pytest.mark.parametrize("origin", FOREIGN_ORIGINS)
async def test_a_page_of_another_origin_is_refused(servers: Servers, origin: str) -> None:
    json_type = {"Content-Type": "application/json", "Origin": origin}
    preflight = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    for asked in (
        Asked(headers={"Origin": origin}),
        Asked("POST", headers={"Origin": origin}),
        Asked("POST", headers=json_type, body=b"{}"),
        Asked("DELETE", headers={"Origin": origin}),
        Asked("OPTIONS", headers=preflight),
        *(Asked(path=path, headers={**UPGRADE, "Origin": origin}) for path in WEBSOCKETS),
    ):
        await refused_everywhere(servers, asked, FORBIDDEN)


@pytest.mark.parametrize("kind", FOREIGN_TYPES)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_what_a_form_or_a_script_may_send_unasked_changes_nothing(
    servers: Servers, method: str, kind: str | None
) -> None:
    asked = Asked(method, headers={"Content-Type": kind}, body=b'{"a":"="}')
    await refused_everywhere(servers, asked, WRONG_TYPE)


async def test_a_form_without_fields_changes_nothing(servers: Servers) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        await refused_everywhere(servers, Asked("POST", headers={"Content-Type": kind}), WRONG_TYPE)


async def test_a_page_of_another_server_on_this_machine_gets_no_further_than_supabases_keys(
    demo: Sandbox,
) -> None:
    origin = {"Origin": "http://localhost:1"}
    page, api, *others = map(port_of, urls_of(demo))
    for port in (page, *others):
        assert await status_of(port, Asked(headers={**origin})) == FORBIDDEN
    asked = Asked(path="/rest/v1/system_stats", headers={**origin, "apikey": "guessed"})
    assert await status_of(api, asked) == HTTPStatus.UNAUTHORIZED


async def test_the_gemini_stand_in_speaks_nothing_that_a_page_could(demo: Sandbox) -> None:
    assert demo.gemini is not None
    careless = ssl.create_default_context()
    careless.check_hostname, careless.verify_mode = False, ssl.CERT_NONE
    asked = Asked("POST", headers={"Content-Type": "text/plain"}, body=b"{}")
    port = int(demo.gemini.address.rpartition(":")[2])
    assert await status_of(port, asked, tls=careless) is NOT_HTTP


async def test_the_voice_server_opens_no_websocket_for_another_page(demo: Sandbox) -> None:
    careless = ssl.create_default_context()
    careless.check_hostname, careless.verify_mode = False, ssl.CERT_NONE
    port = int(demo.voice.endpoint.rpartition(":")[2])
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Host": f"evil.example:{port}"}):
        asked = Asked(path="/?v=8", headers={**UPGRADE, **headers})
        assert await status_of(port, asked, tls=careless) == FORBIDDEN
    own = Asked(path="/?v=8", headers={**UPGRADE})
    assert await status_of(port, own, tls=careless) == HTTPStatus.SWITCHING_PROTOCOLS


async def test_no_page_of_the_demo_is_shown_in_a_frame_of_another(demo: Sandbox) -> None:
    """Who presses a button in it would not see what that is."""
    assert demo.dashboard is not None
    pages = [demo.discord.url + "/", demo.discord.url + "/sandbox/state", demo.dashboard.url + "/"]
    async with aiohttp.ClientSession() as session:
        for url in pages:
            async with session.get(url) as answer:
                assert answer.headers["X-Frame-Options"] == "DENY", url


async def test_nobody_posts_as_a_person_but_the_chat_page(demo: Sandbox) -> None:
    me = demo.discord.world.meta["me"]
    channel = next(iter(demo.discord.world.channels))
    port, path = port_of(demo.discord.url), f"/sandbox/channels/{channel}/messages"
    body = json.dumps({"user": me, "content": "hello"}).encode()
    type_of_json = {"Content-Type": "application/json"}
    attacks: list[dict[str, str | None]] = [
        {"Content-Type": "text/plain", "Origin": "http://evil.example"},
        {"Content-Type": "text/plain"},
        {**type_of_json, "Origin": "http://evil.example"},
        {**type_of_json, "Host": "evil.example", "Origin": "http://evil.example"},
    ]
    before = demo.discord.core.events.sequence
    for headers in attacks:
        assert await status_of(port, Asked("POST", path, headers, body)) in {FORBIDDEN, WRONG_TYPE}
    assert demo.discord.core.events.sequence == before
    own = Asked("POST", path, {**type_of_json, "Origin": demo.discord.url}, body)
    assert await status_of(port, own) == HTTPStatus.OK
    assert demo.discord.core.events.sequence > before


async def test_no_answer_to_a_question_holds_a_password(demo: Sandbox) -> None:
    assert demo.dashboard is not None
    assert demo.supabase is not None
    assert demo.gemini is not None
    keys = demo.supabase.info()
    secrets = [
        demo.dashboard.login.password,
        demo.discord.token,
        str(demo.gemini.info()["api_key"]),
        *(str(keys[name]) for name in ("secret_key", "legacy_service_role_key", "dsn")),
    ]
    router = demo.discord.app.router
    paths = {
        route.resource.canonical for route in router.routes() if route.method == "GET" and route.resource
    }
    assert {"/sandbox/state", "/sandbox/bot/", "/sandbox/dashboard", "/sandbox/gemini/requests"} <= paths
    websockets = {"/gateway", "/sandbox/events"}
    urls = [demo.discord.url + path for path in sorted(paths - websockets)]
    urls += [demo.dashboard.url + path for path in ("/", "/config.json")]
    async with aiohttp.ClientSession() as session:
        for url in urls:
            async with session.get(URL(url, encoded=True)) as answer:
                text = await answer.text(errors="replace")
            assert [secret for secret in secrets if secret in text] == [], url
