"""What tests give up on where other programs hold every core."""

BUSY_SECONDS = 60.0
"""In which a bot must acknowledge an interaction: Discord's three are for `test_discord_interactions.py`."""
