"""What a browser test does on the dashboard."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from playwright.async_api import expect

if TYPE_CHECKING:
    from playwright.async_api import ConsoleMessage, Error, Locator, Page, Request, Route

PATIENCE = 120_000
"""Milliseconds until a state that does not come is given up: Realtime is joined again after 30 s at most."""
expect.set_options(timeout=PATIENCE)


@dataclass(frozen=True)
class Account:
    """Somebody who has signed up."""

    id: str
    email: str
    password: str


@dataclass
class DashboardPage:
    """One visitor's tab."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list[str])
    asked: list[str] = field(default_factory=list[str])
    """Paths of what was asked of Supabase."""

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE)
        self.page.on("console", self._console)
        self.page.on("pageerror", self._error)
        self.page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        # Chromium's remark on leaving a page that is still connecting; no fault of the page's.
        if "closed before the connection is established" in message.text:
            return
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def _error(self, error: Error) -> None:
        self.complaints.append(str(error))

    def _request(self, request: Request) -> None:
        if "/rest/v1/" in request.url and request.method != "OPTIONS":
            self.asked.append(request.url.partition("/rest/v1/")[2])

    async def withhold(self, path: str) -> None:
        """Leave every later question for ``path`` (a glob below /rest/v1/) without an answer, so that Realtime alone tells."""

        async def keep_waiting(_: Route) -> None: ...

        await self.page.route(f"**/rest/v1/{path}", keep_waiting)

    async def visit(self, path: str = "/") -> None:
        await self.page.goto(self.url + path)

    async def sign_in(self, email: str, password: str) -> None:
        await self.page.locator("input[type=email]").fill(email)
        await self.page.locator("input[type=password]").fill(password)
        await self.page.locator("button[type=submit]").click()

    async def is_live(self) -> None:
        """Wait until Realtime serves this tab."""
        await expect(self.page.locator("[data-live=live]")).to_be_visible(timeout=PATIENCE)

    async def is_polling(self) -> None:
        """Wait until the tab says that it asks every ten seconds instead."""
        await expect(self.page.locator("[data-live=polling]")).to_be_visible(timeout=PATIENCE)

    def card(self, title: str) -> Locator:
        return self.page.get_by_role("region", name=title)

    async def choose(self, name: str) -> None:
        """Click a radio button and wait until it is checked: what is chosen stands in the address first."""
        radio = self.page.get_by_role("radio", name=name, exact=True)
        # By its label, as people do: of the button itself there is a pixel, which is missed where a page moves.
        await self.page.locator("label").filter(has=radio).click()
        await expect(radio).to_be_checked()

    def item(self, text: str) -> Locator:
        """Rows that show ``text``."""
        return self.page.locator("main li").filter(has_text=text)
