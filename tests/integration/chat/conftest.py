"""Chat over real sockets: `tests.support.chat_bench`, which the attacks of ``tests/security`` use as well."""

from tests.support.chat_bench import *  # noqa: F403 - its fixtures, and what its tests import from here
