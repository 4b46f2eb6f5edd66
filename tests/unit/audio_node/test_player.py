"""A player as the protocol server uses it; the test is the pacer and asks for packets."""

from __future__ import annotations

import asyncio
import io
import threading
from typing import TYPE_CHECKING, BinaryIO

import pytest

from audio_node.audio.container import ContainerSource
from audio_node.audio.filters import Filters, Timescale
from audio_node.audio.tone import tone_source
from audio_node.errors import AudioError, SourceUnavailableError, UnsupportedAudioError
from audio_node.player import STUCK_AFTER_MS, Player
from tests.support.sound import decoded, frequency, opus_webm, packets_of, sine

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from audio_node.audio.media import Source

Event = tuple[object, ...]


class Listener:
    def __init__(self) -> None:
        self.events: list[Event] = []
        self.errors: list[AudioError] = []

    def track_started(self, source: Source) -> None:
        self.events.append(("started", source))

    def track_ended(self, source: Source, reason: str) -> None:
        self.events.append(("ended", source, reason))

    def track_failed(self, source: Source, error: AudioError) -> None:
        self.errors.append(error)
        self.events.append(("failed", source))

    def track_stuck(self, source: Source, threshold_ms: int) -> None:
        self.events.append(("stuck", source, threshold_ms))


class Bench:
    def __init__(self) -> None:
        self.listener = Listener()
        self.player = Player(asyncio.get_running_loop(), self.listener)

    @property
    def events(self) -> list[Event]:
        return self.listener.events

    async def until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            await asyncio.sleep(0.001)

    async def hear(self, count: int) -> list[bytes]:
        """Return the next ``count`` packets, waiting for those that are not made yet."""
        packets: list[bytes] = []
        while len(packets) < count:
            packet = self.player.next_packet()
            if packet is None:
                await asyncio.sleep(0.001)
            else:
                packets.append(packet)
        return packets

    async def hear_all(self) -> list[bytes]:
        """Return packets until nothing plays any more."""
        packets: list[bytes] = []
        while self.player.source is not None:
            packet = self.player.next_packet()
            if packet is None:
                await asyncio.sleep(0.001)
            else:
                packets.append(packet)
        await asyncio.sleep(0)
        return packets


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    bench = Bench()
    yield bench
    bench.player.close()


def opus(seconds: float, hertz: float = 440.0) -> tuple[ContainerSource, list[bytes]]:
    file = opus_webm(sine(seconds, hertz))
    return ContainerSource(lambda: io.BytesIO(file)), packets_of(file)


def failing(error: AudioError) -> ContainerSource:
    def fail() -> BinaryIO:
        raise error

    return ContainerSource(fail)


