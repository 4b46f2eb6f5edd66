"""Imports point one way: the contracts of pyproject.toml, type checking's imports included."""

from __future__ import annotations

from pathlib import Path

import grimp
import pytest
from importlinter.api import read_configuration
from importlinter.application.use_cases import lint_imports

CONFIGURATION = str(Path(__file__).parents[2] / "pyproject.toml")
CONTRACTS = [contract["id"] for contract in read_configuration(CONFIGURATION)["contracts_options"]]


@pytest.mark.parametrize("contract", CONTRACTS)
def test_every_import_follows_the_contract(contract: str, capsys: pytest.CaptureFixture[str]) -> None:
    kept = lint_imports(CONFIGURATION, limit_to_contracts=(contract,), cache_dir=None, no_logo=True)
    assert kept, capsys.readouterr().out


SDKS = {
    "wavelink": "bot.lavalink",
    "google": "bot.llm.gemini",
    "supabase": "bot.telemetry.supabase_api",
    "postgrest": "bot.telemetry.supabase_api",
    "httpx": "bot.telemetry.supabase_api",
    "psutil": "bot.telemetry.host_metrics",
    "matplotlib": "bot.traffic_chart.drawing",
    "dotenv": "bot.config",
}
"""The only module, or the package with the only modules, of the bot that may import each."""


@pytest.fixture(scope="module")
def bot_imports() -> grimp.ImportGraph:
    return grimp.build_graph("bot", include_external_packages=True, cache_dir=None)


@pytest.mark.parametrize("sdk", SDKS)
def test_each_sdk_is_imported_in_one_place(sdk: str, bot_imports: grimp.ImportGraph) -> None:
    importers = bot_imports.find_modules_that_directly_import(sdk)
    assert importers
    assert {name for name in importers if not f"{name}.".startswith(f"{SDKS[sdk]}.")} == set()
