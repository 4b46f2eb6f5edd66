"""The colours of embeds, as 0xRRGGBB."""

BLURPLE = 0x5865F2
"""Discord's own colour, of every embed that is no report: https://discord.com/branding."""
GREEN = 0x00FF88
"""Reports about the bot."""
AMBER = 0xFFB020
"""Such a report when something is wrong."""
