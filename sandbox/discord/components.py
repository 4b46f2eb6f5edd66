"""Checking message components and modals, and numbering them as Discord does.

https://discord.com/developers/docs/components/reference
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.discord.errors import Path
    from sandbox.discord.form import Form
    from sandbox.discord.wire import Json

ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
SELECTS = frozenset({3, 5, 6, 7, 8})
SECTION, TEXT_DISPLAY, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER, LABEL = 9, 10, 11, 12, 13, 14, 17, 18
LINK, PREMIUM = 5, 6
TOTAL = 40
"""Components in one message, nested ones included."""

_TOP = frozenset({ROW})
_TOP_V2 = frozenset({ROW, SECTION, TEXT_DISPLAY, GALLERY, FILE, SEPARATOR, CONTAINER})
_IN_CONTAINER = _TOP_V2 - {CONTAINER}
_IN_MODAL = frozenset({ROW, TEXT_DISPLAY, LABEL})
_DEFAULTS: dict[int, Json] = {
    **{kind: {"min_values": 1, "max_values": 1} for kind in SELECTS},
    SEPARATOR: {"divider": True, "spacing": 1},
    CONTAINER: {"accent_color": None, "spoiler": False},
}


def check_components(form: Form, value: object, *, v2: bool = False) -> list[Json]:
    """Return a message's components with their ids; faults go to ``form``."""
    rows = form.objects(value, ("components",), high=TOTAL if v2 else 5)
    checker = _Checker(form)
    found = checker.all(rows, ("components",), _TOP_V2 if v2 else _TOP)
    if checker.count > TOTAL:
        form.fault(("components",), "BASE_TYPE_MAX_LENGTH", f"Must be {TOTAL} or fewer in length.")
    return found


def check_modal(form: Form, value: Json) -> Json:
    """Return a modal's data with component ids; faults go to ``form``."""
    rows = form.objects(value.get("components"), ("components",), low=1, high=5)
    return {
        "title": form.text(value.get("title"), ("title",), low=1, high=45, required=True),
        "custom_id": form.text(value.get("custom_id"), ("custom_id",), low=1, high=100, required=True),
        "components": _Checker(form).all(rows, ("components",), _IN_MODAL),
    }


def walk(components: list[Json]) -> Iterator[Json]:
    """Yield every component, nested ones too."""
    for component in components:
        yield component
        yield from walk(component.get("components", []))
        for name in ("component", "accessory"):
            if name in component:
                yield from walk([component[name]])


class _Checker:
    """Walks a tree once; remembers the custom ids that were taken."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._custom_ids: set[str] = set()
        self.count = 0

    def all(self, components: list[Json], path: Path, allowed: frozenset[int]) -> list[Json]:
        return [self._one(component, (*path, index), allowed) for index, component in enumerate(components)]

    def _one(self, raw: Json, path: Path, allowed: frozenset[int]) -> Json:
        kind = raw.get("type")
        if not isinstance(kind, int) or kind not in allowed:
            self._form.choice(kind, (*path, "type"), allowed)
            return raw
        self.count += 1
        component: Json = {
            **_DEFAULTS.get(kind, {}),
            **{key: item for key, item in raw.items() if item is not None},
        }
        component["id"] = raw.get("id") or self.count
        if kind in {BUTTON, TEXT_INPUT} or kind in SELECTS:
            self._interactive(component, kind, path)
        elif kind == TEXT_DISPLAY:
            self._form.text(raw.get("content"), (*path, "content"), low=1, high=4000, required=True)
        self._children(component, kind, path)
        return component

    def _children(self, component: Json, kind: int, path: Path) -> None:
        nested: Any = component.get("components")
        if kind == ROW:
            entries = self._form.objects(nested, (*path, "components"), low=1, high=5)
            inner = frozenset({BUTTON, TEXT_INPUT}) | SELECTS
            component["components"] = self.all(entries, (*path, "components"), inner)
            if len(entries) > 1 and any(entry.get("type") in SELECTS for entry in entries):
                self._form.fault(
                    (*path, "components"), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The layout is too wide."
                )
        elif kind in {SECTION, CONTAINER}:
            inner = frozenset({TEXT_DISPLAY}) if kind == SECTION else _IN_CONTAINER
            entries = self._form.objects(
                nested, (*path, "components"), low=1, high=3 if kind == SECTION else 40
            )
            component["components"] = self.all(entries, (*path, "components"), inner)
        for name, inner in (
            ("accessory", frozenset({BUTTON, THUMBNAIL})),
            ("component", frozenset({TEXT_INPUT}) | SELECTS),
        ):
            if isinstance(component.get(name), dict):
                component[name] = self._one(cast("Json", component[name]), (*path, name), inner)

    def _interactive(self, component: Json, kind: int, path: Path) -> None:
        if kind == BUTTON:
            self._button(component, path)
            if component.get("style") in (LINK, PREMIUM):
                return
        if kind == STRING_SELECT:
            self._options(component, path)
        if kind in SELECTS:
            self._form.text(component.get("placeholder"), (*path, "placeholder"), high=150)
        custom_id = self._form.text(
            component.get("custom_id"), (*path, "custom_id"), low=1, high=100, required=True
        )
        if custom_id in self._custom_ids:
            self._form.fault(
                (*path, "custom_id"),
                "COMPONENT_CUSTOM_ID_DUPLICATED",
                "Component custom id cannot be duplicated",
            )
        self._custom_ids.add(custom_id)

    def _button(self, component: Json, path: Path) -> None:
        style = component.get("style")
        self._form.choice(style, (*path, "style"), frozenset(range(1, 7)))
        self._form.text(component.get("label"), (*path, "label"), high=80)
        if style == LINK and not component.get("url"):
            self._form.required((*path, "url"))
        if style not in (LINK, PREMIUM) and not component.get("label") and not component.get("emoji"):
            self._form.fault(
                (*path, "label"), "BUTTON_COMPONENT_INVALID_LABEL", "A button needs a label or emoji."
            )
        if isinstance(component.get("emoji"), dict):
            emoji = cast("Json", component["emoji"])
            component["emoji"] = {key: value for key, value in emoji.items() if value is not None}

    def _options(self, component: Json, path: Path) -> None:
        options = self._form.objects(component.get("options"), (*path, "options"), low=1, high=25)
        values: set[str] = set()
        for index, option in enumerate(options):
            where = (*path, "options", index)
            self._form.text(option.get("label"), (*where, "label"), low=1, high=100, required=True)
            value = self._form.text(option.get("value"), (*where, "value"), low=1, high=100, required=True)
            self._form.text(option.get("description"), (*where, "description"), high=100)
            if value in values:
                self._form.fault(
                    (*where, "value"),
                    "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                    "The specified option value is already used",
                )
            values.add(value)
