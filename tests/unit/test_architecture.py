"""Imports point one way: the contracts of pyproject.toml, type checking's imports included."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import grimp
import pytest
from importlinter.api import read_configuration
from importlinter.application.use_cases import lint_imports

from tests.support.without_posix import MODULES, OF_OS, OF_SIGNAL

ROOT = Path(__file__).parents[2]
CONFIGURATION = str(ROOT / "pyproject.toml")
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
    "dotenv": "bot.env_file",
}
"""The only module, or the package with the only modules, of the bot that may import each."""


@pytest.fixture(scope="module")
def bot_imports() -> grimp.ImportGraph:
    return grimp.build_graph("bot", include_external_packages=True, cache_dir=None)


COMMON = {"aiohttp", "discord", "orjson", "yarl"}
"""Third-party packages that any module of the bot may import."""


@pytest.mark.parametrize("sdk", SDKS)
def test_each_sdk_is_imported_in_one_place(sdk: str, bot_imports: grimp.ImportGraph) -> None:
    importers = bot_imports.find_modules_that_directly_import(sdk)
    assert importers, f"nothing imports {sdk} any more: take it out of SDKS"
    elsewhere = {name for name in importers if not f"{name}.".startswith(f"{SDKS[sdk]}.")}
    assert not elsewhere, f"only {SDKS[sdk]} may import {sdk}, but these do: {', '.join(sorted(elsewhere))}"


def test_every_other_package_is_named_here(bot_imports: grimp.ImportGraph) -> None:
    external = {name for name in bot_imports.modules if bot_imports.is_module_squashed(name)}
    unknown = external - sys.stdlib_module_names - SDKS.keys() - COMMON
    assert not unknown, f"say in SDKS or COMMON who may import {', '.join(sorted(unknown))}"


NODE_SDKS = {
    "av": ("audio_node.audio",),
    "numpy": ("audio_node.audio",),
    "aiohttp": ("audio_node.__main__", "audio_node.server", "audio_node.voice"),
    "psutil": ("audio_node.statistics",),
    "davey": ("audio_node.voice.dave",),
    "cryptography": ("audio_node.voice.encryption",),
    "nacl": ("audio_node.voice.encryption",),
    "yt_dlp": ("audio_node.sources.extraction",),
}
"""The same for the audio node, whose server and whose voice both speak HTTP."""


def test_the_audio_node_imports_each_sdk_in_one_place() -> None:
    graph = grimp.build_graph("audio_node", include_external_packages=True, cache_dir=None)
    external = {name for name in graph.modules if graph.is_module_squashed(name)} - sys.stdlib_module_names
    assert external == NODE_SDKS.keys()
    for sdk, homes in NODE_SDKS.items():
        importers = graph.find_modules_that_directly_import(sdk)
        homes_with_dot = tuple(f"{home}." for home in homes)
        assert {name for name in importers if not f"{name}.".startswith(homes_with_dot)} == set(), sdk


POSIX_ONLY = {*OF_OS.split(), *OF_SIGNAL.split(), "add_signal_handler", "remove_signal_handler"}


@pytest.mark.parametrize(
    "path", sorted((ROOT / "bot").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT))
)
def test_nothing_that_only_posix_has_is_used_unguarded(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    guarded = {
        use.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "hasattr" in ast.dump(node.test)
        for use in ast.walk(node)
        if isinstance(use, ast.Attribute)
    }
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        assert not {name.partition(".")[0] for name in names} & set(MODULES.split())
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.lineno not in guarded
        ):
            of_system = node.value.id in {"os", "signal", "loop"} and node.attr in POSIX_ONLY
            assert not of_system, f"{node.value.id}.{node.attr} in line {node.lineno} is missing on Windows"


SOURCES = sorted(path for room in ("bot", "sandbox", "audio_node") for path in (ROOT / room).rglob("*.py"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_imported_by_statement_and_catches_nothing_by_the_way(path: Path) -> None:
    assert (path.parent / "__init__.py").exists(), f"{path.parent} is no package"
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        catches = isinstance(node, ast.keyword) and node.arg == "return_exceptions"
        assert not catches, "what must be caught whole is caught as Exception, with the reason"
        name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        assert name not in {"import_module", "__import__"}, "imported by a string, which no contract sees"
