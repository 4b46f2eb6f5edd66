"""Lavalink's v4 protocol, whatever it is that plays: the playback port, sessions, updates, error answers."""
