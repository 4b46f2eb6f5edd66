"""What tests of attacks share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.chat_bench import *  # noqa: F403 - its fixtures
from tests.support.page_markdown import page_markdown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.page_markdown import Parse


@pytest.fixture(scope="session")
def parse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parse]:
    """The Markdown parser of the sandbox's page."""
    with page_markdown(tmp_path_factory.mktemp("page-markdown")) as parser:
        yield parser
