"""Makes links show their addresses: Discord hides one behind a label, and unfolds an invite into a card.

https://support.discord.com/hc/en-us/articles/210298617 (masked links)

A scan from the beginning to the end, in which each character is looked at a fixed number of times. Discord's
clients do not agree on every detail of Markdown, so this does not guess what they take for a link: no ``](``
with an address stays, wherever it is, except in what every one of them takes for code.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"(?P<escape>\\(?:[^\w\s\]]|_))|(?P<ticks>`+)"
    r"|(?P<shown><https?://[^\s<>`]{1,2000}>)"
    r"|(?P<invite>(?<![a-z0-9_/.@-])(?:https?://)?(?:[a-z0-9-]{1,40}\.){0,2}"
    r"(?:discord(?:app)?\.com/(?:invite|gifts|template)|discord\.(?:gg|me|io|li|new|gift)(?:/invite)?|dsc\.gg)"
    r"/[a-z0-9_-]+)"
    r"|(?P<opening>!?\[)|(?P<closing>\])|(?P<mark>\*+|_+|~~+|\|\|+)|(?P<other>[<>\n]|://)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"\([ \t]{0,20}<?(?P<address>https?://(?:[^\s()<>\[\]\\`]|\([^\s()<>\[\]\\`]{0,500}\)){1,2000})>?"
    r"(?:[ \t]{1,20}(?:\"[^\"\n]{0,300}\"|'[^'\n]{0,300}'))?[ \t]{0,20}\)",
    re.IGNORECASE,
)
_HARMLESS = re.compile(r"\([\w ,+*=-]{0,60}\)")
"""What behind a bracket is no address, as in ``f[i](x)``."""
_CODE_END = {1: re.compile(r"(?<!`)`(?!`)|```|\n"), 2: re.compile(r"(?<!`)``(?!`)|```|\n")}
"""By how many backticks open it: the end of inline code, or of the hope for one."""
_LANGUAGE = re.compile(r"[\w+\-.#]{0,40}\n")
_JOINS = re.compile(r"[\w<\]/.:@-]", re.ASCII)
"""What might become something else together with the label behind it, such as an invite, or one more link."""
_BLANKS = {" ", "\t", "\n"}
"""Before these, every client takes one asterisk for itself; of other blanks they have lists of their own."""
_OF_WORDS = re.compile(r"[0-9A-Za-z]")
"""Behind these, they take one underscore for itself; behind other letters it may begin formatting."""
_BRACKET = re.compile(r"[\[\]]")


def plain_links(text: str) -> str:
    """Return ``text`` with every masked link as its label and its address, and every invite without a card.

    Code stays as it is, as far as it is certain to be code. What is shown once is not changed by showing it
    again.
    """
    return _Scan(text).result()


class _Scan:
    """One scan of a text, up to ``_position``; what became of that is in ``_shown``."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0
        self._shown: list[str] = []
        self._labels: list[tuple[int, int]] = []
        """Where each label that is still open begins: in ``_shown``, and in the text."""
        self._has_bracket = False
        self._marks: set[str] = set()
        """What may have begun formatting that has not ended."""
        self._line_start = 0
        self._angle = self._scheme = -1
        """Where something in angle brackets, and an address, last began; -1: not, or it has ended."""
        self._is_code_certain = True

    def result(self) -> str:
        """Scan the text; returns what to show."""
        while match := _TOKEN.search(self._text, self._position):
            self._shown.append(self._text[self._position : match.start()])
            self._position = match.end()
            self._take(match)
        return "".join(self._shown) + self._text[self._position :]

    def _take(self, match: re.Match[str]) -> None:
        kind, found, start = str(match.lastgroup), match[0], match.start()
        if kind == "ticks" and self._is_code_certain:
            self._take_code(start, len(found))
        elif kind == "invite":
            # A backslash would take the bracket for itself.
            gap = " " if self._text[start - 1 : start] == "\\" else ""
            self._shown.append(f"{gap}<{found if found.lower().startswith('http') else f'https://{found}'}>")
        elif kind == "opening":
            self._has_bracket = True
            self._labels.append((len(self._shown), match.end()))
            self._shown.append(found)
        elif kind == "closing":
            self._take_closing(start)
        else:
            self._shown.append(found)
            self._note(kind, found, start)

    def _take_closing(self, start: int) -> None:
        """Take a "]": show the link that it ends, or part it from what might be an address."""
        label = self._labels.pop() if self._labels else None
        if not self._text.startswith("(", self._position):
            self._shown.append("]")
        elif label is not None and (link := _ADDRESS.match(self._text, self._position)):
            self._position = link.end()
            self._show_link(*label, start, link["address"])
        else:
            self._shown.append("]" if _HARMLESS.match(self._text, self._position) else "] ")

    def _show_link(self, place: int, label_start: int, label_end: int, address: str) -> None:
        before, first = label_start - len(self._shown[place]), self._text[label_start]
        joins = _JOINS.match(self._text[before - 1 : before]) or self._text[before - 1 : before] == first
        self._shown[place] = " " if joins else ""
        # One that is longer is not its address. Labels stand in labels: reading each would take too long.
        if label_end - label_start <= len(address) + len("https://www./  "):
            label = self._text[label_start:label_end]
            if not label.strip() or _bare(label.strip()) == _bare(address):
                del self._shown[place + 1 :]
                self._shown.append("\n" * label.count("\n") + f"<{address}>")
                return
        self._shown.append(f" (<{address}>)")

    def _note(self, kind: str, found: str, start: int) -> None:
        """Note what may make a difference to what is code behind it."""
        if kind == "mark":
            self._note_mark(found, start)
        elif kind == "escape" and found == "\\`":
            self._is_code_certain = False
        elif found == "<":
            self._angle = start
        elif found == "://":
            self._scheme = start
        elif found in {">", "\n"}:
            self._angle = -1
            if found == "\n":
                self._line_start = self._position

    def _note_mark(self, found: str, start: int) -> None:
        before, after = self._text[start - 1 : start], self._text[self._position : self._position + 1]
        if found in self._marks:
            if len(found) > 1 or not (before.isspace() or (found == "_" and after.isalnum())):
                self._marks.discard(found)
        elif len(found) > 1 or not (after in _BLANKS if found == "*" else _OF_WORDS.match(before)):
            self._marks.add(found)

    def _take_code(self, start: int, ticks: int) -> None:
        """Take code whole, if it is certain to be code; otherwise nothing is from here on."""
        end = self._end_of_code(start, ticks)
        if end is None or not self._is_alone(start, self._text[start + ticks : end - ticks]):
            self._is_code_certain = False
            self._shown.append("`" * ticks)
            return
        self._shown.append(self._text[start:end])
        self._position = end
        self._line_start = max(self._line_start, self._text.rfind("\n", start, end) + 1)

    def _end_of_code(self, start: int, ticks: int) -> int | None:
        """Return where code ends that opens with so many backticks, None where that is not plain."""
        text, content = self._text, start + ticks
        if ticks in _CODE_END:
            match = _CODE_END[ticks].search(text, content)
            return match.end() if match and match[0] == "`" * ticks else None
        end = text.find("```", content)
        if ticks != len("```") or end == -1 or text.startswith("`", end + len("```")):
            return None
        language = _LANGUAGE.match(text, content, end)
        is_empty = not text[language.end() if language else content : end].strip()
        return None if is_empty or text[self._line_start : start].strip() else end + len("```")

    def _is_alone(self, start: int, content: str) -> bool:
        """Tell whether nothing before code, which begins at ``start``, may reach into its ``content``."""
        if self._scheme != -1 and not any(map(str.isspace, self._text[self._scheme : start])):
            return False
        self._scheme = -1
        if self._angle != -1 or any(mark[0] in content for mark in self._marks):
            return False
        depth = 0
        for bracket in _BRACKET.findall(content):
            depth += 1 if bracket == "[" else -1
            if self._labels or (depth < 0 and self._has_bracket):
                return False
        return True


def _bare(address: str) -> str:
    return (
        address.lower()
        .removeprefix("https://")
        .removeprefix("http://")
        .removeprefix("www.")
        .removesuffix("/")
    )
