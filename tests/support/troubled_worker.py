"""A worker of `audio_node.sources` whose tasks go wrong in every way."""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING

from audio_node.sources.worker import bound_memory, serve

if TYPE_CHECKING:
    from audio_node.sources.worker import Json


def _echo(request: Json) -> Json:
    return {"process": os.getpid(), "words": request.get("words")}


def _print(_request: Json) -> Json:
    print("not a line of JSON", flush=True)  # noqa: T201
    return {}


def _hang(_request: Json) -> Json:
    threading.Event().wait()
    return {}


def _die(_request: Json) -> Json:
    os._exit(3)


def _swell(_request: Json) -> Json:
    return {"bytes": len(bytearray(2 << 30))}


def _refuse(_request: Json) -> Json:
    raise LookupError("no such song")


def _failed(error: Exception) -> Json:
    return {"message": str(error), "severity": "common", "cause": type(error).__name__}


if __name__ == "__main__":
    bound_memory(int(sys.argv[1]))
    serve(
        {"echo": _echo, "print": _print, "hang": _hang, "die": _die, "swell": _swell, "refuse": _refuse},
        _failed,
    )
