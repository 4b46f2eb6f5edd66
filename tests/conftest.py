"""What tests of every kind share."""

from __future__ import annotations

import functools
import os
import re
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

from tests.support.running_sandbox import RunningSandbox

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from types import ModuleType

    from xdist.remote import Producer

# In the background of a script (`make test &`) a shell starts everything deaf to Ctrl-C, see
# https://pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html#tag_18_11
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Nothing that a busy machine could fail. CI repeats the same examples; a developer's runs explore.
settings.register_profile("otonari", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(
    "otonari-ci", settings.get_profile("otonari"), derandomize=True, database=None, print_blob=True
)
settings.load_profile("otonari-ci" if os.environ.get("CI") == "true" else "otonari")

TESTS = Path(__file__).parent
DEAREST_FIRST = ("sandbox", "supabase", "browser", "e2e", "schema", "integration", "security", "unit")
BOT_LOG_CHARACTERS = 4000
OF_SUPABASE = re.compile(r"\b(supabase|clean_database): ")
"""A parameter that is, or needs, the session's embedded Supabase."""


class OneServerEach(LoadScopeScheduling):
    """Gives each worker whole groups of tests, so that none starts a server which another has."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid.partition("::")[0])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OneServerEach:
    """Replace ``--dist loadscope``; ``loadgroup`` has no effect in pytest-xdist 3.8 under pytest 9.2."""
    return OneServerEach(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the groups that take longest, and let no simulated Discord give up on a busy machine."""
    for item in items:
        if "simcord_env" in getattr(item, "fixturenames", ()):
            marker = item.get_closest_marker("simcord")
            options = marker.kwargs if marker else {}
            item.add_marker(pytest.mark.simcord(**({"settle_timeout": 60.0} | options)))
    items.sort(key=lambda item: _place(item.nodeid.partition("::")[0]))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the end of the bot's log below a failure: only there stands what the bot was doing."""
    report = yield
    if report.when == "call" and report.failed and isinstance(item, pytest.Function):
        sandboxes = [value for value in item.funcargs.values() if isinstance(value, RunningSandbox)]
        report.sections += [("bot.log", sandbox.bot_log[-BOT_LOG_CHARACTERS:]) for sandbox in sandboxes[:1]]
    return report


@functools.cache
def group_of(file: str) -> str:
    """Return what the tests of a file, such as ``tests/e2e/test_doctor.py``, share; else the file itself."""
    path = TESTS.parent / file
    kind = path.relative_to(TESTS).parts
    if kind[0] == "e2e" and path.name != "test_chaos.py":
        return "sandbox"
    if kind[:2] in {("integration", "schema"), ("security", "database")}:
        return "schema"
    if kind[:2] in {("browser", "dashboard"), ("security", "dashboard")}:
        return "supabase"
    if kind[0] in {"integration", "security"} and OF_SUPABASE.search(path.read_text(encoding="utf-8")):
        return "supabase"
    return "browser" if kind[0] == "browser" else file


def _place(file: str) -> int:
    group = group_of(file)
    return DEAREST_FIRST.index(Path(file).parts[1] if group == file else group)


@pytest.fixture(autouse=True)
def modules() -> Iterator[None]:
    """Keep our modules: discord.py takes those of a bot's extensions away when it closes.

    What imports or patches them by name afterwards would get others than the tests have imported.
    """
    before = _our_modules()
    yield
    if before.items() <= sys.modules.items():
        return
    sys.modules.update(before)
    for name, module in _our_modules().items():
        package, _, own = name.rpartition(".")
        if package in sys.modules:
            setattr(sys.modules[package], own, module)


def _our_modules() -> dict[str, ModuleType]:
    return {name: module for name, module in sys.modules.items() if name.startswith("bot.")}


@pytest.fixture(scope="session")
def gemini_state_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The one directory for Gemini stand-ins of this process, whose certificate gRPC trusts.

    gRPC reads the roots file once, at the first channel of the process: every stand-in in it shares this.
    """
    directory = tmp_path_factory.mktemp("gemini")
    os.environ["GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"] = str(directory / "gemini-roots.pem")
    return directory
