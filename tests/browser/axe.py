"""axe-core, which looks for what shuts people out: https://github.com/dequelabs/axe-core."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.async_api import Page

SCRIPT = Path(__file__).parents[2] / "dashboard" / "node_modules" / "axe-core" / "axe.min.js"


async def violations(page: Page) -> list[str]:
    """Return what axe finds wrong with a page as it is, with the first places."""
    await page.evaluate(SCRIPT.read_text(encoding="utf-8"))
    found = await page.evaluate("axe.run()")
    return [
        f"{one['id']}: {[node['html'][:160] for node in one['nodes']][:3]}" for one in found["violations"]
    ]
