from __future__ import annotations

import aiohttp
import pytest
import wavelink

from bot.errors import SpokenError, UserError
from bot.lavalink import errors

REFUSAL = {"timestamp": 1, "status": 400, "error": "Bad Request", "path": "/v4/x"}
LOAD_FAILURE = {"message": "This video is not available", "severity": "common", "cause": "x"}


@pytest.mark.parametrize(
    ("raised", "translation"),
    [
        (wavelink.LavalinkLoadException(data=LOAD_FAILURE), errors.TrackLoadError),
        (wavelink.LavalinkException(data=REFUSAL), errors.RequestRefusedError),
        (wavelink.InvalidNodeException("none"), errors.NoNodeError),
        (wavelink.NodeException(status=502), errors.NodeUnreachableError),
        (aiohttp.ClientConnectionError("refused"), errors.NodeUnreachableError),
        (TimeoutError(), errors.NodeUnreachableError),
        (ConnectionResetError(), errors.NodeUnreachableError),
    ],
)
def test_a_vendor_error_becomes_one_of_ours_and_stays_its_cause(
    raised: Exception, translation: type[errors.LavalinkError]
) -> None:
    with pytest.raises(translation) as caught, errors.translated():
        raise raised

    assert caught.value.__cause__ is raised
    assert isinstance(caught.value, SpokenError)


def test_the_user_reads_what_the_source_says() -> None:
    with pytest.raises(errors.TrackLoadError) as caught, errors.translated():
        raise wavelink.LavalinkLoadException(data=LOAD_FAILURE)

    assert "This video is not available" in caught.value.in_language("ja")


def test_a_source_that_says_nothing_is_quoted_by_its_cause() -> None:
    with pytest.raises(errors.TrackLoadError) as caught, errors.translated():
        raise wavelink.LavalinkLoadException(data={**LOAD_FAILURE, "message": None, "cause": "IOException"})

    assert "IOException" in str(caught.value)


def test_finding_nothing_is_no_fault() -> None:
    assert isinstance(errors.NothingFoundError("x"), UserError)
    assert not isinstance(errors.NoNodeError(), UserError)


def test_the_log_is_told_what_happened_even_where_the_vendor_says_nothing() -> None:
    with pytest.raises(errors.LavalinkError) as silent, errors.translated():
        raise TimeoutError
    with pytest.raises(errors.LavalinkError) as talkative, errors.translated():
        raise ConnectionRefusedError(111, "refused")

    assert silent.value.detail == "TimeoutError"
    assert talkative.value.detail == "ConnectionRefusedError: [Errno 111] refused"
    assert errors.NoNodeError().detail.startswith("No music server")
