"""Building the dashboard once, however many ask for it."""

from __future__ import annotations

import asyncio
import shutil
from typing import TYPE_CHECKING

import pytest

from sandbox.dashboard_build import SOURCE, ensure_built

if TYPE_CHECKING:
    from pathlib import Path

NEXT = """
const fs = require("fs");
fs.appendFileSync("builds.log", "begun\\n");
setTimeout(() => {
  fs.mkdirSync("out", { recursive: true });
  fs.writeFileSync("out/build.json", JSON.stringify({ project: null }));
  fs.writeFileSync("out/index.html", "<head></head>");
}, 100);
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A dashboard whose packages are installed; its `next` only notes that it was run."""
    tool = tmp_path / "node_modules/next/dist/bin/next"
    tool.parent.mkdir(parents=True)
    tool.write_text(NEXT)
    (tmp_path / "scripts").mkdir()
    shutil.copy(SOURCE / "scripts/content-security-policy.mjs", tmp_path / "scripts")
    (tmp_path / "package-lock.json").write_text("{}")
    (tmp_path / "node_modules/.package-lock.json").write_text("{}")
    return tmp_path


async def test_two_who_ask_at_once_have_it_built_once(source: Path) -> None:
    told: list[str] = []
    await asyncio.gather(ensure_built(source, told.append), ensure_built(source, told.append))

    assert (source / "builds.log").read_text() == "begun\n"
    assert told == ["dashboard: building its pages (once, 2 of 2) …"]


async def test_what_is_built_is_not_built_again_unless_it_is_gone(source: Path) -> None:
    await ensure_built(source, lambda _: None)
    await ensure_built(source, lambda _: None)
    assert (source / "builds.log").read_text() == "begun\n"

    (source / "out/index.html").unlink()
    (source / "out/build.json").unlink()
    (source / "out").rmdir()
    await ensure_built(source, lambda _: None)
    assert (source / "builds.log").read_text() == "begun\nbegun\n"


async def test_pages_that_were_built_without_a_policy_are_built_again(source: Path) -> None:
    await ensure_built(source, lambda _: None)
    assert "Content-Security-Policy" in (source / "out/index.html").read_text()

    (source / "out/index.html").write_text("<head></head>")
    await ensure_built(source, lambda _: None)
    assert "Content-Security-Policy" in (source / "out/index.html").read_text()
