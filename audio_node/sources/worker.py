"""A process that does for the node what may hang, swell or crash: one JSON line in, one JSON line out.

Started by `worker_pool`; it ends with its standard input, also in the middle of a task, so that none outlives
the node.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from typing import TYPE_CHECKING, TypeAlias, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Json: TypeAlias = "dict[str, object]"


def bound_memory(limit: int) -> None:
    """Let this process and its children have at most ``limit`` bytes of data each, where that can be had.

    Of data, not of addresses: JavaScript's engine reserves far more of those than it uses (setrlimit(2)).
    """
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def serve(operations: dict[str, Callable[[Json], object]], failed: Callable[[Exception], Json]) -> None:
    """Answer each request ``{"operation": name, …}`` with ``{"result": …}`` or ``{"error": …}``.

    ``failed`` gives the error of an exception. Whatever a library prints goes to standard error.
    """
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in _lines(sys.stdin.buffer):
        request = cast("Json", json.loads(line))
        try:
            answer: Json = {"result": operations[str(request["operation"])](request)}
        except Exception as error:  # noqa: BLE001 - whatever it is, the node is told, and the next one is served
            answer = {"error": failed(error)}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _lines(stream: Iterable[bytes]) -> Iterable[bytes]:
    """Yield each line, read by a thread that ends the process where there is no more."""
    lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def read() -> None:
        for line in stream:
            lines.put(line)
        os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    while True:
        yield lines.get()
