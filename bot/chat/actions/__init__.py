"""The bot's own commands, reached in natural language, with the asker's own rights."""
