"""How the dashboard gets Realtime back after it was refused."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from sandbox.supabase.lite import find_node
from tests.support.dashboard_library import COMPILER

SCRIPT = Path(__file__).with_name("live_feed.mjs")
LONGEST_WAIT_S = 32
"""The longest wait between two tries, and a moment for the try."""


@pytest.mark.parametrize("refusal", ["handshake", "join", "silence"])
@pytest.mark.parametrize("outage_s", [0, 7, 61, 100, 305])
def test_after_an_outage_the_next_try_joins_once_and_sends_nothing_of_those_before(
    outage_s: int, refusal: str
) -> None:
    if not COMPILER.exists():
        pytest.skip("the dashboard's packages are not installed (make dashboard)")
    done = subprocess.run(
        [find_node(), str(SCRIPT), str(outage_s), refusal], check=False, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)

    assert found["state"] == "live"
    assert [event for event in found["sent"] if event != "access_token"] == ["phx_join"]
    assert found["waited"] <= LONGEST_WAIT_S
