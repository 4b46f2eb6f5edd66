"""Numbers of the voice gateway.

https://docs.discord.com/developers/topics/opcodes-and-status-codes#voice
"""

from __future__ import annotations

from enum import IntEnum
from typing import TypeAlias

Json: TypeAlias = "dict[str, object]"
VERSION = 8
"""Of the voice gateway: https://docs.discord.com/developers/topics/voice-connections#voice-gateway-versioning"""


class Opcode(IntEnum):
    """What a payload is; those from ``EXTERNAL_SENDER`` to ``WELCOME`` travel as binary."""

    IDENTIFY = 0
    SELECT_PROTOCOL = 1
    READY = 2
    HEARTBEAT = 3
    SESSION_DESCRIPTION = 4
    SPEAKING = 5
    HEARTBEAT_ACK = 6
    RESUME = 7
    HELLO = 8
    RESUMED = 9
    CLIENTS_CONNECT = 11
    CLIENT_DISCONNECT = 13
    PREPARE_TRANSITION = 21
    EXECUTE_TRANSITION = 22
    TRANSITION_READY = 23
    PREPARE_EPOCH = 24
    EXTERNAL_SENDER = 25
    KEY_PACKAGE = 26
    PROPOSALS = 27
    COMMIT_WELCOME = 28
    ANNOUNCE_COMMIT_TRANSITION = 29
    WELCOME = 30
    INVALID_COMMIT_WELCOME = 31


class CloseCode(IntEnum):
    """Why the voice gateway closes a connection."""

    UNKNOWN_OPCODE = 4001
    FAILED_TO_DECODE = 4002
    NOT_AUTHENTICATED = 4003
    AUTHENTICATION_FAILED = 4004
    ALREADY_AUTHENTICATED = 4005
    SESSION_NO_LONGER_VALID = 4006
    SESSION_TIMEOUT = 4009
    SERVER_NOT_FOUND = 4011
    UNKNOWN_PROTOCOL = 4012
    DISCONNECTED = 4014
    SERVER_CRASHED = 4015
    UNKNOWN_ENCRYPTION_MODE = 4016
    E2EE_REQUIRED = 4017
    BAD_REQUEST = 4020
    RATE_LIMITED = 4021
    CALL_TERMINATED = 4022


REASONS = {
    CloseCode.UNKNOWN_OPCODE: "Unknown opcode",
    CloseCode.FAILED_TO_DECODE: "Failed to decode payload",
    CloseCode.NOT_AUTHENTICATED: "Not authenticated",
    CloseCode.AUTHENTICATION_FAILED: "Authentication failed",
    CloseCode.ALREADY_AUTHENTICATED: "Already authenticated",
    CloseCode.SESSION_NO_LONGER_VALID: "Session is no longer valid",
    CloseCode.SESSION_TIMEOUT: "Session timed out",
    CloseCode.SERVER_NOT_FOUND: "Server not found",
    CloseCode.UNKNOWN_PROTOCOL: "Unknown protocol",
    CloseCode.DISCONNECTED: "Disconnected",
    CloseCode.SERVER_CRASHED: "Voice server crashed",
    CloseCode.UNKNOWN_ENCRYPTION_MODE: "Unknown encryption mode",
    CloseCode.E2EE_REQUIRED: "E2EE/DAVE protocol required",
    CloseCode.BAD_REQUEST: "Bad request",
    CloseCode.RATE_LIMITED: "Rate limited",
    CloseCode.CALL_TERMINATED: "Call terminated",
}


class VoiceClose(Exception):  # noqa: N818 - it asks for an end, it is no fault of ours
    """Ends a connection with one of the voice gateway's close codes."""

    def __init__(self, code: CloseCode) -> None:
        super().__init__(REASONS[code])
        self.code = code
