"""A moment of a run in one word, `tt1:…`: the preset, what differs from it, what was done, and the iteration.

The word is a list in MessagePack, compressed, in the letters of URLs; then a point and its CRC-32 in the same letters,
which notices every changed letter. Codes of earlier versions have no checksum. It names presets of the program, which
every machine has; a file is named by its path and the beginning of its hash, for this machine alone.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct, structs

from tui_trainer.experiment import Experiment, SettingError, build, with_settings
from tui_trainer.experiment.settings import differences
from tui_trainer.presets.journal import journal_lines, journal_of
from tui_trainer.presets.preset import Preset, PresetError
from tui_trainer.telemetry import Recipe

PREFIX = "tt1:"
POINT = "."
"""Stands before the checksum."""
LONGEST = 210
"""Characters of a code that people still copy and send. A longer moment goes into a file."""
LARGEST = 100_000
"""Bytes of the largest contents that are read."""
RAW = -15
"""zlib's parameter for a stream without header and checksum."""
DIGEST = 8
"""Hexadecimal digits of a file's hash."""


NO_PRESET = Preset(
    title="",
    family="",
    order=0,
    question="",
    watch="",
    text="",
    axis=None,
    tables={},
    expect=None,
    path=Path(os.devnull),
)
"""The values by default. With them, or with those of a preset, the code of a run begins whose file is not known."""


class _Contents(Struct, array_like=True, forbid_unknown_fields=True):
    name: str
    """The title of a preset of the program, or the path of a file; "" for the values by default."""
    digest: str
    """"" for a preset of the program."""
    settings: dict[str, Any]
    """Dotted key → value at the start, where it differs from the preset's."""
    journal: list[list[Any]]
    """The values of the lines of a preset file, in their order."""
    iteration: Annotated[int, Meta(ge=0, le=1_000_000_000)]
    title: Annotated[str, Meta(max_length=LONGEST)] = ""
    """The run's own, where the preset has another one; else "", and left out."""


def code_of(preset: Preset, recipe: Recipe, iteration: int, *, is_own: bool, title: str = "") -> str:
    """The code of a moment of a run that began as `preset`, with settings changed. `is_own`: the preset is a file of
    the person's. `title`: the run's own, if the preset has another one. Raises `PresetError` if the run cannot have
    begun so."""
    base, start = preset.experiments()[0][1], build(recipe.tables, preset.title, preset.axis)
    settings = differences(base, start)
    try:
        is_equal = with_settings(base, settings).tables == start.tables
    except SettingError:
        is_equal = False
    if not is_equal:
        raise PresetError(f'the run did not begin as "{preset.title}"')
    name, digest = (str(preset.path.resolve()), _digest(preset.path)) if is_own else (preset.title, "")
    journal = [list(line.values()) for line in journal_lines(recipe.journal)]
    contents = [name, digest, settings, journal, iteration, *([title] if title else [])]
    packed = zlib.compress(msgspec.msgpack.encode(contents), 9, RAW)
    return PREFIX + _in_letters(packed) + POINT + _checksum(packed)


def preset_of(code: str, find: Callable[[str], Preset]) -> Preset:
    """The preset that a code names, with its settings, journal and moment. Raises `PresetError`."""
    contents = _contents(code)
    preset = find(contents.name) if contents.name else NO_PRESET
    if contents.digest and _digest(preset.path) != contents.digest:
        raise PresetError(f"{contents.name}: has changed since the share code was made")
    try:
        experiment: Experiment = with_settings(preset.experiments()[0][1], contents.settings)
    except SettingError as error:
        raise PresetError(f"share code: {error}") from None
    keys = {True: ("iteration", "key", "value"), False: ("iteration", "layer", "source", "unit", "value")}
    lines = [dict(zip(keys[len(values) < 4], values, strict=False)) for values in contents.journal]
    journal, faults = journal_of(lines, experiment)
    if faults:
        raise PresetError(f"share code: {faults[0]}")
    if contents.title:  # another preset lends its values alone, and a table what it asks, too
        preset = structs.replace(preset if contents.digest else NO_PRESET, title=contents.title)
    return structs.replace(preset, tables=experiment.tables, arms=(), journal=journal, moment=contents.iteration)


def _contents(code: str) -> _Contents:
    """Raises `PresetError` for a code that is damaged, or from a newer version."""
    text, point, checksum = code.removeprefix(PREFIX).partition(POINT)
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        reader = zlib.decompressobj(RAW)
        unpacked = reader.decompress(packed, LARGEST)
        if not reader.eof or reader.unused_data or _in_letters(packed) != text.rstrip("="):
            raise zlib.error
        if point and checksum != _checksum(packed):
            raise zlib.error
        return msgspec.msgpack.decode(unpacked, type=_Contents)
    except (binascii.Error, zlib.error, ValueError, msgspec.MsgspecError, RecursionError):
        raise PresetError(
            f"this is no whole share code, though it begins with {PREFIX}; copy all of it, letter by letter"
        ) from None


def _in_letters(packed: bytes) -> str:
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def _checksum(packed: bytes) -> str:
    return _in_letters(zlib.crc32(packed).to_bytes(4, "big"))


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:DIGEST]
    except OSError as error:
        raise PresetError(f"{path}: cannot be read: {error.strerror}") from None
