"""What only some nodes need is not loaded by all of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
PROGRAM = "import sys, audio_node.player, audio_node.voice.connection; print(*sys.modules)"


def test_numpy_is_loaded_with_made_up_music_and_nothing_of_ours_besides() -> None:
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = {name.partition(".")[0] for name in run.stdout.split()}
    assert {"audio_node", "av", "davey"} <= loaded
    assert not loaded & {"numpy", "bot", "sandbox", "tests", "discord"}
