"""Files are written whole or not at all: aside first, then renamed."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def replace_file(
    path: Path, content: bytes | memoryview, *, mode: int = 0o666, durable: bool = False, makes_folder: bool = True
) -> None:
    """Write a file, creating its folder; an earlier file of this name is replaced. Raises `OSError`.

    `mode`: who may read it, as far as the umask allows. `durable`: wait until it is on the disk, so that it is whole
    after a power failure too. `makes_folder`: if not, it is an error that the folder does not exist.
    """
    if makes_folder:
        path.parent.mkdir(parents=True, exist_ok=True)
    # No process number: in containers a later process has that of one that was killed here.
    aside = path.with_name(f".{os.urandom(8).hex()}.part")
    try:
        with open(aside, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            file.write(content)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        os.replace(aside, path)
        if durable:
            sync_folder(path.parent)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(aside)
        raise


def sync_folder(path: Path) -> None:
    """Wait until the names of the files in a folder are on the disk. Raises `OSError`."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
