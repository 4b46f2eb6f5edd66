"""Decides as Discord does whether somebody may use a command in a server. Pure.

https://discord.com/developers/docs/interactions/application-commands#permissions,
https://support.discord.com/hc/en-us/articles/10952896421783-Updates-to-Command-Permissions and
https://support.discord.com/hc/en-us/articles/10952702911639-Command-Permissions-Lockout
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum, auto
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import discord


class OverrideKind(IntEnum):
    """What an override is about, by Discord's numbers."""

    ROLE = 1
    USER = 2
    CHANNEL = 3


class Override(NamedTuple):
    """One entry of a server's settings for a command, or for all commands of the bot."""

    target_id: int
    """Of a role, a user or a channel; the server's own id is @everyone, the one below it every channel."""
    kind: OverrideKind
    is_allowed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who wants to use a command, and where."""

    guild_id: int
    channel_id: int
    """In a thread its parent's: what is set for a channel holds in its threads."""
    user_id: int
    role_ids: Collection[int]
    permissions: discord.Permissions
    """In that channel."""


class Verdict(Enum):
    """Whether a command may be used, and why it may not."""

    ALLOWED = auto()
    DENIED = auto()
    """An override says no."""
    DEFAULT_MISSING = auto()
    """No override says yes, and the caller lacks the command's default permissions."""


def decide(
    caller: Caller,
    default: discord.Permissions | None,
    *,
    command: Sequence[Override] = (),
    application: Sequence[Override] = (),
) -> Verdict:
    """Return whether ``caller`` may use a command.

    ``default`` are the permissions that it takes by itself (None: anybody may; none set: administrators).
    An administrator may use everything. The channel and the caller are looked up apart from each other: what
    is set for the ``command`` goes before what is set for the whole ``application``, a user before roles, of
    several roles one that is allowed before one that is not, @everyone last. Only an override of the command
    itself stands in for the default permissions.
    """
    if caller.permissions.administrator:
        return Verdict.ALLOWED
    if not _is_allowed_in_channel(caller, command, application):
        return Verdict.DENIED
    of_command = _of_person(caller, command)
    if of_command is not None:
        return Verdict.ALLOWED if of_command else Verdict.DENIED
    if _of_person(caller, application) is False:
        return Verdict.DENIED
    if default is None or (default.value and default <= caller.permissions):
        return Verdict.ALLOWED
    return Verdict.DEFAULT_MISSING


def _is_allowed_in_channel(caller: Caller, *levels: Sequence[Override]) -> bool:
    for overrides in levels:
        for target_id in (caller.channel_id, caller.guild_id - 1):
            found = _of(overrides, OverrideKind.CHANNEL, target_id)
            if found is not None:
                return found
    return True


def _of_person(caller: Caller, overrides: Sequence[Override]) -> bool | None:
    """Return what the overrides of one level say of the caller; None: nothing."""
    of_user = _of(overrides, OverrideKind.USER, caller.user_id)
    if of_user is not None:
        return of_user
    of_roles = {
        override.is_allowed
        for override in overrides
        if override.kind is OverrideKind.ROLE
        and override.target_id in caller.role_ids
        and override.target_id != caller.guild_id
    }
    return any(of_roles) if of_roles else _of(overrides, OverrideKind.ROLE, caller.guild_id)


def _of(overrides: Sequence[Override], kind: OverrideKind, target_id: int) -> bool | None:
    found = (each.is_allowed for each in overrides if (each.target_id, each.kind) == (target_id, kind))
    return next(found, None)
