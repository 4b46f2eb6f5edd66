"""What is switched off is not loaded: Gemini's SDK is 36 MiB and 0.4 s."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROBE = """
import importlib, sys
for name in {modules!r}:
    importlib.import_module(name)
print(*sorted({sdk!r} & sys.modules.keys()))
"""
SDK = {"google.generativeai", "google.protobuf", "google.api_core", "grpc", "PIL"}


def loaded_by(*modules: str) -> list[str]:
    """Return which parts of the SDK a new process has loaded after importing ``modules``."""
    program = PROBE.format(modules=modules, sdk=SDK)
    command = [sys.executable, "-c", program]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()


@pytest.mark.parametrize(
    "modules",
    [
        ("bot.chat", "bot.chat.commands", "bot.chat.settings_commands"),
        ("bot.llm", "bot.llm.provider", "bot.llm.patience", "bot.llm.errors"),
        ("bot.texts.chat", "bot.texts.chat_settings"),
        ("bot.doctor.service_checks",),
    ],
)
def test_importing_what_is_around_the_provider_loads_no_sdk(modules: tuple[str, ...]) -> None:
    assert loaded_by(*modules) == []


def test_importing_the_provider_loads_it() -> None:
    assert {"google.generativeai", "grpc"} <= {*loaded_by("bot.llm.gemini")}
