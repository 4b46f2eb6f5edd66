"""Text that databases and JSON take, whatever somebody wrote."""

from __future__ import annotations

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def sanitize_text(text: str) -> str:
    r"""Return ``text`` without what PostgreSQL's ``text`` refuses; most texts come back unchanged.

    NUL (SQLSTATE 22P05) and lone surrogates (22P02) become U+FFFD; a surrogate pair in two code points
    becomes the character it stands for. https://www.postgresql.org/docs/current/datatype-json.html
    """
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.replace("\0", REPLACEMENT)
