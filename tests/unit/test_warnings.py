"""Warnings are errors where they are ours, and nobody's business where a dependency warns of itself."""

from __future__ import annotations

import gc
import socket
import warnings

import pytest


def warn_from(module: str, category: type[Warning], message: str = "some warning") -> None:
    warnings.warn_explicit(message, category, f"{module}.py", 1, module, registry={})


@pytest.mark.parametrize(
    "module",
    ["bot", "bot.chat.memory", "sandbox.supabase.lite", "benchmarks.idle", "tests.conftest", "__main__"],
)
@pytest.mark.parametrize("category", [DeprecationWarning, FutureWarning, UserWarning, SyntaxWarning])
def test_a_warning_of_our_code_is_an_error(module: str, category: type[Warning]) -> None:
    with pytest.raises(category):
        warn_from(module, category)


def test_this_module_counts_as_ours() -> None:
    with pytest.raises(UserWarning, match="from here"):
        warnings.warn("from here", stacklevel=1)


@pytest.mark.parametrize(
    "module", ["discord.utils", "google.api_core._python_version_support", "bottle", "testscenarios"]
)
@pytest.mark.parametrize("category", [DeprecationWarning, FutureWarning, UserWarning, SyntaxWarning])
def test_a_dependencys_warning_of_itself_is_none(module: str, category: type[Warning]) -> None:
    warn_from(module, category)


@pytest.mark.parametrize(
    "category",
    [ResourceWarning, pytest.PytestUnraisableExceptionWarning, pytest.PytestUnhandledThreadExceptionWarning],
)
def test_what_is_told_wherever_the_collector_happens_to_run_is_an_error_in_any_module(
    category: type[Warning],
) -> None:
    with pytest.raises(category):
        warn_from("asyncio.base_events", category)


def test_a_coroutine_that_is_not_awaited_is_an_error_in_any_module() -> None:
    with pytest.raises(RuntimeWarning):
        warn_from("discord.gateway", RuntimeWarning, "coroutine 'Bot.close' was never awaited")


def test_a_socket_that_is_not_closed_is_noticed(recwarn: pytest.WarningsRecorder) -> None:
    warnings.simplefilter("always")
    left = socket.socket()
    del left
    gc.collect()
    assert [warning.category for warning in recwarn] == [ResourceWarning]
