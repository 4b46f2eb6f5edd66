"""Lavalink's own protocol classes and Lavaplayer's own track format, from Maven Central, as a test oracle."""

from __future__ import annotations

import base64
import json
import shutil
import struct
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from types import TracebackType

JAVA = Path(__file__).parent / "java"
CLASS_PATH = Path(__file__).parents[2] / ".setup" / "lavalink-oracle.classpath"
RESOLVE_SECONDS = 300


@cache
def class_path() -> str:
    """Return the libraries' class path; skips where Java, Maven or the libraries cannot be had."""
    for command in ("java", "mvn"):
        if shutil.which(command) is None:
            pytest.skip(f"Lavalink's protocol classes cannot be asked: there is no {command}")
    known = CLASS_PATH.read_text(encoding="utf-8") if CLASS_PATH.is_file() else ""
    if known and all(Path(jar).is_file() for jar in known.split(":")):
        return known
    CLASS_PATH.parent.mkdir(exist_ok=True)
    resolve = ["mvn", "-q", "-B", "-f", str(JAVA / "pom.xml"), "dependency:build-classpath"]
    resolved = subprocess.run(
        [*resolve, f"-Dmdep.outputFile={CLASS_PATH}"],
        capture_output=True,
        text=True,
        timeout=RESOLVE_SECONDS,
        check=False,
    )
    if resolved.returncode:
        pytest.skip(f"Lavalink's protocol classes cannot be fetched: {resolved.stdout[-500:]}")
    return CLASS_PATH.read_text(encoding="utf-8")


class LavalinkOracle:
    """A Java process that reads JSON strictly as Lavalink does; use it as a context manager."""

    def __enter__(self) -> LavalinkOracle:
        command = ["java", "-XX:TieredStopAtLevel=1", "-cp", class_path(), str(JAVA / "LavalinkOracle.java")]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate(timeout=120)

    def read(self, kind: str, value: object) -> Any:
        """Return what Lavalink's class ``kind`` makes of JSON ``value``; fails where it refuses it."""
        return json.loads(self._ask(kind, json.dumps(value)))

    def has_opted_out(self, kind: str, value: object) -> bool:
        """Tell whether Lavalink's class ``kind`` refuses JSON ``value``."""
        return self._answer(kind, json.dumps(value))[0] == "error"

    def recode(self, encoded: str) -> str:
        """Return an encoded track of the HTTP source after Lavaplayer decoded and encoded it."""
        return self._ask("encoded", encoded)

    def load(self, address: str) -> str:
        """Return the encoded track that Lavaplayer makes of the audio file at ``address``."""
        return self._ask("load", address)

    def hear(self, address: str) -> tuple[int, tuple[int, ...]]:
        """Have Lavaplayer play an audio file to its end at double speed.

        Returns the last position that it told, in milliseconds, and the sound of its left channel: 48,000
        samples a second, 16 bits.
        """
        heard = json.loads(self._ask("hear", address))
        samples = base64.b64decode(heard["sound"])
        return heard["position"], struct.unpack(f"<{len(samples) // 2}h", samples)[::2]

    def _ask(self, kind: str, text: str) -> str:
        verdict, answer = self._answer(kind, text)
        assert verdict == "ok", f"{kind}: {answer}\n{text}"
        return answer

    def _answer(self, kind: str, text: str) -> tuple[str, str]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{kind}\t{text}\n")
        self._process.stdin.flush()
        verdict, _, answer = self._process.stdout.readline().rstrip("\n").partition("\t")
        return verdict, answer
