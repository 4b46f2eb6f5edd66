"""One session with a voice server: gateway, socket, group and sender."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, cast

from audio_node.errors import UnsupportedEncryptionError, VoiceClosedError
from audio_node.voice import ip_discovery
from audio_node.voice.dave import Dave
from audio_node.voice.encryption import choose, encryption
from audio_node.voice.gateway import VoiceGateway, VoiceOptions, VoiceServer
from audio_node.voice.opcodes import Close, Op
from audio_node.voice.rtp import RtpStream
from audio_node.voice.sender import Sender

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import aiohttp

    from audio_node.voice.dave import Answer
    from audio_node.voice.pacer import Pacer
    from audio_node.voice.sender import PacketProvider

_DISCOVERY_TRIES = 10
_DISCOVERY_WAIT = 1.0
_SPEAKING, _QUIET = 1, 0


class VoiceSession:
    """Sends what ``provider`` has, once the server lets it; calls ``connected`` then."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        pacer: Pacer,
        provider: PacketProvider,
        connected: Callable[[], None],
        server: VoiceServer,
        options: VoiceOptions,
    ) -> None:
        self.gateway = VoiceGateway(http, server, options, self)
        self.stable = False
        """Whether this run got as far as being connected or resumed."""
        self._pacer = pacer
        self._provider = provider
        self._connected = connected
        self._loop = asyncio.get_running_loop()
        self._dave = Dave(int(server.user_id), int(server.channel_id))
        self._udp: socket.socket | None = None
        self._ssrc = 0
        self._sender: Sender | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def ready(self) -> bool:
        """Whether packets can be sent."""
        return self._sender is not None

    async def run(self, *, resume: bool) -> None:
        """Connect and stay so; raises VoiceClosedError."""
        self.stable = False
        if not resume:
            self.close()
        await self.gateway.run(resume=resume)

    def close(self) -> None:
        """Send no more."""
        if self._sender is not None:
            self._pacer.remove(self._sender.turn)
        self._sender = None
        if self._udp is not None:
            self._udp.close()
        self._udp = None
        for task in self._tasks:
            task.cancel()

    async def received(self, op: int, data: Mapping[str, object]) -> None:
        """Take a message of the gateway."""
        if op == Op.READY:
            await self._discover(data)
        elif op == Op.SESSION_DESCRIPTION:
            await self._begin(data)
        elif op == Op.RESUMED:
            self.stable = True
        elif op == Op.CLIENTS_CONNECT:
            self._dave.connected(int(user) for user in cast("list[str]", data["user_ids"]))
        elif op == Op.CLIENT_DISCONNECT:
            self._dave.disconnected(int(cast("str", data["user_id"])))
        else:
            await self._answer(self._dave.receive(op, data))

    async def received_binary(self, op: int, payload: bytes) -> None:
        """Take a binary message of the gateway."""
        await self._answer(self._dave.receive_binary(op, payload))

    async def _discover(self, ready: Mapping[str, object]) -> None:
        """Open the socket, ask how we look from outside, and say it."""
        try:
            mode = choose(cast("list[str]", ready["modes"]))
        except UnsupportedEncryptionError as error:
            raise VoiceClosedError(Close.UNKNOWN_ENCRYPTION, str(error), by_remote=False) from error
        self._ssrc = cast("int", ready["ssrc"])
        target = cast("str", ready["ip"]), cast("int", ready["port"])
        if self._udp is not None:
            self._udp.close()
        self._udp = await self._open(target)
        address, port = await self._outside(self._udp)
        where = {"address": address, "port": port, "mode": mode}
        await self.gateway.send(Op.SELECT_PROTOCOL, {"protocol": "udp", "data": where})

    async def _open(self, target: tuple[str, int]) -> socket.socket:
        try:
            (family, kind, protocol, _, address), *_ = await self._loop.getaddrinfo(
                *target, type=socket.SOCK_DGRAM
            )
            udp = socket.socket(family, kind, protocol)
            udp.setblocking(False)
            udp.connect(address)  # which sends nothing
        except OSError as error:
            reason = f"its UDP address cannot be used: {error}"
            raise VoiceClosedError(Close.ABNORMAL, reason, by_remote=False) from error
        return udp

    async def _outside(self, udp: socket.socket) -> tuple[str, int]:
        for _ in range(_DISCOVERY_TRIES):
            with suppress(TimeoutError, OSError):  # asked again, as packets may be lost
                async with asyncio.timeout(_DISCOVERY_WAIT):
                    await self._loop.sock_sendall(udp, ip_discovery.request(self._ssrc))
                    while True:
                        packet = await self._loop.sock_recv(udp, 2 * ip_discovery.SIZE)
                        answer = ip_discovery.read_answer(packet, self._ssrc)
                        if answer is not None:
                            return answer
        raise VoiceClosedError(Close.ABNORMAL, "it does not answer over UDP", by_remote=False)

    async def _begin(self, description: Mapping[str, object]) -> None:
        if self._udp is None:
            raise ValueError("a session description before the session is ready")
        key = bytes(cast("list[int]", description["secret_key"]))
        try:
            cipher = encryption(cast("str", description["mode"]), key)
        except UnsupportedEncryptionError as error:
            raise VoiceClosedError(Close.UNKNOWN_ENCRYPTION, str(error), by_remote=False) from error
        version = description.get("dave_protocol_version", 0)
        await self._speak(_QUIET)  # which tells our SSRC before the first packet
        await self._answer(self._dave.begin(version if isinstance(version, int) else 0))
        if self._sender is not None:
            self._pacer.remove(self._sender.turn)
        rtp = RtpStream(self._ssrc)
        self._sender = Sender(self._provider, self._udp, rtp, cipher, self._dave, self._speaking)
        self._pacer.add(self._sender.turn)
        self.stable = True
        self._connected()

    def _speaking(self, speaking: bool) -> None:
        """Say it from the pacer's thread."""
        self._loop.call_soon_threadsafe(self._say, _SPEAKING if speaking else _QUIET)

    def _say(self, flags: int) -> None:
        task = asyncio.create_task(self._speak(flags), name="voice speaking")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _speak(self, flags: int) -> None:
        await self.gateway.send(Op.SPEAKING, {"speaking": flags, "delay": 0, "ssrc": self._ssrc})

    async def _answer(self, answers: list[Answer]) -> None:
        for op, content in answers:
            if isinstance(content, bytes):
                await self.gateway.send_binary(op, content)
            else:
                await self.gateway.send(op, content)
