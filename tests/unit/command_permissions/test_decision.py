"""Every rule of Discord's documentation on command permissions, a line each."""

from __future__ import annotations

from dataclasses import replace

import discord
import pytest

from bot.command_permissions.decision import Caller, Override, OverrideKind, Verdict, decide

GUILD, CHANNEL, OTHER_CHANNEL, USER, LEADS, BUDDIES = 1000, 11, 12, 21, 31, 32
EVERYONE, ALL_CHANNELS = GUILD, GUILD - 1
ALLOWED, DENIED, DEFAULT_MISSING = Verdict
MANAGE = discord.Permissions(manage_guild=True)
NOBODY = discord.Permissions(0)
"""As a default: administrators only."""


def role(target: int, allowed: bool) -> Override:
    return Override(target, OverrideKind.ROLE, allowed)


def user(allowed: bool) -> Override:
    return Override(USER, OverrideKind.USER, allowed)


def channel(target: int, allowed: bool) -> Override:
    return Override(target, OverrideKind.CHANNEL, allowed)


def caller(*roles: int, permissions: discord.Permissions = NOBODY) -> Caller:
    return Caller(
        guild_id=GUILD,
        channel_id=CHANNEL,
        user_id=USER,
        role_ids={EVERYONE, *roles},
        permissions=permissions,
    )


MEMBER, LEAD, BUDDY = caller(), caller(LEADS), caller(BUDDIES)
MANAGER = caller(permissions=MANAGE)
ADMINISTRATOR = caller(permissions=discord.Permissions(administrator=True))

NONE: list[Override] = []
STUDY_BOT = [role(EVERYONE, False), role(LEADS, True), channel(ALL_CHANNELS, False), channel(12, True)]
"""The Help Center's example: the whole app is for Student Leads in #study-zone (here 12)."""
NOTECARDS = [role(BUDDIES, True), channel(CHANNEL, True)]
"""The same example's /notecards: for Study Buddies too, in #flashcard-help (here 11) too."""
LOCKED_OUT = [role(EVERYONE, False)]

