"""What people see and do of a guild's music: its queue, commands, controller, settings and memory."""
