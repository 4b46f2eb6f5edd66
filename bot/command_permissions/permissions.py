"""Holds the commands to what servers decided, however they are called.

A slash command was decided on by Discord. A prefix, plain words and a model's tools are decided on here, in
the same way: by the overrides of the server's settings, else by the command's default permissions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.command_permissions.decision import Caller, Override, OverrideKind, Verdict, decide
from bot.command_permissions.overrides import OverrideCache
from bot.errors import UserError
from bot.texts import errors as texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.command_permissions.overrides import Overrides

    Context = commands.Context[Any]
    Command = app_commands.Command[Any, ..., Any] | app_commands.Group | app_commands.ContextMenu


class NotInstalledError(UserError, app_commands.CheckFailure):
    """Somebody brought the bot to a place where nobody who manages it has installed it."""

    def __init__(self) -> None:
        super().__init__(texts.NOT_INSTALLED)


class CommandTree(app_commands.CommandTree[commands.AutoShardedBot]):
    """Slash commands, of which those for managers are only for servers that have the bot."""

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Keep whoever installed the bot for themselves alone from a manager's command.

        What a server decided does not hold there: whoever calls manages a server of which its bot knows
        nothing. Raises NotInstalledError.
        """
        name = str((interaction.data or {}).get("name"))
        command = self.get_command(name, type=_type_of(interaction))
        if command is None or command.default_permissions is None or not is_only_user_installed(interaction):
            return True
        if interaction.type is discord.InteractionType.autocomplete:
            return False
        raise NotInstalledError


class CommandPermissions:
    """Decides who may use which command of a bot; also its check of every prefix command."""

    def __init__(self, bot: commands.AutoShardedBot) -> None:
        self._bot = bot
        self._ids: Mapping[str, int] | None = None
        """The commands' ids by their names, once they are known."""
        self._overrides = OverrideCache(self._read)
        bot.add_check(self.check)
        bot.add_listener(self._on_update, "on_raw_app_command_permissions_update")
        bot.add_listener(self._on_guild_remove, "on_guild_remove")
        # A session that begins, and with it a time before of which no event tells.
        bot.add_listener(self._on_shard_connect, "on_shard_connect")

    async def close(self) -> None:
        """End what is being read."""
        await self._overrides.close()

    async def check(self, ctx: Context) -> bool:
        """Raise what keeps the caller from a command, unless Discord has decided; called by discord.py."""
        if ctx.interaction is None and ctx.command is not None and ctx.guild is not None:
            root = ctx.command.root_parent or ctx.command
            if self._bot.tree.get_command(root.name) is not None:
                await self.require(root.name, ctx.author, ctx.channel)
        return True

    async def require(
        self, name: str, person: discord.User | discord.Member, channel: discord.abc.MessageableChannel
    ) -> None:
        """Raise MissingPermissions or CheckFailure where somebody may not use a command in a server.

        ``name`` is the slash command's, or its group's. Raises NotInstalledError where the bot is no member.
        """
        verdict = await self.verdict(name, person, channel)
        if verdict is Verdict.DENIED:
            raise commands.CheckFailure("the server's settings say no")
        if verdict is Verdict.DEFAULT_MISSING:
            default = self._default(name) or discord.Permissions(administrator=True)
            missing = default & ~permissions_in(channel, person)
            raise commands.MissingPermissions([flag for flag, is_missing in missing if is_missing])

    async def verdict(
        self, name: str, person: discord.User | discord.Member, channel: discord.abc.MessageableChannel
    ) -> Verdict:
        """Return whether somebody may use a command in a channel of a server; raises NotInstalledError."""
        guild, default = channel.guild, self._default(name)
        if guild is None or self._bot.get_guild(guild.id) is None:
            raise NotInstalledError
        caller = Caller(
            guild_id=guild.id,
            channel_id=channel.parent_id if isinstance(channel, discord.Thread) else channel.id,
            user_id=person.id,
            role_ids=[role.id for role in person.roles] if isinstance(person, discord.Member) else (),
            permissions=permissions_in(channel, person),
        )
        overrides = {} if caller.permissions.administrator else await self._overrides.of(guild.id) or {}
        command_id = (self._ids or {}).get(name)
        return decide(
            caller,
            default,
            command=overrides.get(command_id, ()) if command_id else (),
            application=overrides.get(self._bot.application_id or 0, ()),
        )

    def _default(self, name: str) -> discord.Permissions | None:
        command = self._bot.tree.get_command(name)
        # What there is not, nobody can have been allowed.
        return discord.Permissions.none() if command is None else command.default_permissions

    async def _read(self, guild_id: int) -> Overrides:
        if self._ids is None:
            self._ids = {command.name: command.id for command in await self._bot.tree.fetch_commands()}
        application_id = self._bot.application_id or 0
        found = await self._bot.http.get_guild_application_command_permissions(application_id, guild_id)
        return {
            int(entry["id"]): _overrides(
                (int(each["id"]), each["type"], each["permission"]) for each in entry["permissions"]
            )
            for entry in found
        }

    async def _on_update(self, payload: discord.RawAppCommandPermissionsUpdateEvent) -> None:
        if payload.application_id != self._bot.application_id:
            return  # Those who manage a server may see the settings of other bots, too.
        known = {payload.application_id, *(self._ids or {}).values()}
        if payload.target_id not in known:
            self._ids = None  # A command that was registered since.
            self._overrides.forget(payload.guild.id)
            return
        entries = ((each.id, each.type.value, each.permission) for each in payload.permissions)
        self._overrides.update(payload.guild.id, payload.target_id, _overrides(entries))

    async def _on_guild_remove(self, guild: discord.Guild) -> None:
        self._overrides.forget(guild.id)

    async def _on_shard_connect(self, _shard_id: int) -> None:
        self._overrides.forget_all()


def permissions_in(
    channel: discord.abc.MessageableChannel, person: discord.User | discord.Member
) -> discord.Permissions:
    """Return what somebody may do in a channel: nothing who is no member of its server, such as a webhook."""
    if not isinstance(person, discord.Member):
        return discord.Permissions.none()
    is_lost = isinstance(channel, discord.Thread) and channel.parent is None
    if is_lost or isinstance(channel, discord.PartialMessageable):
        return person.guild_permissions
    return channel.permissions_for(person)


def is_only_user_installed(interaction: discord.Interaction[Any]) -> bool:
    """Tell whether an interaction goes back to its user's own installation, and to no server's.

    https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object-authorizing-integration-owners-object
    """
    return interaction.is_user_integration() and not interaction.is_guild_integration()


def _type_of(interaction: discord.Interaction[Any]) -> discord.AppCommandType:
    return discord.AppCommandType(int((interaction.data or {}).get("type", 1)))


def _overrides(entries: Iterable[tuple[int, int, bool]]) -> tuple[Override, ...]:
    """Return overrides of (target, kind, whether it is allowed); kinds that Discord may add are left out."""
    kinds = {kind.value for kind in OverrideKind}
    return tuple(
        Override(target, OverrideKind(kind), allowed) for target, kind, allowed in entries if kind in kinds
    )