RULES = {
    "anybody may where nothing is set": (MEMBER, None, NONE, NONE, ALLOWED),
    "a default takes all of its permissions": (MEMBER, MANAGE, NONE, NONE, DEFAULT_MISSING),
    "whoever has them may": (MANAGER, MANAGE, NONE, NONE, ALLOWED),
    "a default of nothing is for administrators": (MANAGER, NOBODY, NONE, NONE, DEFAULT_MISSING),
    "an administrator may by such a default": (ADMINISTRATOR, NOBODY, NONE, NONE, ALLOWED),
    "an administrator is never locked out": (
        ADMINISTRATOR,
        MANAGE,
        [user(False), channel(CHANNEL, False)],
        LOCKED_OUT,
        ALLOWED,
    ),
    "a role allowed for the command needs no default permission": (
        LEAD,
        MANAGE,
        [role(LEADS, True)],
        NONE,
        ALLOWED,
    ),
    "a user allowed for the command needs none either": (MEMBER, MANAGE, [user(True)], NONE, ALLOWED),
    "even where the default is administrators only": (LEAD, NOBODY, [role(LEADS, True)], NONE, ALLOWED),
    "others keep the default": (BUDDY, MANAGE, [role(LEADS, True)], NONE, DEFAULT_MISSING),
    "@everyone allowed for the command lifts the default": (
        MEMBER,
        MANAGE,
        [role(EVERYONE, True)],
        NONE,
        ALLOWED,
    ),
    "@everyone denied locks out the manager, too": (MANAGER, MANAGE, LOCKED_OUT, NONE, DENIED),
    "unless a role of theirs was allowed before": (
        LEAD,
        None,
        [role(LEADS, True), role(EVERYONE, False)],
        NONE,
        ALLOWED,
    ),
    "a user goes before their roles": (LEAD, None, [role(LEADS, True), user(False)], NONE, DENIED),
    "also where the user is the one allowed": (LEAD, None, [role(LEADS, False), user(True)], NONE, ALLOWED),
    "of several roles one that is allowed is enough": (
        caller(LEADS, BUDDIES),
        None,
        [role(LEADS, False), role(BUDDIES, True)],
        NONE,
        ALLOWED,
    ),
    "a role denied for the command is denied": (LEAD, None, [role(LEADS, False)], NONE, DENIED),
    "a role of the application denied is denied everywhere": (LEAD, None, NONE, [role(LEADS, False)], DENIED),
    "the application's yes does not stand in for the default": (
        LEAD,
        MANAGE,
        NONE,
        [role(LEADS, True)],
        DEFAULT_MISSING,
    ),
    "the command goes before the application": (
        LEAD,
        None,
        [role(LEADS, True)],
        [role(LEADS, False)],
        ALLOWED,
    ),
    "also with @everyone against a role": (LEAD, None, LOCKED_OUT, [role(LEADS, True)], DENIED),
    "a channel denied for the command is denied": (MANAGER, MANAGE, [channel(CHANNEL, False)], NONE, DENIED),
    "whatever its user is allowed": (MEMBER, None, [channel(CHANNEL, False), user(True)], NONE, DENIED),
    "another channel says nothing": (MEMBER, None, [channel(OTHER_CHANNEL, False)], NONE, ALLOWED),
    "every channel denied but this one": (
        MEMBER,
        None,
        [channel(ALL_CHANNELS, False), channel(CHANNEL, True)],
        NONE,
        ALLOWED,
    ),
    "every channel denied": (MEMBER, None, [channel(ALL_CHANNELS, False)], NONE, DENIED),
    "every channel denied to the application": (MEMBER, None, NONE, [channel(ALL_CHANNELS, False)], DENIED),
    "a channel of the command against all of the application": (
        MEMBER,
        None,
        [channel(CHANNEL, True)],
        [channel(ALL_CHANNELS, False)],
        ALLOWED,
    ),
    "an allowed channel gives nobody a permission": (
        MEMBER,
        MANAGE,
        [channel(CHANNEL, True)],
        NONE,
        DEFAULT_MISSING,
    ),
    "an id of another kind is another thing": (
        MEMBER,
        None,
        [Override(USER, OverrideKind.ROLE, False)],
        NONE,
        ALLOWED,
    ),
    "StudyBot: nobody else": (MEMBER, None, NONE, STUDY_BOT, DENIED),
    "StudyBot: leads, but not in this channel": (LEAD, None, NONE, STUDY_BOT, DENIED),
    "StudyBot: leads in #study-zone": (replace(LEAD, channel_id=12), None, NONE, STUDY_BOT, ALLOWED),
    "/notecards: buddies in #flashcard-help": (BUDDY, None, NOTECARDS, STUDY_BOT, ALLOWED),
    "/notecards: buddies in #study-zone": (
        replace(BUDDY, channel_id=12),
        None,
        NOTECARDS,
        STUDY_BOT,
        ALLOWED,
    ),
    "/notecards: leads in #flashcard-help": (LEAD, None, NOTECARDS, STUDY_BOT, ALLOWED),
    "/notecards: nobody else": (MEMBER, None, NOTECARDS, STUDY_BOT, DENIED),
    "/notecards: nowhere else": (replace(LEAD, channel_id=13), None, NOTECARDS, STUDY_BOT, DENIED),
    "Graggle, locked out": (LEAD, None, LOCKED_OUT, NONE, DENIED),
    "Graggle, who allowed his role first": (LEAD, None, [role(LEADS, True), *LOCKED_OUT], NONE, ALLOWED),
}


@pytest.mark.parametrize("rule", RULES)
def test_a_command_is_allowed_as_the_documentation_says(rule: str) -> None:
    who, default, command, application, verdict = RULES[rule]

    assert decide(who, default, command=command, application=application) is verdict
    assert decide(who, default, command=command[::-1], application=application[::-1]) is verdict
