"""The bytes of a file: from a folder, a pipe, a gzip or a zip, unpacked with bounds on what they may become."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import sys
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import BinaryIO, cast

from tui_trainer.tables.table import STANDARD_INPUT, TableError

LONGEST_LINE = 4_000_000
"""Bytes without the end of a line above which a file is no table of lines."""
BOMB_RATIO, BOMB_BYTES = 200, 100_000_000
"""A file that unpacks to more bytes than that, and to a higher multiple of its size, is refused."""
MOST_PIPED = 2_000_000_000
PICKLE = "is a pickle, which can run any code when it is opened: save it as CSV or Parquet"
MATLAB = "is a file of MATLAB: save its table as CSV, with writetable"
R = "is a file of R: save its table with write.csv"
OTHER_KINDS = {
    b"\xd0\xcf\x11\xe0": "is an Excel workbook: save its sheet as CSV",
    b"%PDF": "is a PDF, not a table",
    b"SQLite format 3": "is a database: export one of its tables as CSV",
    b"version https://git-lfs": 'is a pointer to a file that Git LFS keeps: "git lfs pull" fetches the file itself',
    b"BZh": "is packed with bzip2: unpack it, or pack it with gzip",
    b"\xfd7zXZ": "is packed with xz: unpack it, or pack it with gzip",
    b"\x28\xb5\x2f\xfd": "is packed with zstd: unpack it, or pack it with gzip",
    b"7z\xbc\xaf": "is a 7z archive: unpack it",
    b"Rar!": "is a RAR archive: unpack it",
    b"\x80\x04\x95": PICKLE,
    b"\x80\x05\x95": PICKLE,
    b"\x80\x03": PICKLE,
    b"\x80\x02": PICKLE,
    b"\x89HDF": "is an HDF5 file: save its table as CSV, or its arrays as .npz",
    b"ARROW1\0\0": "is a Feather file: save it as Parquet or CSV",
    b"Obj\x01": "is an Avro file: save it as Parquet or CSV",
    b"MATLAB 5.0 MAT-file": MATLAB,
    b"MATLAB 7.3 MAT-file": MATLAB,
    b"<stata_dta>": "is a file of Stata: save it as CSV (export delimited)",
    b"$FL2": "is a file of SPSS: save it as CSV",
    b"RDX2\n": R,
    b"RDX3\n": R,
    b"X\n\0\0\0": R,
    b"\x89PNG": "is a picture, not a table",
    b"\xff\xd8\xff": "is a picture, not a table",
    b"{\\rtf": "is a document with formatting (RTF): save its table as CSV",
}
"""First bytes of files that people take for tables, packed or not → what they are, for the error."""
INSIDE = (b"\x1f\x8b", b"PK\x03\x04", b"\x93NUMPY", b"PAR1")
"""First bytes of files that are read on their own, but not inside another file."""
TAR = slice(257, 262), b"ustar"
"""Where a tar archive says what it is."""
DOCUMENTS = {
    "[Content_Types].xml": "an Excel workbook, or of another Office program",
    "content.xml": "a spreadsheet of LibreOffice, or another OpenDocument file",
    "Index/Document.iwa": "a spreadsheet of Numbers, or another document of Apple",
}
"""A member that every zip of such a program has → what the file is."""


class Contents:
    """A file or a pipe. Opening it again begins at its start."""

    def __init__(self, path: str) -> None:
        """Raises `TableError` if there is no such file."""
        self.name = "standard input" if path == STANDARD_INPUT else Path(path).name
        self._path = Path(path).expanduser()
        self._piped: bytes | None = None
        try:
            if path == STANDARD_INPUT or self._path.is_fifo():
                self._piped = _piped(path)
            elif self._path.is_dir():
                raise TableError(path, "is a folder, not a table")
            elif self._path.exists() and not self._path.is_file():
                raise TableError(path, "is not a regular file")
            self.size = self._path.stat().st_size if self._piped is None else len(self._piped)
            with self.packed() as file:
                self.sha256 = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
                file.seek(0)
                self.start = file.read(32)
        except FileNotFoundError:
            raise TableError(path, "no such file") from None
        except OSError as error:
            raise TableError(path, f"cannot be read: {error.strerror}") from None
        if not self.size:
            raise TableError(self.name, "is empty")
        self.check_kind(self.start)

    def check_kind(self, start: bytes) -> None:
        """Raises `TableError` if no table begins so."""
        for beginning, words in OTHER_KINDS.items():
            if start.startswith(beginning):
                raise TableError(self.name, words)

    def packed(self) -> BinaryIO:
        """The bytes as they are."""
        return self._path.open("rb") if self._piped is None else io.BytesIO(self._piped)

    @property
    def is_packed(self) -> bool:
        return self.start.startswith(b"\x1f\x8b") or (self.start.startswith(b"PK\x03\x04") and not self.holds_arrays)

    @property
    def holds_arrays(self) -> bool:
        """Whether the file is NumPy's: .npy by its first bytes, .npz by its members."""
        if self.start.startswith(b"\x93NUMPY"):
            return True
        if not self.start.startswith(b"PK\x03\x04"):
            return False
        with self._zip() as archive:
            return all(name.endswith(".npy") for name in archive.namelist())

    @contextmanager
    def unpacked(self) -> Iterator[Unpacked]:
        """The bytes of the table itself. Raises `TableError`, while reading too."""
        with self.packed() as file:
            try:
                if self.start.startswith(b"\x1f\x8b"):
                    with gzip.open(file) as stream:
                        yield Unpacked(cast(BinaryIO, stream), file, self)
                elif self.is_packed:
                    with self._zip() as archive, archive.open(self._member(archive)) as stream:
                        yield Unpacked(cast(BinaryIO, stream), file, self, known=stream)
                else:
                    yield Unpacked(file, file, self)
            except (EOFError, gzip.BadGzipFile, zipfile.BadZipFile, zlib.error, NotImplementedError) as error:
                raise TableError(self.name, f"is damaged and cannot be unpacked: {error}") from None
            except RuntimeError as error:  # zipfile raises it for a member with a password
                raise TableError(self.name, f"cannot be unpacked: {error}") from None

    def _zip(self) -> zipfile.ZipFile:
        try:
            return zipfile.ZipFile(self.packed())
        except zipfile.BadZipFile as error:
            raise TableError(self.name, f"is damaged and cannot be unpacked: {error}") from None

    def _member(self, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
        for member, words in DOCUMENTS.items():
            if member in archive.namelist():
                raise TableError(self.name, f"is {words}: save its sheet as CSV")
        members = [each for each in archive.infolist() if not each.is_dir() and not _is_hidden(each.filename)]
        if len(members) != 1:
            names = ", ".join(each.filename for each in members[:5])
            raise TableError(self.name, f"holds {len(members)} files ({names}); unpack it and give one of them")
        return members[0]


def _is_hidden(member: str) -> bool:
    """Whether a member of a zip is none of the person's files: .DS_Store, __MACOSX/._mine.csv."""
    return any(part.startswith(".") or part == "__MACOSX" for part in member.split("/"))


class Unpacked(io.RawIOBase):
    """The bytes of a table as a stream that counts, and that refuses bombs and endless lines."""

    def __init__(self, stream: BinaryIO, packed: BinaryIO, contents: Contents, known: object = None) -> None:
        self._stream, self._packed, self._contents, self._known = stream, packed, contents, known
        self._bytes = self._without_end = 0

    @property
    def share(self) -> float:
        """How much of the file has been read, 0 to 1."""
        done = self._bytes if self._known is not None or self._packed.closed else self._packed.tell()
        return min(done / max(self._contents.size, 1), 1.0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        piece = self._stream.read(len(buffer))
        buffer[: len(piece)] = piece
        self._bytes += len(piece)
        if self._bytes > max(BOMB_BYTES, BOMB_RATIO * self._contents.size):
            raise TableError(
                self._contents.name, f"unpacks to more than {BOMB_RATIO} times its size: refused as a bomb"
            )
        end = max(piece.rfind(b"\n"), piece.rfind(b"\r"))
        self._without_end = self._without_end + len(piece) if end < 0 else len(piece) - end
        if self._without_end > LONGEST_LINE:
            raise TableError(self._contents.name, f"has a line of more than {LONGEST_LINE:,} bytes, so it is no table")
        return len(piece)


@cache
def _piped(path: str) -> bytes:
    """The contents of a pipe, cached because it can be read only once."""
    if path != STANDARD_INPUT:
        with open(path, "rb") as pipe:
            content = pipe.read(MOST_PIPED + 1)
    elif sys.stdin is None or os.isatty(0):
        raise TableError(path, "standard input is a terminal, so there is nothing to read")
    else:
        content = sys.stdin.buffer.read(MOST_PIPED + 1)
    if len(content) > MOST_PIPED:
        raise TableError(path, f"more than {MOST_PIPED:,} bytes; put them into a file")
    return content
