"""Imports point one way: the contracts of pyproject.toml, type checking's imports included."""

from __future__ import annotations

from pathlib import Path

import pytest
from importlinter.api import read_configuration
from importlinter.application.use_cases import lint_imports

CONFIGURATION = str(Path(__file__).parents[2] / "pyproject.toml")
CONTRACTS = [contract["id"] for contract in read_configuration(CONFIGURATION)["contracts_options"]]


@pytest.mark.parametrize("contract", CONTRACTS)
def test_every_import_follows_the_contract(contract: str, capsys: pytest.CaptureFixture[str]) -> None:
    kept = lint_imports(CONFIGURATION, limit_to_contracts=(contract,), cache_dir=None, no_logo=True)
    assert kept, capsys.readouterr().out
