"""A stand-in for Discord: REST v10 and gateway v10 for the bot, the people API for everybody else."""

from sandbox.discord.stand_in import DiscordStandIn

__all__ = ["DiscordStandIn"]
