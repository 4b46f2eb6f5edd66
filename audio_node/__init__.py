"""An audio node that speaks Lavalink's protocol, version 4: music without Java.

It knows nothing of the bot, and may be used by any client. README.md beside this file shows the rooms.
"""
