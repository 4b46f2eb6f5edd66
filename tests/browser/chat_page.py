"""What a browser test does on the chat page and around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playwright.async_api import expect

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playwright.async_api import ConsoleMessage, Error, Locator, Page

    from sandbox.discord.stand_in import DiscordStandIn
    from tests.browser.scripted_bot import ScriptedBot

PATIENCE = 60_000
"""Milliseconds until a state that does not come is given up."""
expect.set_options(timeout=PATIENCE)


class ChatPage:
    """One visitor's page."""

    def __init__(self, page: Page, discord: DiscordStandIn) -> None:
        self.page = page
        self.discord = discord
        self.complaints: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("console", self._console)
        page.on("pageerror", self._error)
        world = discord.world
        self.guild: str = next(iter(world.guilds))
        self.channels = {channel["name"]: channel["id"] for channel in world.channels_of(self.guild)}
        people = [user for user in world.users.values() if not user.get("bot")]
        self.people = {user["global_name"]: user["id"] for user in people}

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.text} ({message.location['url']})")

    def _error(self, error: Error) -> None:
        self.complaints.append(str(error))

    async def leave(self) -> None:
        """Give the tab back as it was."""
        await self.page.unroute_all(behavior="ignoreErrors")
        await self.page.context.clear_permissions()
        await self.page.goto("about:blank")
        self.page.remove_listener("console", self._console)
        self.page.remove_listener("pageerror", self._error)

    async def visit(self) -> None:
        """Load the page and wait until it is usable."""
        await self.page.goto(self.discord.url)
        await expect(self.composer).to_be_visible()
        await expect(self.page.locator(".welcome, .message").first).to_be_visible()

    @property
    def composer(self) -> Locator:
        """The text field."""
        return self.page.locator(".composer textarea")

    @property
    def messages(self) -> Locator:
        """Every message shown."""
        return self.page.locator(".message")

    @property
    def last(self) -> Locator:
        """The newest message shown."""
        return self.messages.last

    @property
    def popup(self) -> Locator:
        """The open listbox."""
        return self.page.locator(".popup:visible")

    async def press(self, *keys: str) -> None:
        """Press keys one after another."""
        for key in keys:
            await self.page.keyboard.press(key)

    async def type(self, text: str) -> None:
        """Type a text into what has the focus."""
        await self.page.keyboard.type(text)

    async def learn(self, bot: ScriptedBot, *commands: Mapping[str, object]) -> None:
        """Let the bot register commands, and wait until the page offers them."""
        await self.composer.fill("/")
        await bot.register(*commands)
        await expect(self.popup.locator(".popup-label").first).to_be_visible()
        await self.composer.fill("")

    async def say(self, text: str) -> None:
        """Write into the composer and send."""
        await self.composer.fill(text)
        await self.composer.press("Enter")

    async def person_says(
        self, name: str, content: str, channel: str = "general", **rest: object
    ) -> dict[str, Any]:
        """Let somebody write without a browser."""
        return await self.post(
            f"/channels/{self.channels[channel]}/messages",
            {"user": self.people[name], "content": content, **rest},
        )

    async def post(self, path: str, body: object) -> dict[str, Any]:
        """Call the people API."""
        response = await self.page.request.post(f"{self.discord.url}/sandbox{path}", data=body)
        assert response.ok, await response.text()
        return {} if response.status == 204 else await response.json()
