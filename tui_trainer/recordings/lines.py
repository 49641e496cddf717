"""The kinds of lines of a journal that are read again when a recording is opened. The list reads only the summaries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from tui_trainer.recordings.files import RecordingError
from tui_trainer.recordings.listing import Summary
from tui_trainer.telemetry import LessonEntry
from tui_trainer.telemetry.lesson import Whole

MOST_STEPS = 10_000
"""The most steps of a person in a lesson that a recording may hold."""


class ArmOfLine(Struct, frozen=True, kw_only=True):
    letter: str
    name: str
    strand: Whole


class ArmsLine(Struct, frozen=True, kw_only=True, tag="arms", tag_field="kind"):
    """The arms from now on."""

    arms: tuple[ArmOfLine, ...]


class ForkLine(Struct, frozen=True, kw_only=True, tag="fork", tag_field="kind", rename={"parent": "from"}):
    """A strand that begins with the first iterations of another."""

    strand: Whole
    parent: Whole
    iteration: Whole


class LessonLine(Struct, frozen=True, kw_only=True, tag="lesson", tag_field="kind"):
    """What a person did in a lesson: the first `after` steps stay as they were in earlier lines, these follow."""

    after: Whole
    steps: Annotated[tuple[LessonEntry, ...], Meta(max_length=MOST_STEPS)]


Line = ArmsLine | ForkLine | LessonLine | Summary
_KINDS: dict[object, type[Line]] = {"arms": ArmsLine, "fork": ForkLine, "lesson": LessonLine, "summary": Summary}


def lines_of(entries: Iterable[dict[str, Any]], where: object) -> list[Line]:
    """The entries of a journal that are read again. `where`: the file, for `RecordingError`, which it raises."""
    try:
        kinds = ((entry, str(entry.get("kind"))) for entry in entries)
        return [msgspec.convert(entry, _KINDS[kind]) for entry, kind in kinds if kind in _KINDS]
    except (msgspec.ValidationError, OverflowError) as error:
        raise RecordingError(f"{where} is damaged: {error}") from None
