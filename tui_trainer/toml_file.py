"""Reads the TOML files that people write. Every error of a file is explained in one sentence."""

from __future__ import annotations

import re
import sys
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from tui_trainer.input_error import InputError

STANDARD_INPUT = "-"
"""Stands for standard input instead of a path."""

LARGEST = 1_000_000
"""The largest allowed size in bytes. A larger file is something else."""


_PLAIN = {
    r"Illegal character '\n'": 'the line ends within a text; its closing quotation mark " is missing',
    r"Illegal character '\r'": 'the line ends within a text; its closing quotation mark " is missing',
    "Unterminated string": 'the file ends within a text; its closing quotation mark " is missing',
    "Invalid value": "invalid value; a text stands in quotation marks, others are numbers, true, false and lists",
    "Expected '=' after a key": 'a key and its value have a = between them, as in name = "sgd"',
    "Invalid statement": "a line is a key = a value, a [table] or a # comment",
    "Expected newline or end of document": "nothing but a # comment may follow a value on its line",
    "Cannot overwrite a value": "this key has a value already",
}
"""Part of a message of `tomllib` → the message in plain words."""


class FileError(InputError):
    """A file that cannot be read as TOML. The text names the file and the mistake."""


def _content(path: Path) -> bytes:
    """The contents of a file, cut one byte above `LARGEST`. Raises `FileError` and `OSError`."""
    if str(path) == STANDARD_INPUT or path.is_fifo():
        return _piped(str(path))
    if path.exists() and not path.is_file():
        raise FileError(f"{path}: is not a regular file")
    with path.open("rb") as file:
        return file.read(LARGEST + 1)


@cache
def _piped(name: str) -> bytes:
    """The contents of a pipe, cached because it can be read only once. Raises `FileError` and `OSError`."""
    if name != STANDARD_INPUT:
        with open(name, "rb") as pipe:
            return pipe.read(LARGEST + 1)
    if sys.stdin is None or sys.stdin.isatty():
        raise FileError("-: standard input is a terminal, so there is nothing to read")
    return sys.stdin.buffer.read(LARGEST + 1)


def read(path: Path, kind: str) -> dict[str, Any]:
    """The tables of a file. `kind`: what the file should be, for messages: "preset". Raises `FileError`."""
    return parsed(path, read_bytes(path, kind), kind)


def read_bytes(path: Path, kind: str) -> bytes:
    """The contents of a file, as for `parsed`; of a larger file than that takes the first part. Raises `FileError`."""
    try:
        if path.is_dir():
            raise FileError(f"{path}: is a folder, not a {kind} file")
        return _content(path)
    except FileNotFoundError:
        raise FileError(f"{path}: no such file") from None
    except OSError as error:
        raise FileError(f"{path}: cannot be read: {error.strerror}") from None


def parsed(path: Path, content: bytes, kind: str) -> dict[str, Any]:
    """The tables that a file with this content has. Raises `FileError`."""
    if len(content) > LARGEST:
        raise FileError(f"{path}: larger than {LARGEST:,} bytes, so it is not a {kind}")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileError(f"{path}: is not text in UTF-8 (byte {error.start + 1})") from None
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise FileError(f"{path}: nested too deeply") from None
    except ValueError as error:
        raise FileError(f"{path}: {_syntax(str(error), text)}") from None


def _syntax(message: str, text: str) -> str:
    """tomllib's "Invalid value (at line 3, column 5)" as "line 3, column 5: invalid value"."""
    match = re.fullmatch(r"(.*) \(at (line \d+, column \d+|end of document)\)", message, re.DOTALL)
    what, where = match.groups() if match else (message, "no TOML")
    if where == "end of document":
        lines = text.split("\n")
        where = f"line {len(lines)}, column {len(lines[-1]) + 1}"
    return f"{where}: {next((words for sign, words in _PLAIN.items() if sign in what), what[:1].lower() + what[1:])}"
