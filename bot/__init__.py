"""Otonari: a Discord bot that chats through Gemini, plays music through Lavalink and reports to Supabase."""
