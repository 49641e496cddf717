"""The files of a recording: written whole, or appended to a line at a time; read without trusting them."""

from __future__ import annotations

import io
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, BinaryIO

import msgspec
import numpy as np
from numpy.typing import NDArray

from tui_trainer.input_error import InputError
from tui_trainer.whole_files import replace_file

OWN_FILE, OWN_FOLDER = 0o600, 0o700
"""Permissions: only the person may read what was recorded."""
LARGEST = 500_000_000
"""Bytes of the largest file that is read: all recordings together have no more."""


class RecordingError(InputError):
    """A recording that cannot be used. The text tells a person why."""


def put(path: Path, content: bytes | memoryview) -> None:
    """Write a file that only the person may read, and wait until it is on the disk. Raises `OSError`, also where its
    folder has been removed."""
    replace_file(path, content, mode=OWN_FILE, durable=True, makes_folder=False)


def put_arrays(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write arrays as an uncompressed .npz file. Raises `OSError`."""
    file = io.BytesIO()
    np.savez(file, **arrays)  # type: ignore[arg-type]
    put(path, file.getbuffer())


def opened(path: Path) -> BinaryIO:
    """A file, open to be read. One that never ends or keeps a reader waiting is none: a pipe, a device.

    Raises `OSError` and `RecordingError`.
    """
    file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    found = os.fstat(file.fileno())
    if stat.S_ISREG(found.st_mode) and found.st_size <= LARGEST:
        return file
    file.close()
    raise RecordingError(
        f"{path} is damaged: it is {'too large' if stat.S_ISREG(found.st_mode) else 'no regular file'}"
    )


def arrays_of(path: Path, *wanted: str) -> dict[str, NDArray[Any]]:
    """The arrays of an .npz file whose names begin with one of `wanted`, or all. Raises `RecordingError`.

    Nothing is unpickled, and a file claims no more memory than it has bytes.
    """
    try:
        with opened(path) as whole, zipfile.ZipFile(whole) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > os.fstat(whole.fileno()).st_size:
                raise RecordingError(f"{path} is damaged: it claims to hold more than it does")
            arrays = {}
            for member in members:
                name = member.filename.removesuffix(".npy")
                if name.startswith(wanted or ""):
                    with archive.open(member) as file:
                        arrays[name] = _array(file, member.file_size)
            return arrays
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError, RuntimeError, zlib.error) as error:
        raise RecordingError(f"{path} is damaged: {error}") from None


def _array(file: IO[bytes], size: int) -> NDArray[Any]:
    """One array of a file of `size` bytes. Raises `ValueError`."""
    version = np.lib.format.read_magic(file)
    if version != (1, 0):
        raise ValueError("an array has a format of another kind")
    shape, by_columns, dtype = np.lib.format.read_array_header_1_0(file)
    count = int(np.prod(shape, dtype=object))
    if dtype.hasobject or count * dtype.itemsize > size:
        raise ValueError("an array holds objects, or is larger than its file")
    array = np.frombuffer(file.read(size), dtype, count)
    return array.reshape(shape, order="F" if by_columns else "C")


def line_of(entry: object) -> bytes:
    """An entry of a journal as a line: checksum (CRC-32 of the rest, in hexadecimal), blank, JSON."""
    text = msgspec.json.encode(entry)
    return b"%08x %s\n" % (zlib.crc32(text), text)


def append(descriptor: int, lines: bytes) -> None:
    """Append to a file opened by `open_to_append`, and wait until it is on the disk."""
    while lines:
        lines = lines[os.write(descriptor, lines) :]
    os.fsync(descriptor)


def open_to_append(path: Path) -> int:
    """A descriptor for `append`. A half-written line of an earlier program is ended, so that the next one is whole."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, OWN_FILE)
    if (size := os.fstat(descriptor).st_size) and os.pread(descriptor, 1, size - 1) != b"\n":
        os.write(descriptor, b"\n")
    return descriptor


def entries_of(text: bytes) -> Iterator[dict[str, Any]]:
    """The entries of a journal. Lines with a wrong checksum are left out: they were never completely written."""
    for line in text.split(b"\n"):
        checksum, _, entry = line.partition(b" ")
        if checksum == b"%08x" % zlib.crc32(entry):
            try:
                decoded = msgspec.json.decode(entry)
            except msgspec.DecodeError:
                continue
            if isinstance(decoded, dict):
                yield decoded
