"""Discord's voice: the gateway (version 8), UDP, encryption, DAVE, and the rhythm in which packets leave.

https://discord.com/developers/docs/topics/voice-connections
"""
