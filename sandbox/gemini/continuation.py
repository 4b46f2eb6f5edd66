"""Going on with an answer that was cut off, where it was cut."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sandbox.gemini.conversation import Conversation, split_speaker

if TYPE_CHECKING:
    from collections.abc import Callable

_GO_ON = re.compile(
    r"\s*(?:続けて|つづけて|続き|つづき|(?:please )?(?:continue|go on|keep going)\b)", re.IGNORECASE
)
_FENCE = re.compile(r"^```(.*)$", re.MULTILINE)
_PART_OF_FENCE = re.compile(r"`{1,2}|```\w*")
_TAILS = (100_000, 2_000, 400, 100)
"""Characters of the end of what was said by which its place is found; bots remember long answers in part."""


def go_on(conversation: Conversation, answer: Callable[[Conversation], str]) -> str | None:
    """Return the rest of the answer that the last turn asks for; None where it asks for something else.

    ``answer`` gives the same answer to the same conversation, so that what is missing is known. A code block
    that was cut is opened again.
    """
    if not _asks_to_go_on(conversation.prompt):
        return None
    turns = conversation.turns
    asked = [
        place
        for place, turn in enumerate(turns)
        if turn.role == "user" and turn.text and not _asks_to_go_on(turn.text)
    ]
    said = next((turn.text for turn in reversed(turns) if turn.role == "model" and turn.text), "").rstrip()
    if not asked or not said:
        return None
    whole = answer(Conversation(turns[: asked[-1] + 1]))
    end = _end_of(said, whole)
    if end is None:
        return None
    if not whole[end:].strip():
        return "これで全部です。" if conversation.language == "ja" else "That was all of it."
    return _rest(whole, end)


def _asks_to_go_on(text: str) -> bool:
    return _GO_ON.match(split_speaker(text)[1]) is not None


def _end_of(said: str, whole: str) -> int | None:
    """Return where in ``whole`` the end of what was said is; None if it is nowhere."""
    for length in _TAILS:
        tail = said[-length:]
        if (begin := whole.find(tail)) >= 0:
            return begin + len(tail)
    return None


def _rest(whole: str, end: int) -> str:
    """Return what follows ``end``, with the code block opened again if that is inside of one."""
    line = whole[:end].rpartition("\n")[2]
    is_closed = line == "```" and len(_FENCE.findall(whole[:end])) % 2 == 0
    if _PART_OF_FENCE.fullmatch(line) and not is_closed:
        end -= len(line)
    fences, rest = _FENCE.findall(whole[:end]), whole[end:].lstrip("\n")
    if len(fences) % 2 == 0:
        return rest
    if rest.startswith("```"):  # nothing of the block is left
        return rest.partition("\n")[2].lstrip("\n")
    return f"```{fences[-1]}\n{rest}"
