"""The address at which somebody invites the bot to their server."""

from __future__ import annotations

import discord

PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    embed_links=True,
    attach_files=True,
    read_message_history=True,
    add_reactions=True,
    connect=True,
    speak=True,
)


def invite_url(application_id: object) -> str:
    """Return the address for an application's id, with the rights that the bot uses.

    https://discord.com/developers/docs/topics/oauth2#bot-authorization-flow
    """
    return (
        f"https://discord.com/oauth2/authorize?client_id={application_id}"
        f"&scope=bot+applications.commands&permissions={PERMISSIONS.value}"
    )
