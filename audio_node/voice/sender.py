"""What one player sends: packets, silence after them, and whether it speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from audio_node.voice.dave import Dave
    from audio_node.voice.encryption import Encryption
    from audio_node.voice.rtp import RtpStream

SILENCE = b"\xf8\xff\xfe"
_SILENT_PACKETS = 5
"""They end a transmission, so that no decoder makes up what would follow
(https://discord.com/developers/docs/topics/voice-connections#voice-data-interpolation)."""
_SAMPLES = 960
_LONGEST_WAIT = 50
"""Turns, a second: so long the first packet waits to be let into a group, where nobody would hear it."""


class PacketProvider(Protocol):
    """Has the next packet every 20 ms, or None for silence."""

    def next_packet(self) -> bytes | None:
        """Return it at once."""
        ...


class Sender:
    """Sends over a connected socket; ``turn`` is called every 20 ms, in the pacer's thread."""

    def __init__(
        self,
        provider: PacketProvider,
        udp: socket.socket,
        rtp: RtpStream,
        encryption: Encryption,
        dave: Dave,
        speaking: Callable[[bool], None],
    ) -> None:
        self._provider = provider
        self._udp = udp
        self._rtp = rtp
        self._encryption = encryption
        self._dave = dave
        self._speaking = speaking
        self._silence_left = 0
        self._announced: bytes | None = None
        self._waited = 0
        self.dropped = 0
        """Packets that the system did not take."""

    def turn(self) -> None:
        """Send what is due."""
        if self._dave.waiting and self._waited < _LONGEST_WAIT:
            self._waited += 1
            return
        packet, self._announced = self._announced or self._provider.next_packet(), None
        if packet is not None and not self._silence_left:
            self._speaking(True)
            self._silence_left = _SILENT_PACKETS
            self._announced = packet  # it follows in the next turn, so that the server knows first
        elif packet is not None:
            self._silence_left = _SILENT_PACKETS
            self._send(packet)
        elif self._silence_left:
            self._send(SILENCE)
            self._silence_left -= 1
            if not self._silence_left:
                self._speaking(False)
        self._rtp.advance(_SAMPLES)

    def _send(self, packet: bytes) -> None:
        sealed = self._encryption.seal(self._rtp.header(), self._dave.encrypt(packet))
        try:
            self._udp.send(sealed)
        except OSError:  # a full buffer or an unreachable host, which UDP tells one packet later
            self.dropped += 1
