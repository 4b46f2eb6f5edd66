"""How a real Lavalink is started: with our application.yml beside the jar's own configuration."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tests.support.real_lavalink import CONFIGURATION, ROOT, configuration

ADDED = f"--spring.config.additional-location=file:{CONFIGURATION}"


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
def test_make_adds_our_configuration_to_that_of_the_jar() -> None:
    # -o: as though the jar had been fetched.
    recipe = ["make", "--dry-run", "-o", ".setup/lavalink/Lavalink.jar", "lavalink"]
    commands = subprocess.run(recipe, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert ADDED in commands
    assert "spring.config.location" not in commands


def test_the_contract_tests_add_our_configuration_to_that_of_the_jar() -> None:
    environment = configuration(2333)

    assert environment["SPRING_CONFIG_ADDITIONAL_LOCATION"] == CONFIGURATION.as_uri()
    assert "SPRING_CONFIG_LOCATION" not in environment


def test_our_configuration_looks_for_no_configuration_server_where_it_is_the_only_one() -> None:
    lines = CONFIGURATION.read_text(encoding="utf-8").splitlines()
    start = lines.index("spring:")

    assert lines[start + 1 : start + 3] == ["  cloud:", "    config:"]
    assert lines[start + 3].startswith("      enabled: false ")