class Gate:
    """A source that cannot be opened until it is let."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.source = ContainerSource(self._wait)

    def _wait(self) -> BinaryIO:
        assert self.gate.wait(30)
        raise SourceUnavailableError("too late")


async def test_a_track_starts_is_heard_and_finishes(bench: Bench) -> None:
    source, packets = opus(2)
    bench.player.play(source)
    assert await bench.hear_all() == packets
    assert bench.events == [("started", source), ("ended", source, "finished")]
    assert bench.player.counts.sent == len(packets)
    assert bench.player.next_packet() is None
    assert bench.player.position_ms == 0


async def test_the_position_is_that_of_what_has_been_heard(bench: Bench) -> None:
    bench.player.play(tone_source(60_000), 10_000)
    assert bench.player.position_ms == 10_000
    await bench.hear(50)
    assert bench.player.position_ms == 11_000
    bench.player.set_filters(Filters(timescale=Timescale(speed=2)))
    await bench.hear(50)
    assert bench.player.position_ms == 12_000


async def test_it_stops_where_it_is_told_to(bench: Bench) -> None:
    source = tone_source(60_000)
    bench.player.play(source, 1_000, 2_000)
    assert len(await bench.hear_all()) == 50
    assert bench.events[-1] == ("ended", source, "finished")
    bench.player.play(source)
    await bench.hear(10)
    bench.player.set_end(400)
    assert len(await bench.hear_all()) == 10


async def test_while_paused_nothing_is_heard_and_nothing_is_missed(bench: Bench) -> None:
    bench.player.play(tone_source(60_000))
    await bench.hear(10)
    bench.player.pause(paused=True)
    assert bench.player.next_packet() is None
    counts = bench.player.counts
    assert (counts.sent, bench.player.position_ms) == (10, 200)
    nulled = counts.nulled
    bench.player.next_packet()
    assert counts.nulled == nulled
    bench.player.pause(paused=False)
    await bench.hear(1)
    assert bench.player.position_ms == 220


async def test_a_seek_is_told_at_once_and_never_taken_back(bench: Bench) -> None:
    bench.player.play(tone_source(600_000))
    await bench.hear(20)
    for to in (300_000, 40, 599_000):
        bench.player.seek(to)
        positions = [bench.player.position_ms]
        for _ in range(30):
            bench.player.next_packet()
            positions.append(bench.player.position_ms)
            await asyncio.sleep(0.001)
        assert all(to <= position <= to + 30 * 20 for position in positions)


async def test_a_stopped_track_says_so(bench: Bench) -> None:
    source = tone_source(60_000)
    bench.player.play(source)
    await bench.hear(1)
    bench.player.stop()
    await asyncio.sleep(0)
    assert bench.events[-1] == ("ended", source, "stopped")
    assert bench.player.next_packet() is None
    bench.player.stop()
    await asyncio.sleep(0)
    assert len(bench.events) == 2


async def test_the_next_track_takes_over_without_a_gap(bench: Bench) -> None:
    first, second = tone_source(60_000, 440), tone_source(60_000, 880)
    bench.player.play(first)
    await bench.hear(1)
    await bench.until(lambda: len(bench.player._track.stream._frames) >= 100)  # type: ignore[union-attr]
    bench.player.play(second)
    packets = [bench.player.next_packet() for _ in range(50)]
    assert None not in packets
    await bench.until(lambda: bench.player._track.stream.ready)  # type: ignore[union-attr]
    assert frequency(decoded(await bench.hear(20))[:, 4800:]) == pytest.approx(880, abs=5)
    assert bench.events == [("started", first), ("ended", first, "replaced"), ("started", second)]


async def test_what_was_replaced_twice_is_not_heard_again(bench: Bench) -> None:
    bench.player.play(tone_source(60_000))
    await bench.hear(1)
    gate = Gate()
    bench.player.play(gate.source)
    bench.player.play(tone_source(60_000))
    gate.gate.set()
    await bench.hear(5)
    await asyncio.sleep(0)
    assert [event[0] for event in bench.events] == ["started", "ended", "started", "ended", "started"]


async def test_a_track_that_cannot_be_loaded_says_why_and_ends(bench: Bench) -> None:
    source = failing(SourceUnavailableError("nobody there"))
    bench.player.play(source)
    await bench.until(lambda: len(bench.events) == 3)
    assert bench.events == [("started", source), ("failed", source), ("ended", source, "loadFailed")]
    assert str(bench.listener.errors[0]) == "nobody there"
    assert bench.player.source is None


async def test_a_track_that_breaks_off_is_heard_first_and_has_not_failed_to_load(bench: Bench) -> None:
    file = opus_webm(sine(4))

    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > len(file) // 2:
                raise ConnectionResetError
            return super().read(size)

    source = ContainerSource(lambda: Broken(file))
    bench.player.play(source)
    heard = await bench.hear_all()
    assert heard == packets_of(file)[: len(heard)]
    assert len(heard) > 50
    assert bench.events == [("started", source), ("failed", source), ("ended", source, "finished")]


async def test_nothing_in_it_is_a_failed_load(bench: Bench) -> None:
    source = ContainerSource(io.BytesIO)
    bench.player.play(source)
    await bench.until(lambda: len(bench.events) == 3)
    assert isinstance(bench.listener.errors[0], UnsupportedAudioError)


async def test_a_track_from_which_nothing_comes_is_stuck_once_and_stays(bench: Bench) -> None:
    gate = Gate()
    bench.player.play(gate.source)
    for _ in range(STUCK_AFTER_MS // 20 * 2):
        assert bench.player.next_packet() is None
    await asyncio.sleep(0)
    assert bench.events == [("started", gate.source), ("stuck", gate.source, 10_000)]
    assert bench.player.counts.nulled == 1000
    assert bench.player.source is gate.source
    gate.gate.set()


async def test_volume_and_filters_hold_for_the_next_track(bench: Bench) -> None:
    bench.player.set_volume(50)
    source, packets = opus(1)
    bench.player.play(source)
    assert not set(await bench.hear_all()) & set(packets)
    bench.player.set_volume(100)
    bench.player.play(source)
    assert await bench.hear_all() == packets


@pytest.mark.parametrize(("asked", "held"), [(-5, 0), (0, 0), (1000, 1000), (5000, 1000)])
async def test_volumes_are_held_between_nothing_and_a_thousand(bench: Bench, asked: int, held: int) -> None:
    bench.player.set_volume(asked)
    assert bench.player.volume == held


async def test_without_a_track_nothing_happens(bench: Bench) -> None:
    bench.player.seek(1000)
    bench.player.set_end(5)
    bench.player.pause(paused=True)
    bench.player.stop()
    await asyncio.sleep(0)
    assert bench.events == []
    assert bench.player.paused
