"""A unit test starts no process: `make unit` needs Python alone and takes seconds."""

from __future__ import annotations

import subprocess

import pytest


@pytest.fixture(autouse=True)
def no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail a test that starts a process: it belongs to tests/integration."""

    def refuse(_process: object, command: object, *_arguments: object, **_options: object) -> None:
        pytest.fail(f"a unit test may not start {command}")

    monkeypatch.setattr(subprocess.Popen, "__init__", refuse)
