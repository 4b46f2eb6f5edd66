"""The command line of the audio node."""

from __future__ import annotations

import pytest

from audio_node.__main__ import parse_arguments, refusal
from audio_node.settings import DEFAULT_PASSWORD


@pytest.mark.parametrize(
    ("host", "password", "is_refused"),
    [
        ("127.0.0.1", DEFAULT_PASSWORD, False),
        ("::1", DEFAULT_PASSWORD, False),
        ("localhost", DEFAULT_PASSWORD, False),
        ("0.0.0.0", DEFAULT_PASSWORD, True),
        ("192.0.2.1", DEFAULT_PASSWORD, True),
        ("example.org", DEFAULT_PASSWORD, True),
        ("0.0.0.0", "another", False),
    ],
)
def test_the_password_that_everybody_knows_is_for_this_machine_only(
    host: str, password: str, is_refused: bool
) -> None:
    assert bool(refusal(host, password)) == is_refused


@pytest.mark.parametrize("port", ["-1", "65536", "x"])
def test_a_port_that_cannot_be_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse_arguments(["--port", port])
    assert port in capsys.readouterr().err


def test_hosts_may_be_several() -> None:
    hosts = parse_arguments(["--http-host", "a.example", "--http-host", "*.b.example:8000"]).http_host
    assert hosts == ["a.example", "*.b.example:8000"]
