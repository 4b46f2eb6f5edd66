"""Whoever does not use voice does not load what it needs."""

from __future__ import annotations

import subprocess
import sys

HEAVY = {"av", "numpy", "davey", "nacl"}


def test_starting_the_sandbox_loads_no_audio_and_no_end_to_end_encryption() -> None:
    program = "import sys, sandbox.launcher; print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, check=True
    )
    loaded = set(run.stdout.split())
    assert "sandbox.voice.gateway" in loaded
    assert loaded & HEAVY == set()
