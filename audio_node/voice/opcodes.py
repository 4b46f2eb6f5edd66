"""Voice opcodes and close codes (https://discord.com/developers/docs/topics/opcodes-and-status-codes#voice)."""

from __future__ import annotations

from enum import IntEnum


class Op(IntEnum):
    """What a message of the voice gateway is; from 21 on they are DAVE's, partly binary."""

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
    DAVE_PREPARE_TRANSITION = 21
    DAVE_EXECUTE_TRANSITION = 22
    DAVE_TRANSITION_READY = 23
    DAVE_PREPARE_EPOCH = 24
    DAVE_MLS_EXTERNAL_SENDER = 25
    DAVE_MLS_KEY_PACKAGE = 26
    DAVE_MLS_PROPOSALS = 27
    DAVE_MLS_COMMIT_WELCOME = 28
    DAVE_MLS_ANNOUNCE_COMMIT = 29
    DAVE_MLS_WELCOME = 30
    DAVE_MLS_INVALID_COMMIT_WELCOME = 31


class Close(IntEnum):
    """Why a voice connection was closed."""

    NORMAL = 1000
    GOING_AWAY = 1001
    ABNORMAL = 1006
    INTERNAL_ERROR = 4000
    UNKNOWN_OPCODE = 4001
    FAILED_TO_DECODE = 4002
    NOT_AUTHENTICATED = 4003
    AUTHENTICATION_FAILED = 4004
    ALREADY_AUTHENTICATED = 4005
    SESSION_INVALID = 4006
    SESSION_TIMEOUT = 4009
    SERVER_NOT_FOUND = 4011
    UNKNOWN_PROTOCOL = 4012
    DISCONNECTED = 4014
    SERVER_CRASHED = 4015
    UNKNOWN_ENCRYPTION = 4016
    ENCRYPTION_REQUIRED = 4017
    BAD_REQUEST = 4020
    RATE_LIMITED = 4021
    CALL_TERMINATED = 4022


RESUMABLE = frozenset(
    {
        Close.GOING_AWAY,
        Close.ABNORMAL,
        Close.INTERNAL_ERROR,
        Close.UNKNOWN_OPCODE,
        Close.FAILED_TO_DECODE,
        Close.NOT_AUTHENTICATED,
        Close.ALREADY_AUTHENTICATED,
        Close.SESSION_TIMEOUT,
        Close.UNKNOWN_PROTOCOL,
        Close.SERVER_CRASHED,
        Close.BAD_REQUEST,
    }
)
"""Lavalink resumes after these, and tells its client of all others (https://github.com/KyokoBot/koe,
AbstractMediaGatewayConnection.onClose); 4016, which it resumes too, cannot get better by that."""

FORGOTTEN = frozenset({Close.SESSION_INVALID, Close.SESSION_TIMEOUT})
"""How a server refuses to resume."""
