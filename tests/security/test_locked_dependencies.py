"""What users install is what was tried: each file by its hash, and from no address that a lock names."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
LOCKS = {
    "bot/requirements.lock": ["bot/requirements.txt"],
    "sandbox/requirements.lock": ["bot/requirements.txt", "sandbox/requirements.txt"],
    "sandbox/requirements-node.lock": ["sandbox/requirements-node.txt"],
    "audio_node/requirements.lock": ["audio_node/requirements.txt"],
    "requirements-dev.lock": ["requirements-dev.txt"],
}
PACKAGE_LOCKS = [
    "dashboard/package-lock.json",
    "sandbox/supabase/package-lock.json",
    "tests/foreign_clients/package-lock.json",
]
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def asked_for(file: str) -> Iterator[Requirement]:
    """Yield the requirements of a file and of those that it names."""
    for line in (ROOT / file).read_text(encoding="utf-8").splitlines():
        if line.startswith("-r "):
            yield from asked_for(line[3:])
        elif line and not line.startswith("#"):
            yield Requirement(line)


def locked(file: str) -> list[tuple[Requirement, list[str]]]:
    """Return the pins of a lock, each with its hashes."""
    lines = (ROOT / file).read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    return [(Requirement(HASH.sub("", line)), HASH.findall(line)) for line in lines]


def pins(file: str) -> dict[tuple[str, str], str]:
    """Return versions by name and marker."""
    return {
        (canonicalize_name(pin.name), str(pin.marker or "")): str(pin.specifier) for pin, _ in locked(file)
    }


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_of_a_lock_has_one_version_and_its_hashes(lock: str) -> None:
    for pin, hashes in locked(lock):
        assert re.fullmatch(r"==[\w.+!]+", str(pin.specifier)), pin
        assert hashes, pin
        assert pin.url is None, pin


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_is_within_the_ranges(lock: str) -> None:
    versions: dict[str, list[Version]] = {}
    for pin, _ in locked(lock):
        versions.setdefault(canonicalize_name(pin.name), []).append(Version(str(pin.specifier)[2:]))
    for file in LOCKS[lock]:
        for requirement in asked_for(file):
            found = versions.get(canonicalize_name(requirement.name), [])
            assert found, f"{requirement.name} is not in {lock}: make lock"
            assert all(version in requirement.specifier for version in found), f"{requirement}: make lock"


def test_what_is_tested_is_what_users_install() -> None:
    bot, sandbox, dev = (pins(lock) for lock in LOCKS if "node" not in lock)

    assert bot.items() <= sandbox.items()
    assert {name: version for (name, _), version in sandbox.items()}.keys() <= {name for name, _ in dev}
    assert {key for key, version in sandbox.items() if dev.get(key, version) != version} == set()


@pytest.mark.parametrize("lock", [*LOCKS, *PACKAGE_LOCKS])
def test_no_lock_says_where_to_download_from(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")

    assert not re.search(r"--(?:extra-)?index-url|--find-links|--trusted-host|\"resolved\"", text)
    if lock in LOCKS:
        assert "://" not in text


@pytest.mark.parametrize("lock", PACKAGE_LOCKS)
def test_every_package_of_npm_has_its_integrity(lock: str) -> None:
    packages: dict[str, dict[str, Any]] = json.loads((ROOT / lock).read_text(encoding="utf-8"))["packages"]

    without = [name for name, package in packages.items() if name and "integrity" not in package]
    assert not without
    assert all(package["integrity"].startswith("sha512-") for name, package in packages.items() if name)


def test_make_installs_by_the_locks_alone() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    installs = re.findall(r"\$\(PIP\) (.*)", makefile)
    assert installs
    assert all(re.fullmatch(r"\$\(LOCKED\) \S+\.lock", arguments) for arguments in installs)
    assert re.findall(r"^LOCKED = (.*)", makefile, re.MULTILINE) == ["--require-hashes -r"]
    assert set(re.findall(r"\$\(NPM\) (?:ci|install|i)\b", makefile)) == {"$(NPM) ci"}


def fetch_lavalink(directory: Path, *, digest: str | None) -> subprocess.CompletedProcess[str]:
    """Have make fetch a jar that somebody has put in the place of Lavalink's."""
    shutil.copy(ROOT / "Makefile", directory)
    jar = directory / "theirs.jar"
    jar.write_bytes(b"not what was tried")
    command = ["make", ".setup/lavalink/Lavalink.jar", f"LAVALINK_JAR={jar.as_uri()}"]
    command += [f"LAVALINK_SHA256={digest}"] if digest else []
    return subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)


def test_a_jar_that_is_not_lavalinks_is_not_kept(tmp_path: Path) -> None:
    done = fetch_lavalink(tmp_path, digest=None)

    assert done.returncode != 0
    assert "SHA-256" in done.stderr
    assert [path.name for path in (tmp_path / ".setup/lavalink").iterdir()] == ["Lavalink.jar.log"]


def test_the_jar_that_was_tried_is_kept(tmp_path: Path) -> None:
    done = fetch_lavalink(tmp_path, digest=hashlib.sha256(b"not what was tried").hexdigest())

    assert done.returncode == 0, done.stderr
    assert (tmp_path / ".setup/lavalink/Lavalink.jar").read_bytes() == b"not what was tried"


def test_no_image_is_one_that_changes_by_itself() -> None:
    compose = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    version = re.findall(
        r"^LAVALINK +:= (\S+)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE
    )

    images = re.findall(r"image: (\S+)", compose)
    assert images
    pinned = rf"\S+:{re.escape(version[0])}(?:-alpine)?@sha256:[0-9a-f]{{64}}"
    assert all(re.fullmatch(pinned, image) for image in images)
