"""REST v10: what the bot asks of Discord, a module for each kind of object."""
