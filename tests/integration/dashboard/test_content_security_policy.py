"""What a built page may load and run, and what hosts are asked to say."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from sandbox.supabase.lite import find_node

DASHBOARD = Path(__file__).parents[3] / "dashboard"
PAGE = """<!DOCTYPE html><html><head><script>one()</script></head><body><script src="/a.js" async=""></script>
<script id="x">two(
"</ script>")</script></body></html>"""


def policies(root: Path, page: str, project: str | None) -> dict[str, list[str]]:
    """Build a policy into a page; return its directives with their sources."""
    (root / "scripts").mkdir(exist_ok=True)
    (root / "out/sub").mkdir(parents=True, exist_ok=True)
    shutil.copy(DASHBOARD / "scripts/content-security-policy.mjs", root / "scripts")
    (root / "out/build.json").write_text(json.dumps({"project": project}))
    file = root / "out/sub/index.html"
    file.write_text(page)
    for _ in range(2):
        subprocess.run([find_node(), root / "scripts/content-security-policy.mjs"], check=True)
    found = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', file.read_text())
    assert len(found) == 1
    assert file.read_text().index("<meta") < file.read_text().index("<script")
    return {name: sources for name, *sources in (part.split() for part in found[0].split("; "))}


def test_only_the_pages_own_scripts_run(tmp_path: Path) -> None:
    found = policies(tmp_path, PAGE, None)

    scripts = [b"one()", b'two(\n"</ script>")']
    hashes = [base64.b64encode(hashlib.sha256(script).digest()).decode() for script in scripts]
    assert found["script-src"] == ["'self'", *(f"'sha256-{one}'" for one in hashes)]
    assert found["default-src"] == ["'self'"]
    assert found["object-src"] == found["base-uri"] == ["'none'"]


@pytest.mark.parametrize(
    ("project", "reachable"),
    [
        ("https://abc.supabase.co/", ["https://abc.supabase.co", "wss://abc.supabase.co"]),
        ("http://192.168.1.5:8000", ["http://192.168.1.5:8000", "ws://192.168.1.5:8000"]),
        (None, ["https:", "wss:", "http:", "ws:"]),
    ],
)
def test_a_page_made_for_a_project_reaches_that_one_alone(
    tmp_path: Path, project: str | None, reachable: list[str]
) -> None:
    assert policies(tmp_path, PAGE, project)["connect-src"] == ["'self'", *reachable]


def test_the_headers_are_the_same_for_every_host() -> None:
    lines = (DASHBOARD / "public/_headers").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "/*"
    headers = dict(line.removeprefix("  ").split(": ", 1) for line in lines[1:])

    vercel = json.loads((DASHBOARD / "vercel.json").read_text(encoding="utf-8"))["headers"]
    nginx = (DASHBOARD / "hosting/nginx.conf").read_text(encoding="utf-8")
    assert [rule["source"] for rule in vercel] == ["/(.*)"]
    assert {one["key"]: one["value"] for one in vercel[0]["headers"]} == headers
    assert dict(re.findall(r'^add_header (\S+) "(.*)" always;$', nginx, re.MULTILINE)) == headers
    assert {"X-Content-Type-Options", "Referrer-Policy", "X-Frame-Options"} < headers.keys()
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
