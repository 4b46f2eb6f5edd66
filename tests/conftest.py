"""What tests of every kind share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Nothing that a busy machine could fail. CI repeats the same examples; a developer's runs explore.
settings.register_profile("otonari", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(
    "otonari-ci", settings.get_profile("otonari"), derandomize=True, database=None, print_blob=True
)
settings.load_profile("otonari-ci" if os.environ.get("CI") == "true" else "otonari")


@pytest.fixture(scope="session")
def gemini_state_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The one directory for Gemini stand-ins of this process, whose certificate gRPC trusts.

    gRPC reads the roots file once, at the first channel of the process: every stand-in in it shares this.
    """
    directory = tmp_path_factory.mktemp("gemini")
    os.environ["GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"] = str(directory / "gemini-roots.pem")
    return directory
