"""There is one way from others' words to a sentence of the bot, and the code has no other."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
BOT = ROOT / "bot"
ESCAPES = {"escape_markdown", "escape_mentions", "remove_markdown", "clean_content"}


def test_no_text_is_escaped_but_in_the_module_for_it() -> None:
    """discord.py's escape takes only the first of two links."""
    for path in sorted(BOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(node, "attr", None) or getattr(node, "id", None)
            assert name not in ESCAPES, f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"


MAY_MAKE_LABELS = {"escaping.py", "markup.py", "texts/__init__.py"}


def test_nobody_calls_words_a_label_without_escaping_them() -> None:
    for path in sorted(BOT.rglob("*.py")):
        if path.relative_to(BOT).as_posix() in MAY_MAKE_LABELS:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_label = isinstance(node, ast.Call) and ast.unparse(node.func) in {"Label", "escaping.Label"}
            assert not (is_label and node.args), f"{path.relative_to(ROOT)}:{node.lineno}"


WITHOUT_MARKDOWN = {"chat/instruction.py", "music/embeds.py", "music/lyrics_embed.py"}
"""What a model reads, and the footers of embeds."""
FEATURES = ("chat", "music", "help", "privacy", "netstats")


def test_a_sentence_takes_raw_words_only_where_nothing_is_markdown() -> None:
    for path in sorted(path for feature in FEATURES for path in (BOT / feature).rglob("*.py")):
        if path.relative_to(BOT).as_posix() in WITHOUT_MARKDOWN:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_raw = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            assert not (is_raw and node.func.attr in {"plain", "filled"}), (
                f"{path.relative_to(ROOT)}:{node.lineno}"
            )
