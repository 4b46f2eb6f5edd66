from __future__ import annotations

import io
import logging
import sys
from collections.abc import Iterator

import pytest

from bot.errors import UserError
from bot.log_setup import (
    NOISY_LIBRARIES,
    ConsoleFormatter,
    make_console_forgiving,
    set_up_logging,
)
from bot.redaction import redactor
from bot.texts import Text


@pytest.fixture
def restored_logging() -> Iterator[None]:
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    levels = {name: logging.getLogger(name).level for name in NOISY_LIBRARIES}
    yield
    logging.captureWarnings(capture=False)
    root.handlers[:], root.level = before
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def test_a_known_secret_is_blotted_out_of_the_message_and_of_the_traceback() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(ConsoleFormatter(redactor(["hunter2", "hunter2-longer"])))
    log = logging.Logger("t")
    log.addHandler(handler)
    try:
        raise ValueError("refused hunter2-longer")
    except ValueError:
        log.exception("with %s", "hunter2")
    assert "hunter2" not in stream.getvalue()
    assert "longer" not in stream.getvalue()
    assert "ValueError: refused ***" in stream.getvalue()


@pytest.mark.usefixtures("restored_logging")
def test_the_console_speaks_the_owners_language_and_every_other_handler_english(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    console, text = io.StringIO(), Text(ja="直し方", en="the cure")
    monkeypatch.setattr(sys, "stderr", console)
    set_up_logging("INFO", redactor([]), "ja")
    logging.getLogger().addHandler(caplog.handler)

    log = logging.getLogger("bot")
    log.info("Shutting down")
    log.warning("   → %s", text)
    log.warning("The model broke off an answer: %s", UserError(text))
    log.info("✅ %s table exists", "bot_logs")
    log.info("not in the catalogue: %s", 1)

    shown = [line.partition("bot: ")[2] for line in console.getvalue().splitlines()]
    assert shown == [
        "終了しています",
        "   → 直し方",
        "モデルの回答が途中で切れました: 直し方",
        "✅ bot_logs table exists",
        "not in the catalogue: 1",
    ]
    assert caplog.messages[:3] == [
        "Shutting down",
        "   → the cure",
        "The model broke off an answer: the cure",
    ]


@pytest.mark.usefixtures("restored_logging")
@pytest.mark.parametrize("encoding", ["ascii", "cp932", "utf-8"])
def test_a_console_that_lacks_a_character_garbles_it_and_raises_nothing(
    encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = {name: io.BytesIO() for name in ("stdout", "stderr")}
    for name, raw in written.items():
        monkeypatch.setattr(sys, name, io.TextIOWrapper(raw, encoding, errors="strict", write_through=True))
    make_console_forgiving()
    set_up_logging("INFO", redactor([]))

    logging.getLogger("bot").info("✅ 起動 \ud800 done")
    sys.stdout.write("✅ 起動 \ud800 done")

    for raw in written.values():
        shown = raw.getvalue().decode(encoding)
        assert shown.rstrip().endswith(" ? done")
        assert ("起動" in shown) is (encoding != "ascii")
        assert "Traceback" not in shown


@pytest.mark.usefixtures("restored_logging")
def test_no_console_at_all_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    make_console_forgiving()
    set_up_logging("INFO", redactor([]))

    logging.getLogger("bot").info("nobody reads this")


@pytest.mark.usefixtures("restored_logging")
def test_libraries_speak_up_from_warning_even_when_otonari_debugs() -> None:
    set_up_logging("DEBUG", redactor([]))
    assert logging.getLogger("bot.chat").isEnabledFor(logging.DEBUG)
    assert not logging.getLogger("discord.gateway").isEnabledFor(logging.INFO)
    assert logging.getLogger("wavelink.node").isEnabledFor(logging.WARNING)
