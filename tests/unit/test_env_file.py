"""``bot/.env`` in whatever way it was saved."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.env_file import read_env_file

TEXT = "# 設定\r\nDISCORD_TOKEN=tok.en\r\nDATA_DIR=データ\r\n"
READ = {"DISCORD_TOKEN": "tok.en", "DATA_DIR": "データ"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "bot").mkdir()
    return tmp_path / "bot" / ".env"


@pytest.mark.parametrize(
    "encoding",
    [
        "utf-8",
        "utf-8-sig",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "utf-32",
        "utf-32-le",
        "utf-32-be",
        "cp932",
        "euc_jp",
        "iso2022_jp",
    ],
)
@pytest.mark.parametrize("newline", ["\r\n", "\n", "\r"])
def test_every_encoding_of_an_editor_is_read(file: Path, encoding: str, newline: str) -> None:
    file.write_bytes(TEXT.replace("\r\n", newline).encode(encoding))

    read = read_env_file(file)

    assert read.values["DISCORD_TOKEN"] == "tok.en"
    assert set(read.values) == set(READ)
    assert not read.faults
    assert not read.notices
    if encoding not in {"euc_jp", "iso2022_jp"}:  # which nothing tells from others; names and keys are ASCII
        assert read.values == READ


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
def test_a_western_comment_does_not_hide_the_settings(file: Path, encoding: str) -> None:
    file.write_bytes("# clé privée, été\nDISCORD_TOKEN=tok.en # là\n".encode(encoding))

    assert read_env_file(file).values == {"DISCORD_TOKEN": "tok.en"}


def test_a_mark_before_utf_16_of_the_other_order_is_obeyed(file: Path) -> None:
    file.write_bytes(b"\xfe\xff" + TEXT.encode("utf-16-be"))

    assert read_env_file(file).values == READ


def test_a_line_that_powershell_appended_in_utf_16_is_read(file: Path) -> None:
    file.write_bytes(b"DISCORD_TOKEN=tok.en\n" + "BOT_ID=two\r\n".encode("utf-16-le"))

    assert read_env_file(file).values == {"DISCORD_TOKEN": "tok.en", "BOT_ID": "two"}


@pytest.mark.parametrize("wide", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
@pytest.mark.parametrize(
    "appended",
    [
        "BOT_ID=two\n",
        "BOT_ID=two",
        "\nBOT_ID=two\n",
        "# ふたつ目\r\nBOT_ID=two\r\n",
        "export BOT_ID=two\n",
        '$env:BOT_ID = "two"\n',
        "\ufeffBOT_ID=two\n",
    ],
)
def test_a_line_that_another_shell_appended_to_utf_16_is_read(file: Path, wide: str, appended: str) -> None:
    file.write_bytes("# 《設定》 上下\r\nDISCORD_TOKEN=tok.en\r\n".encode(wide) + appended.encode())

    read = read_env_file(file)

    assert read.values == {"DISCORD_TOKEN": "tok.en", "BOT_ID": "two"}
    assert not read.notices


def test_lines_appended_in_turn_by_two_shells_are_read(file: Path) -> None:
    lines = ["# 《設定》", "DISCORD_TOKEN=tok.en", "DATA_DIR=データ", "BOT_ID=two", "LOG_LEVEL=INFO"]
    encodings = ["utf-16", "utf-8", "utf-16-le", "cp932", "utf-16-le"]
    file.write_bytes(
        b"".join(f"{line}\r\n".encode(name) for line, name in zip(lines, encodings, strict=True))
    )

    read = read_env_file(file)

    assert read.values == dict(line.split("=") for line in lines[1:])
    assert not read.notices


def test_what_is_appended_in_utf_16_to_a_file_with_a_mark_is_read(file: Path) -> None:
    file.write_bytes(TEXT.encode("utf-8-sig") + "BOT_ID=two\r\n".encode("utf-16-le"))

    assert read_env_file(file).values == {**READ, "BOT_ID": "two"}


@pytest.mark.parametrize("data", [b"", b" \n\t\r\n", b"\xef\xbb\xbf", b"\xff\xfe", "\u3000\n".encode()])
def test_a_file_with_nothing_in_it_is_blank(file: Path, data: bytes) -> None:
    file.write_bytes(data)

    assert read_env_file(file).is_blank


@pytest.mark.parametrize(
    "line",
    [
        "DISCORD_TOKEN=tok.en",
        "DISCORD_TOKEN = tok.en",
        "  DISCORD_TOKEN=tok.en  ",
        "DISCORD_TOKEN='tok.en'",
        'DISCORD_TOKEN="tok.en"',
        "DISCORD_TOKEN=tok.en # from the portal",
        "DISCORD_TOKEN: tok.en",
        "DISCORD_TOKEN＝tok.en",
        "DISCORD_TOKEN：tok.en",
        "　DISCORD_TOKEN　=　tok.en",
        "\u00a0DISCORD_TOKEN=\u00a0tok.en",
        "\u200bDISCORD_TOKEN=\ufefftok.en\u200b",
        "export DISCORD_TOKEN=tok.en",
        "set DISCORD_TOKEN=tok.en",
        "SET DISCORD_TOKEN=tok.en",
        '$env:DISCORD_TOKEN = "tok.en"',
        "DISCORD_TOKEN=tok.en\nDISCORD_TOKEN=",
        "DISCORD_TOKEN=\nDISCORD_TOKEN=tok.en",
        "DISCORD_TOKEN=tok.en\nDISCORD_TOKEN=tok.en",
        "＃ 日本語の注釈\nDISCORD_TOKEN=tok.en",
    ],
)
def test_the_habits_of_other_shells_and_keyboards_are_understood(file: Path, line: str) -> None:
    file.write_text(f"{line}\nBOT_ID=x", encoding="utf-8")

    read = read_env_file(file)

    assert {name: value.strip() for name, value in read.values.items()} == {
        "DISCORD_TOKEN": "tok.en",
        "BOT_ID": "x",
    }
    assert not read.notices


def test_a_comment_in_the_place_of_a_value_is_none(file: Path) -> None:
    file.write_text("GEMINI_API_KEY=  # later\nCOMMAND_PREFIX=#\n", encoding="utf-8")

    assert read_env_file(file).values == {"GEMINI_API_KEY": "", "COMMAND_PREFIX": "#"}


@pytest.mark.parametrize(
    "line", ["DISCORD_TOKEN", "DISCORD_TOKEN tok.en", 'BOT_ID="x', "eyJhbGci.eyJyb2xl.c2ln"]
)
def test_a_line_that_means_nothing_is_pointed_out_by_its_number_alone(file: Path, line: str) -> None:
    file.write_text(f"# one\n\n{line}\nLOG_LEVEL=INFO\n", encoding="utf-8")

    read = read_env_file(file)

    assert list(read.notices) == ["bot/.env:3"]
    assert "NAME=value" in str(read.notices["bot/.env:3"])
    assert read.values == {"LOG_LEVEL": "INFO"}


def test_two_different_values_are_pointed_out_by_their_lines(file: Path) -> None:
    file.write_text("BOT_ID=a\n\nBOT_ID=b\n", encoding="utf-8")

    read = read_env_file(file)

    assert read.values == {"BOT_ID": "b"}
    assert "lines 1 and 3; line 3 counts" in str(read.notices["BOT_ID"])


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04\x14\x00\x06\x00\x08\x00",
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        rb"{\rtf1\ansi DISCORD_TOKEN=x}",
        b"<!DOCTYPE html><p>DISCORD_TOKEN=x",
        bytes(range(256)),
        b"\x00\x00\x01\x00\x01\x00\x10\x10",
        b"\x00\x00\x00\x18ftypmp42",
        b"SQLite format 3\x00\x10\x00",
    ],
)
def test_what_is_no_plain_text_is_told_in_a_sentence(file: Path, data: bytes) -> None:
    file.write_bytes(data)

    read = read_env_file(file)

    assert "not plain text" in str(read.faults["bot/.env"])
    assert not read.values


def test_every_single_byte_is_read_or_told(file: Path) -> None:
    for byte in range(256):
        for place in (b"%c", b"DISCORD_TOKEN=x%c", b"DISCORD_TOKEN=x\n#%c%c"):
            file.write_bytes(place.replace(b"%c", bytes([byte])))
            read_env_file(file)


def test_a_folder_in_its_place_is_told_in_a_sentence(file: Path) -> None:
    file.mkdir()

    assert "cannot be read" in str(read_env_file(file).faults["bot/.env"])


def test_a_file_that_is_not_there_is_empty(file: Path) -> None:
    read = read_env_file(file)

    assert (read.is_blank, read.values, read.faults, read.notices) == (True, {}, {}, {})
