"""The Markdown of the sandbox's page, in Node: what of a text is a link, a mention or formatting."""

from __future__ import annotations

import json
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox.child_process import dying_with_parent
from sandbox.supabase.lite import find_node

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from typing import TypeAlias

    Tree: TypeAlias = list[dict[str, Any]]
    """As `sandbox/discord/page/types.d.ts` describes it."""
    Parse: TypeAlias = Callable[[str], Tree]

PAGE = Path(__file__).parents[2] / "sandbox" / "discord" / "page" / "markdown"
PARSE_EACH_LINE = """
import { createInterface } from "node:readline";
import { parse } from "./parse.js";
for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(parse(JSON.parse(line)))}\\n`);
}
"""


@contextmanager
def page_markdown(directory: Path) -> Generator[Parse]:
    """Give the page's parser; ``directory`` is for a copy of it that Node takes for a module."""
    for name in ("parse.js", "inline.js"):
        shutil.copy(PAGE / name, directory)
    (directory / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    (directory / "main.js").write_text(PARSE_EACH_LINE, encoding="utf-8")
    with subprocess.Popen(
        dying_with_parent([find_node(), "main.js"]),
        cwd=directory,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        requests, answers = process.stdin, process.stdout

        def parse(source: str) -> Tree:
            requests.write(f"{json.dumps(source)}\n")
            requests.flush()
            return json.loads(answers.readline())

        yield parse
        requests.close()


def nodes(tree: list[Any]) -> Iterator[dict[str, Any]]:
    """Yield every node of a tree."""
    for node in tree:
        if isinstance(node, list):
            yield from nodes(node)
        else:
            yield node
            yield from nodes(node.get("children") or node.get("items") or [])


def masked_links(tree: Tree) -> list[str]:
    """Return the addresses that stand behind other words."""
    links = (node for node in nodes(tree) if node["type"] == "link")
    return [link["url"] for link in links if words(link["children"]) != link["url"]]


def words(tree: list[Any]) -> str:
    """Return what people read of a tree, without its formatting."""
    return "".join(node.get("text", "") for node in nodes(tree))
