"""Whatever is kept in a container has a bound: each one stands in the table of docs/memory.md."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
CONTAINERS = {
    *("dict", "set", "list", "OrderedDict", "deque", "defaultdict", "Counter", "bytearray", "BytesIO"),
    *("WeakKeyDictionary", "WeakValueDictionary", "WeakSet", "Queue", "SimpleQueue", "LifoQueue"),
    *("Dict", "Set", "List", "MutableMapping", "MutableSequence", "MutableSet"),
}
LITERALS = (ast.Dict, ast.Set, ast.List, ast.DictComp, ast.SetComp, ast.ListComp)
FILLING = {"add", "append", "appendleft", "extend", "insert", "setdefault", "update"}
CACHES = {"cache", "lru_cache", "cached_property"}


def _name(node: ast.expr | None) -> str:
    """Return the last name of an expression: of ``collections.deque[int](x)``, that is ``deque``."""
    match node:
        case ast.Name(name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(value=inner) | ast.Call(func=inner):
            return _name(inner)
        case ast.Constant(str(text)):
            return _name(ast.parse(text, mode="eval").body)
        case _:
            return ""


def _is_container(annotation: ast.expr | None, value: ast.expr | None) -> bool:
    if annotation is not None and _name(annotation) in CONTAINERS:
        return True
    match value:
        case ast.Call() if _name(value) in CONTAINERS:
            return True
        case ast.IfExp(body=one, orelse=other):
            return _is_container(None, one) or _is_container(None, other)
        case ast.BoolOp(values=values):
            return any(_is_container(None, each) for each in values)
        case _:
            return isinstance(value, LITERALS)


def _assignments(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr | None, ast.expr | None]]:
    """Yield each target, annotation and value of the assignments below ``node``."""
    for each in ast.walk(node):
        match each:
            case ast.AnnAssign(target=target, annotation=annotation, value=value):
                yield target, annotation, value
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    pairs = [(target, value)]
                    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
                        pairs = [*zip(target.elts, value.elts, strict=True)]
                    yield from ((one, None, its) for one, its in pairs)
            case _:
                continue


def _filled(node: ast.ClassDef) -> Iterator[str]:
    """Yield the attributes into which methods put something, whatever function made them."""
    for each in ast.walk(node):
        match each:
            case ast.Subscript(value=ast.Attribute(value=ast.Name("self"), attr=name), ctx=ast.Store()):
                yield name
            case ast.Call(
                func=ast.Attribute(value=ast.Attribute(value=ast.Name("self"), attr=name), attr=method)
            ) if method in FILLING:
                yield name
            case _:
                continue


def _of_class(node: ast.ClassDef) -> Iterator[str]:
    own = {
        target.attr
        for target, _annotation, value in _assignments(node)
        if isinstance(target, ast.Attribute) and isinstance(value, ast.Call)
        if _name(value)[:1].isupper() and _name(value) not in CONTAINERS
    }
    yield from (f"{node.name}.{name}" for name in _filled(node) if name not in own)
    for target, annotation, value in _assignments(node):
        match target:
            case ast.Attribute(value=ast.Name("self"), attr=name) if _is_container(annotation, value):
                yield f"{node.name}.{name}"
            case _:
                continue
    for statement in node.body:  # the fields of a dataclass
        match statement:
            case ast.AnnAssign(target=ast.Name(name), annotation=annotation, value=value) if _is_container(
                annotation, value
            ):
                yield f"{node.name}.{name}"
            case _:
                continue


def _of_module(name: str, tree: ast.Module) -> Iterator[str]:
    """Yield the empty containers of a module, which somebody fills; the others are constants."""
    for statement in tree.body:
        if not isinstance(statement, ast.Assign | ast.AnnAssign):
            continue
        for target, _annotation, value in _assignments(statement):
            is_empty = isinstance(value, ast.Dict | ast.List) and not ast.unparse(value).strip("{}[]")
            is_made = isinstance(value, ast.Call) and not value.args and _name(value) in CONTAINERS
            if isinstance(target, ast.Name) and (is_empty or is_made):
                yield f"{name}.{target.id}"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and any(
            _name(decorator) in CACHES for decorator in node.decorator_list
        ):
            yield f"{name}.{node.name}"


def containers_in(name: str, source: str) -> set[str]:
    """Return what a module's objects keep things in, as ``Class.attribute`` or ``module.name``."""
    tree = ast.parse(source)
    found = {each for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for each in _of_class(node)}
    return found | set(_of_module(name, tree))


HELD = {
    name
    for path in (ROOT / "bot").rglob("*.py")
    for name in containers_in(path.stem, path.read_text(encoding="utf-8"))
}


def listed() -> set[str]:
    """Return what the first column of the document's tables names."""
    text = (ROOT / "docs" / "memory.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.*?) \|", text, re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([\w.]+)`", row)}


def test_everything_in_which_something_is_kept_stands_in_the_document_with_its_bound() -> None:
    assert sorted(HELD - listed()) == []


def test_the_document_lists_nothing_that_is_not_there() -> None:
    assert sorted(listed() - HELD) == []


def test_every_row_says_what_bounds_it_and_how_it_leaves() -> None:
    text = (ROOT / "docs" / "memory.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    assert [row for row in rows if not all(map(str.strip, row.strip("|").split("|")))] == []
    assert {row.count("|") for row in rows} == {5}


@pytest.mark.parametrize(
    "line",
    [
        "self._x = {}",
        "self._x: dict[int, str] = load()",
        "self._x = OrderedDict()",
        "self._x = collections.deque[int](maxlen=3)",
        "self._x = set[int]() if True else None",
        "self._x, self._y = [], 0",
        "self._x = {1, 2} or None",
        "self._x = [*range(3)]",
        "self._x = load(); self._x[1] = 2",
        "self._x = load(); self._x.add(1)",
        "self._x = load(); self._x.setdefault(1, 2)",
        "self._x = asyncio.Queue()",
    ],
)
def test_a_container_is_found_however_it_is_made(line: str) -> None:
    assert containers_in("m", f"class A:\n  def f(self):\n    {line}") == {"A._x"}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("class A:\n  x: dict[int, int] = field(default_factory=dict)", {"A.x"}),
        ("_known: dict[int, int] = {}", {"m._known"}),
        ("_known = WeakValueDictionary()", {"m._known"}),
        ("@lru_cache(maxsize=3)\ndef read(): ...", {"m.read"}),
        ("KINDS = {1: 2}", set()),
        ("class A:\n  def f(self):\n    self._x = Own()\n    self._x.add(1)", set()),
        ("class A:\n  def f(self):\n    x = {}\n    self._y = 3", set()),
    ],
)
def test_what_is_one_and_what_is_none(source: str, found: set[str]) -> None:
    assert containers_in("m", source) == found
