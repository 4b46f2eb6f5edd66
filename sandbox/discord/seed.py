"""The world of a first start: a guild, its channels and roles, three people and the bot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.discord import objects
from sandbox.discord.guild import Guild
from sandbox.discord.permissions import ADMINISTRATOR, BOT, EVERYONE

if TYPE_CHECKING:
    from sandbox.discord.wire import Json
    from sandbox.discord.world import World

BOT_NAME = "Otonari"
PEOPLE = (("you", "あなた"), ("haru", "はる"), ("yuki", "ユキ"))
"""Username and display name; the first is the default person and owns the guild."""
GUILD_NAME = "お隣さん"
CHANNELS = (
    ("general", objects.TEXT),
    ("music", objects.TEXT),
    ("bot-lab", objects.TEXT),
    ("ラウンジ", objects.VOICE),
    ("作業部屋", objects.VOICE),
)


def seed(world: World) -> None:
    """Fill an empty world."""
    world.users[world.bot_id] = objects.user(world.bot_id, BOT_NAME, None, bot=True)
    world.touch("user", world.bot_id)
    people = [add_user(world, username, name)["id"] for username, name in PEOPLE]
    world.meta["me"] = people[0]
    world.touch("meta", "meta")
    guild = add_guild(world, GUILD_NAME, people[0])
    for person in people[1:]:
        guild.members[person] = objects.member(person)
    for name, kind in CHANNELS:
        add_channel(world, guild, name, kind)
    guild.data["system_channel_id"] = world.channels_of(guild.id)[0]["id"]
    for position, (name, permissions) in enumerate((("常連", 0), ("管理者", ADMINISTRATOR)), start=2):
        role_id = world.new_id()
        guild.roles[role_id] = objects.role(role_id, name, permissions, position=position)


def add_user(world: World, username: str, global_name: str | None) -> Json:
    """Make a person."""
    user = objects.user(world.new_id(), username, global_name)
    world.users[user["id"]] = user
    world.touch("user", user["id"])
    return user


def add_guild(world: World, name: str, owner_id: str) -> Guild:
    """Make a guild with @everyone, its owner, and the bot with the role that its invitation made."""
    guild_id = world.new_id()
    guild = Guild(guild_id, objects.guild(guild_id, name, owner_id))
    guild.roles[guild_id] = objects.role(guild_id, "@everyone", EVERYONE, position=0)
    role_id = world.new_id()
    bot_role = objects.role(role_id, BOT_NAME, BOT, position=1)
    guild.roles[role_id] = bot_role | {"managed": True, "tags": {"bot_id": world.bot_id}}
    guild.members[owner_id] = objects.member(owner_id)
    guild.members[world.bot_id] = objects.member(world.bot_id, [role_id])
    world.guilds[guild_id] = guild
    world.touch("guild", guild_id)
    return guild


def add_channel(world: World, guild: Guild, name: str, kind: int) -> Json:
    """Make a channel at the end of the guild's list."""
    position = len(world.channels_of(guild.id))
    channel = objects.channel(world.new_id(), guild.id, name, kind, position=position)
    world.channels[channel["id"]] = channel
    world.touch("channel", channel["id"])
    return channel
