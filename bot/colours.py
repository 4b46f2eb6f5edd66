"""The colours of embeds, as 0xRRGGBB."""

BLURPLE = 0x5865F2
"""Discord's own; of whatever is no report: https://discord.com/branding."""
GREEN = 0x00FF88
"""Of reports about the bot."""
AMBER = 0xFFB020
"""Of such a report when something is wrong."""
