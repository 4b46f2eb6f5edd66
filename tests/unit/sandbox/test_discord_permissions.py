"""Our permission sums equal discord.py's, which clients and bots rely on."""

from __future__ import annotations

from typing import Any
from unittest.mock import create_autospec

import discord
from discord.state import ConnectionState
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sandbox.discord import objects, permissions, render
from sandbox.discord.seed import add_channel, add_guild, add_user
from sandbox.discord.world import World

STATE: Any = create_autospec(ConnectionState, instance=True)
BITS = st.integers(0, permissions.ALL)
# Bits that other bits imply: only these are compared beside VIEW_CHANNEL.
COMPARED = (
    *("SEND_MESSAGES", "EMBED_LINKS", "ATTACH_FILES", "READ_MESSAGE_HISTORY", "ADD_REACTIONS"),
    *("MANAGE_MESSAGES", "MENTION_EVERYONE", "USE_APPLICATION_COMMANDS"),
    *("VIEW_CHANNEL", "PIN_MESSAGES", "CREATE_PUBLIC_THREADS"),
)


def theirs(world: World, guild_id: str, channel_id: str, user_id: str) -> discord.Permissions:
    state = STATE
    state.member_cache_flags = discord.MemberCacheFlags.all()
    state.shard_count, state.self_id = None, int(world.bot_id)
    state.store_user = lambda data, **_: discord.User(state=state, data=data)
    data: Any = render.gateway_guild(world, world.guilds[guild_id], everybody=True)
    guild = discord.Guild(data=data, state=state)
    member, channel = guild.get_member(int(user_id)), guild.get_channel(int(channel_id))
    assert member is not None
    assert channel is not None
    return channel.permissions_for(member)


@settings(max_examples=50)
@given(
    everyone=BITS,
    role=BITS,
    overwrites=st.tuples(*[st.tuples(BITS, BITS)] * 3),
    kind=st.sampled_from([objects.TEXT, objects.VOICE]),
    has_role=st.booleans(),
    owner=st.booleans(),
)
@example(everyone=0, role=0, overwrites=((0, 0), (0, 0), (1024, 0)), kind=0, has_role=False, owner=False)
def test_a_members_permissions_in_a_channel_are_discord_pys(
    everyone: int, role: int, overwrites: Any, kind: int, has_role: bool, owner: bool
) -> None:
    world = World(None)
    world.users[world.bot_id] = objects.user(world.bot_id, "bot", None, bot=True)
    people = [add_user(world, name, None)["id"] for name in ("owner", "member")]
    guild = add_guild(world, "guild", people[0])
    guild.roles[guild.id]["permissions"] = str(everyone)
    role_id = world.new_id()
    guild.roles[role_id] = objects.role(role_id, "role", role)
    guild.members[people[1]] = objects.member(people[1], [role_id] if has_role else [])
    channel = add_channel(world, guild, "channel", kind)
    targets = ((guild.id, 0), (role_id, 0), (people[1], 1))
    channel["permission_overwrites"] = [
        {"id": target, "type": kind_, "allow": str(allow), "deny": str(deny & ~allow)}
        for (target, kind_), (allow, deny) in zip(targets, overwrites, strict=True)
    ]
    user_id = people[0] if owner else people[1]
    ours = world.permissions(channel, user_id)
    expected = theirs(world, guild.id, channel["id"], user_id).value
    visible = bool(expected & permissions.VIEW_CHANNEL)
    assert bool(ours & permissions.VIEW_CHANNEL) == visible
    if kind == objects.TEXT and visible:
        mask = sum(getattr(permissions, name) for name in COMPARED)
        assert ours & mask == expected & mask
    elif visible:
        assert bool(ours & permissions.CONNECT) == bool(expected & permissions.CONNECT)


def test_somebody_timed_out_only_reads() -> None:
    world = World(None)
    world.users[world.bot_id] = objects.user(world.bot_id, "bot", None, bot=True)
    owner, member = (add_user(world, name, None)["id"] for name in ("owner", "member"))
    guild = add_guild(world, "guild", owner)
    guild.members[member] = objects.member(member)
    channel = add_channel(world, guild, "channel", objects.TEXT)
    for until, sends in (("2999-01-01T00:00:00+00:00", False), ("2020-01-01T00:00:00+00:00", True)):
        guild.members[member]["communication_disabled_until"] = until
        held = world.permissions(channel, member)
        assert held & permissions.VIEW_CHANNEL
        assert bool(held & permissions.SEND_MESSAGES) is sends


def test_a_direct_channel_is_open_to_its_two_alone() -> None:
    world = World(None)
    world.users[world.bot_id] = objects.user(world.bot_id, "bot", None, bot=True)
    friend, stranger = (add_user(world, name, None)["id"] for name in ("friend", "stranger"))
    channel = world.direct_channel(friend)
    assert world.permissions(channel, friend) & permissions.SEND_MESSAGES
    assert world.permissions(channel, world.bot_id) & permissions.SEND_MESSAGES
    assert world.permissions(channel, stranger) == 0
