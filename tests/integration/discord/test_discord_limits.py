"""Discord's limits and error codes, asked for over plain HTTP."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from sandbox.discord import DiscordStandIn
from tests.integration.discord.conftest import standing_in

if TYPE_CHECKING:
    from sandbox.people import PeopleApi, Person
    from tests.support.discord_oracle import Watcher

Json = dict[str, Any]


async def ask(
    rest: aiohttp.ClientSession, method: str, path: str, body: object = None, **headers: str
) -> tuple[int, Json]:
    async with rest.request(method, path, json=body, headers=headers) as response:
        if response.status == 204:
            return 204, {}
        assert response.headers["Content-Type"] == "application/json"
        return response.status, await response.json()


def embed(**parts: object) -> Json:
    return {"embeds": [{"title": "x", **parts}]}


def row(*components: Json) -> Json:
    return {"type": 1, "components": list(components)}


def button(custom_id: str = "a", **parts: object) -> Json:
    return {"type": 2, "style": 1, "label": "x", "custom_id": custom_id, **parts}


def options(count: int) -> list[Json]:
    return [{"label": str(number), "value": str(number)} for number in range(count)]


FIELD = {"name": "n", "value": "v"}
LONG, LENGTH, REQUIRED = "BASE_TYPE_MAX_LENGTH", "BASE_TYPE_BAD_LENGTH", "BASE_TYPE_REQUIRED"
FAULTS = {
    "content": ({"content": "x" * 2001}, "content", LONG),
    "content type": ({"content": []}, "content", "STRING_TYPE_CONVERT"),
    "eleven embeds": ({"embeds": [{"title": "x"}] * 11}, "embeds", LONG),
    "embed title": (embed(title="x" * 257), "embeds.0.title", LONG),
    "embed description": (embed(description="x" * 4097), "embeds.0.description", LONG),
    "empty embed": ({"embeds": [{}]}, "embeds.0.description", REQUIRED),
    "26 fields": (embed(fields=[FIELD] * 26), "embeds.0.fields", LONG),
    "field name": (embed(fields=[{"name": "", "value": "v"}]), "embeds.0.fields.0.name", LENGTH),
    "field value": (embed(fields=[{"name": "n", "value": "v" * 1025}]), "embeds.0.fields.0.value", LENGTH),
    "no field value": (embed(fields=[{"name": "n"}]), "embeds.0.fields.0.value", REQUIRED),
    "footer": (embed(footer={"text": "x" * 2049}), "embeds.0.footer.text", LENGTH),
    "author": (embed(author={"name": "x" * 257}), "embeds.0.author.name", LENGTH),
    "colour": (embed(color=0x1000000), "embeds.0.color", "NUMBER_TYPE_MAX"),
    "image": (embed(image={"url": "ftp://x/"}), "embeds.0.image.url", "URL_TYPE_INVALID_SCHEME"),
    "6001 characters": (
        {"embeds": [{"description": "x" * 4000}, {"description": "x" * 2001}]},
        "embeds",
        "MAX_EMBED_SIZE_EXCEEDED",
    ),
    "six rows": ({"components": [row(button(str(number))) for number in range(6)]}, "components", LONG),
    "six buttons": (
        {"components": [row(*(button(str(number)) for number in range(6)))]},
        "components.0.components",
        LENGTH,
    ),
    "a bare button": ({"components": [button()]}, "components.0.type", "BASE_TYPE_CHOICES"),
    "custom_id": (
        {"components": [row(button("x" * 101))]},
        "components.0.components.0.custom_id",
        LENGTH,
    ),
    "no custom_id": (
        {"components": [row({"type": 2, "style": 1, "label": "x"})]},
        "components.0.components.0.custom_id",
        REQUIRED,
    ),
    "repeated custom_id": (
        {"components": [row(button(), button())]},
        "components.0.components.1.custom_id",
        "COMPONENT_CUSTOM_ID_DUPLICATED",
    ),
    "label": ({"components": [row(button(label="x" * 81))]}, "components.0.components.0.label", LONG),
    "link without address": (
        {"components": [row({"type": 2, "style": 5, "label": "x"})]},
        "components.0.components.0.url",
        REQUIRED,
    ),
    "26 choices": (
        {"components": [row({"type": 3, "custom_id": "a", "options": options(26)})]},
        "components.0.components.0.options",
        LENGTH,
    ),
    "unknown reply": (
        {"content": "x", "message_reference": {"message_id": "1"}},
        "message_reference",
        "REPLIES_UNKNOWN_MESSAGE",
    ),
    "mentions": (
        {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
        "allowed_mentions",
        "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
    ),
    "text in a layout": (
        {"content": "x", "flags": 1 << 15, "components": [{"type": 10, "content": "y"}]},
        "content",
        "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
async def test_a_body_beyond_a_limit_is_refused_where_it_is_wrong(
    rest: aiohttp.ClientSession, general: str, me: Person, watcher: Watcher, name: str
) -> None:
    body, path, code = FAULTS[name]
    status, error = await ask(rest, "POST", f"channels/{general}/messages", body)
    assert (status, error["code"], error["message"]) == (400, 50035, "Invalid Form Body")
    node = error["errors"]
    for key in path.split("."):
        node = node[key]
    assert node["_errors"][0]["code"] == code
    assert await me.read(general) == []
    # These requests are wrong on purpose; the answers stay checked.
    watcher.problems = [problem for problem in watcher.problems if " request " not in problem]


AT_THE_LIMIT = {
    "content": {"content": "x" * 2000},
    "a character beyond the basic plane counts once": {"content": "😀" * 2000},
    "ten embeds of 6,000 characters": {"embeds": [{"description": "x" * 600}] * 10},
    "25 fields": embed(fields=[{"name": "n" * 10, "value": "v" * 100}] * 25),
    "five rows of five buttons": {
        "components": [row(*(button(f"{y}{x}") for x in range(5))) for y in range(5)]
    },
}


@pytest.mark.parametrize("name", AT_THE_LIMIT)
async def test_a_body_at_the_limit_is_taken(rest: aiohttp.ClientSession, general: str, name: str) -> None:
    status, _ = await ask(rest, "POST", f"channels/{general}/messages", AT_THE_LIMIT[name])
    assert status == 200


CODES = {
    "an empty message": ("POST", "channels/{general}/messages", {"content": " "}, 400, 50006),
    "an unknown channel": ("POST", "channels/1/messages", {"content": "x"}, 404, 10003),
    "an unknown message": ("GET", "channels/{general}/messages/1", None, 404, 10008),
    "somebody else's message": ("PATCH", "channels/{general}/messages/{said}", {"content": "x"}, 403, 50005),
    "an unknown guild": ("GET", "guilds/1/members/1", None, 404, 10004),
    "an unknown member": ("GET", "guilds/{guild}/members/1", None, 404, 10013),
    "an unknown user": ("POST", "users/@me/channels", {"recipient_id": "1"}, 404, 10013),
    "a direct channel with itself": ("POST", "users/@me/channels", {"recipient_id": "{bot}"}, 400, 50007),
    "an unknown emoji": ("PUT", "channels/{general}/messages/{said}/reactions/abc/@me", None, 404, 10014),
    "another application": ("GET", "applications/1/commands", None, 403, 20012),
    "an unknown interaction": ("POST", "interactions/1/x/callback", {"type": 5}, 404, 10062),
    "an unknown webhook": ("POST", "webhooks/{bot}/x", {"content": "x"}, 404, 10015),
    "nobody's permissions": (
        "GET",
        "applications/{bot}/guilds/{guild}/commands/1/permissions",
        None,
        404,
        10066,
    ),
    "nobody in voice": ("PATCH", "guilds/{guild}/voice-states/@me", {"suppress": True}, 404, 10065),
    "an unknown path": ("GET", "nothing", None, 404, 0),
    "a wrong verb": ("PUT", "users/@me", None, 405, 0),
}


@pytest.mark.parametrize("name", CODES)
async def test_each_fault_has_discords_code(
    rest: aiohttp.ClientSession,
    stand_in: DiscordStandIn,
    me: Person,
    general: str,
    watcher: Watcher,
    name: str,
) -> None:
    method, path, body, status, code = CODES[name]
    said = (await me.say(general, "x"))["id"]
    names = {"general": general, "said": said, "guild": me.guild_id, "bot": stand_in.world.bot_id}
    filled = {
        key: value.format(**names) if isinstance(value, str) else value for key, value in (body or {}).items()
    }
    answered, error = await ask(rest, method, path.format(**names), filled or None)
    assert (answered, error["code"]) == (status, code), error
    watcher.problems = [problem for problem in watcher.problems if " request " not in problem]


async def test_a_body_that_is_no_json_is_told(rest: aiohttp.ClientSession, general: str) -> None:
    json_type = {"Content-Type": "application/json"}
    async with rest.post(f"channels/{general}/messages", data=b"{", headers=json_type) as response:
        assert (response.status, (await response.json())["code"]) == (400, 50109)


async def test_without_the_token_nothing_is_answered(rest: aiohttp.ClientSession) -> None:
    status, error = await ask(rest, "GET", "users/@me", Authorization="Bot wrong")
    assert (status, error) == (401, {"message": "401: Unauthorized", "code": 0})


async def test_a_file_that_is_too_large_is_refused(rest: aiohttp.ClientSession, general: str) -> None:
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("payload_json", '{"content": "x"}')
    form.add_field("files[0]", io.BytesIO(bytes(10 * 1024 * 1024 + 1)), filename="x.bin")
    async with rest.post(f"channels/{general}/messages", data=form) as response:
        assert (response.status, (await response.json())["code"]) == (413, 40005)


def command(**parts: object) -> Json:
    return {"name": "play", "description": "x", **parts}


def option(**parts: object) -> Json:
    return {"type": 3, "name": "a", "description": "x", **parts}


COMMAND_FAULTS = {
    "upper case": (command(name="Play"), "name", "APPLICATION_COMMAND_INVALID_NAME"),
    "a space": (command(name="pl ay"), "name", "APPLICATION_COMMAND_INVALID_NAME"),
    "33 characters": (command(name="x" * 33), "name", LENGTH),
    "no description": ({"name": "play"}, "description", REQUIRED),
    "a long description": (command(description="x" * 101), "description", LENGTH),
    "26 options": (command(options=[option(name=f"a{n}") for n in range(26)]), "options", LONG),
    "26 choices": (
        command(options=[option(choices=[{"name": "x", "value": "y"}] * 26)]),
        "options.0.choices",
        LONG,
    ),
    "required after optional": (
        command(options=[option(), option(name="b", required=True)]),
        "options.1",
        "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
    ),
    "the same option twice": (
        command(options=[option(), option()]),
        "options.1",
        "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS",
    ),
    "a choice of another type": (
        command(options=[option(type=4, choices=[{"name": "x", "value": "y"}])]),
        "options.0.choices.0.value",
        "UNION_TYPE_CHOICES",
    ),
    "a localised name": (
        command(name_localizations={"ja": "流 す"}),
        "name_localizations.ja",
        "APPLICATION_COMMAND_INVALID_NAME",
    ),
}


@pytest.mark.parametrize("name", COMMAND_FAULTS)
async def test_a_wrong_command_is_refused_where_it_is_wrong(
    rest: aiohttp.ClientSession, stand_in: DiscordStandIn, watcher: Watcher, name: str
) -> None:
    body, path, code = COMMAND_FAULTS[name]
    status, error = await ask(rest, "PUT", f"applications/{stand_in.world.bot_id}/commands", [body])
    assert (status, error["code"]) == (400, 50035)
    node = error["errors"]["0"]
    for key in path.split("."):
        node = node[key]
    assert node["_errors"][0]["code"] == code
    watcher.problems = [problem for problem in watcher.problems if " request " not in problem]


async def test_a_hundred_commands_are_the_most(rest: aiohttp.ClientSession, stand_in: DiscordStandIn) -> None:
    path = f"applications/{stand_in.world.bot_id}/commands"
    commands = [command(name=f"c{number}") for number in range(100)]
    async with rest.put(path, json=commands) as response:
        assert (response.status, len(first := await response.json())) == (200, 100)
    status, error = await ask(rest, "PUT", path, [*commands, command(name="one-more")])
    assert (status, error["code"]) == (400, 30032)
    async with rest.put(path, json=[command(name="c0", description="y"), command(name="c1")]) as response:
        changed, same = await response.json()
    assert (changed["id"], changed["description"]) == (first[0]["id"], "y")
    assert (changed["version"] != first[0]["version"], same["version"]) == (True, first[1]["version"])


async def test_a_message_that_is_sent_too_often_is_refused_with_the_time_to_wait(watcher: Watcher) -> None:
    stand_in = DiscordStandIn(None)
    headers = {"Authorization": f"Bot {stand_in.token}"}
    async with (
        standing_in(stand_in, watcher),
        aiohttp.ClientSession(f"{stand_in.url}/api/v10/", headers=headers) as rest,
    ):
        texts = [channel["id"] for channel in stand_in.world.channels.values() if channel["type"] == 0]
        for remaining in (4, 3, 2, 1, 0):
            async with rest.post(f"channels/{texts[0]}/messages", json={"content": "x"}) as response:
                assert response.headers["X-RateLimit-Limit"] == "5"
                assert response.headers["X-RateLimit-Remaining"] == str(remaining)
                assert 0 < float(response.headers["X-RateLimit-Reset-After"]) <= 5
        async with rest.post(f"channels/{texts[0]}/messages", json={"content": "x"}) as response:
            body = await response.json()
            assert (response.status, body["global"], response.headers["Via"]) == (429, False, "1.1 sandbox")
            assert 0 < body["retry_after"] <= 5
            assert response.headers["X-RateLimit-Scope"] == "user"
            assert int(response.headers["Retry-After"]) >= body["retry_after"]
        async with rest.post(f"channels/{texts[1]}/messages", json={"content": "x"}) as response:
            assert response.status == 200, "another channel has a bucket of its own"


async def test_http_faults_strike_the_rest_api_alone(
    rest: aiohttp.ClientSession, people: PeopleApi, me: Person, general: str
) -> None:
    rule = {"action": "status", "status": 503, "path": "/messages", "times": 1}
    await people.call("POST", "/discord/faults", rule)
    await me.say(general, "ただの人")
    async with rest.get(f"channels/{general}/messages") as response:
        assert response.status == 503
    async with rest.get(f"channels/{general}/messages") as response:
        assert response.status == 200
    assert (await people.call("GET", "/discord/faults"))["struck"] == 1


NASTY = [None, True, -1, 2**70, 1.5, "x" * 3000, "\ud800", [[]], {"type": []}, [{"type": {}}]]
FIELDS = {
    "POST /api/v10/channels/{general}/messages": (
        "content embeds components flags nonce allowed_mentions message_reference attachments enforce_nonce"
    ),
    "PATCH /api/v10/channels/{general}/messages/{own}": (
        "content embeds components flags allowed_mentions attachments"
    ),
    "PUT /api/v10/applications/{bot}/commands": (
        "name type description options default_member_permissions contexts name_localizations"
    ),
    "POST /api/v10/users/@me/channels": "recipient_id",
    "PATCH /sandbox/channels/{general}": (
        "name topic position nsfw rate_limit_per_user parent_id permission_overwrites rtc_region user_limit"
    ),
    "PUT /sandbox/channels/{general}/permissions/{guild}": "type allow deny",
    "POST /sandbox/channels/{general}/threads": "name type auto_archive_duration",
    "POST /sandbox/guilds/{guild}/channels": "name type topic",
    "POST /sandbox/guilds/{guild}/roles": "name permissions color hoist",
    "PATCH /sandbox/guilds/{guild}/members/{me}": "nick roles communication_disabled_until mute channel_id",
    "PATCH /sandbox/guilds/{guild}": "name preferred_locale",
}


@pytest.mark.parametrize("route", FIELDS)
async def test_no_body_however_odd_is_a_fault_of_the_server(
    rest: aiohttp.ClientSession,
    stand_in: DiscordStandIn,
    me: Person,
    general: str,
    watcher: Watcher,
    route: str,
) -> None:
    method, path = route.split(" ")
    _, own = await ask(rest, "POST", f"channels/{general}/messages", {"content": "x"})
    names = {"general": general, "own": own["id"], "guild": me.guild_id, "me": me.id}
    base: Json = {"content": "x", "name": "x", "description": "x", "type": 0, "user": me.id}
    url = f"{stand_in.url}{path.format(**names, bot=stand_in.world.bot_id)}"
    for field in FIELDS[route].split(" "):
        for value in NASTY:
            body = {**base, field: value}
            status, error = await ask(rest, method, url, [body] if path.endswith("/commands") else body)
            assert status < 500, (field, value, error)
    watcher.problems = [problem for problem in watcher.problems if " request " not in problem]
