"""A voice server: Discord's voice gateway (version 8) and its UDP, and an ear that measures what is sent."""

from sandbox.voice.stand_in import VoiceStandIn

__all__ = ["VoiceStandIn"]
