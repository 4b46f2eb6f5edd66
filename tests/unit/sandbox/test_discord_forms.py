"""Mentions, components, commands and options, without a server."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.discord import objects, permissions
from sandbox.discord.command_form import check_command
from sandbox.discord.components import check_components, walk
from sandbox.discord.embeds import check_embeds
from sandbox.discord.errors import InvalidFormError
from sandbox.discord.form import Form
from sandbox.discord.mentions import check_allowed_mentions, mentions
from sandbox.discord.seed import seed
from sandbox.discord.uploads import safe_filename
from sandbox.discord.world import World

ANYTHING = st.sampled_from(
    [None, True, 0, 1, -(2**70), 1.5, "", "x", "x" * 5000, [], [1], [[]], {}, {"x": []}]
)
NAMES = (
    *("name", "title", "description", "fields", "value", "components", "custom_id", "options", "author"),
    *(
        "footer",
        "text",
        "image",
        "url",
        "label",
        "style",
        "choices",
        "component",
        "accessory",
        "parse",
        "users",
    ),
    *("content", "emoji", "name_localizations", "min_value", "required", "color", "flags", "placeholder"),
)


def _object(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects that look enough like Discord's to get past the first check."""
    kinds = st.tuples(st.just("type"), st.integers(0, 20))
    pairs = st.tuples(st.sampled_from([*NAMES, "type"]), ANYTHING | inner)
    return st.builds(lambda first, rest: dict([first, *rest]), kinds, st.lists(pairs, max_size=5))


BODIES = st.recursive(
    ANYTHING, lambda inner: _object(inner) | st.lists(_object(inner), max_size=3), max_leaves=5
)


@settings(max_examples=300)
@given(BODIES)
def test_whatever_is_sent_is_taken_or_told_never_a_crash(body: Any) -> None:
    raw = body if isinstance(body, dict) else {"name": body}
    for check in (
        lambda form: check_embeds(form, body),
        lambda form: check_components(form, body),
        lambda form: check_components(form, body, v2=True),
        lambda form: check_allowed_mentions(form, body),
        lambda form: check_command(form, raw, ()),
    ):
        check(Form())


def test_every_fault_is_told_at_its_place() -> None:
    form = Form()
    form.required(("embeds", 0, "title"))
    form.fault(("embeds", 0, "title"), "B", "b")
    form.fault(("content",), "C", "c")
    with pytest.raises(InvalidFormError) as caught:
        form.check()
    errors: Any = caught.value.body()["errors"]
    assert [error["code"] for error in errors["embeds"]["0"]["title"]["_errors"]] == [
        "BASE_TYPE_REQUIRED",
        "B",
    ]
    assert errors["content"] == {"_errors": [{"code": "C", "message": "c"}]}


@pytest.mark.parametrize(
    ("allowed", "pinged"),
    [
        (None, {"users": 2, "roles": 1, "everyone": True}),
        ({"parse": []}, {"users": 0, "roles": 0, "everyone": False}),
        ({"parse": ["users"]}, {"users": 2, "roles": 0, "everyone": False}),
        ({"parse": ["roles", "everyone"]}, {"users": 0, "roles": 1, "everyone": True}),
        ({"users": ["me"]}, {"users": 1, "roles": 0, "everyone": False}),
        ({"parse": [], "replied_user": True}, {"users": 1, "roles": 0, "everyone": False}),
    ],
)
def test_allowed_mentions_decide_who_is_pinged(allowed: Any, pinged: dict[str, Any]) -> None:
    world = World(None)
    seed(world)
    guild = next(iter(world.guilds.values()))
    me, other = world.meta["me"], list(guild.members)[2]
    role = next(key for key, value in guild.roles.items() if value["name"] == "常連")
    channel = world.channels_of(guild.id)[0]
    if allowed and "users" in allowed:
        allowed = {"users": [me]}
    content = f"<@{me}> <@!{other}> <@{me}> <@&{role}> @everyone <@123>"
    replied = {"author": {"id": me}} if allowed and "replied_user" in allowed else None
    guild.members[world.bot_id]["roles"].append(role)
    guild.roles[role]["permissions"] = str(permissions.MENTION_EVERYONE)
    found = mentions(world, channel, world.bot_id, content, check_allowed_mentions(Form(), allowed), replied)
    assert len(found["mentions"]) == pinged["users"]
    assert len(found["mention_roles"]) == pinged["roles"]
    assert found["mention_everyone"] is pinged["everyone"]


def test_components_are_numbered_once_each() -> None:
    button = {"type": 2, "style": 1, "label": "x", "custom_id": "a"}
    container = {
        "type": 17,
        "components": [{"type": 10, "content": "x"}, {"type": 1, "components": [button]}],
    }
    form = Form()
    found = check_components(form, [container, {"type": 14}], v2=True)
    form.check()
    ids = [component["id"] for component in walk(found)]
    assert sorted(ids) == list(range(1, 6))


@pytest.mark.parametrize("name", ["流す", "play-now", "l'eau", "a_1", "ใหม่", "ほげほげ"])
def test_a_commands_name_may_be_in_any_script(name: str) -> None:
    form = Form()
    check_command(form, {"name": name, "description": "x"}, ())
    form.check()


def test_a_command_of_more_than_8000_characters_is_refused() -> None:
    choices = [{"name": "n" * 100, "value": "v" * 100} for _ in range(25)]
    options = [{"type": 3, "name": f"o{n}", "description": "d" * 100, "choices": choices} for n in range(2)]
    form = Form()
    check_command(form, {"name": "big", "description": "x", "options": options}, ())
    assert [code for _, code, _ in form.faults] == ["APPLICATION_COMMAND_TOO_LARGE"]


@pytest.mark.parametrize(
    ("name", "kept"), [("絵 1.png", "__1.png"), ("../../etc/passwd", ".._.._etc_passwd")]
)
def test_a_files_name_is_made_safe(name: str, kept: str) -> None:
    assert safe_filename(name) == kept


def test_a_fresh_world_has_the_people_and_places_of_the_contract() -> None:
    world = World(None)
    seed(world)
    (guild,) = world.guilds.values()
    assert guild.data["name"] == "お隣さん"
    assert guild.data["owner_id"] == world.meta["me"]
    names = [channel["name"] for channel in world.channels_of(guild.id)]
    assert names == ["general", "music", "bot-lab", "ラウンジ", "作業部屋"]
    administrators = [
        role["name"] for role in guild.roles.values() if int(role["permissions"]) & permissions.ADMINISTRATOR
    ]
    assert administrators == ["管理者"]
    assert [user["global_name"] for user in world.users.values()] == [None, "あなた", "はる", "ユキ"]
    assert objects.TEXT == 0
