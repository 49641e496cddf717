"""How far a person has come in lessons, kept over sessions: stops done, predictions and how they turned out.

A change is merged into the file as it is then, behind a lock, so that two processes do not lose each other's progress.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
from msgspec import Struct, field, structs

from tui_trainer.lessons.steps import Predict, Task
from tui_trainer.lessons.walk import Stage, Walk
from tui_trainer.whole_files import replace_file

FILE = "lessons.json"
SCHEMA = 1


class Prediction(Struct, frozen=True, kw_only=True):
    """What was predicted at a step, and how it turned out."""

    answer: str | float
    right: bool | None
    """None if nobody judges it."""


class LessonRecord(Struct, frozen=True, kw_only=True):
    """What a person has done in one lesson."""

    step: int = 0
    """The present step, from 0."""
    done: bool = False
    """Whether it was walked to its end, with every task solved; that stays."""
    skipped: bool = False
    """Whether it was marked as known, or walked to its end past a task that is not solved."""
    predictions: dict[str, Prediction] = field(default_factory=dict)
    """Number of the step, from 1 → the last prediction there."""
    solved: frozenset[int] = frozenset()
    """Numbers of the steps, from 1, whose task was solved."""
    looked: frozenset[str] = frozenset()
    """Panels of a case that were opened."""
    points: int | None = None
    """What the first answer to a case has earned."""

    @property
    def right(self) -> int:
        """The predictions that turned out right."""
        return sum(prediction.right is True for prediction in self.predictions.values())

    @property
    def judged(self) -> int:
        """The predictions that were judged."""
        return sum(prediction.right is not None for prediction in self.predictions.values())


class Progress(Struct, frozen=True, kw_only=True):
    """The contents of the file."""

    schema: int = SCHEMA
    lessons: dict[str, LessonRecord] = field(default_factory=dict)
    """Title of the lesson → what was done in it."""

    def of(self, title: str) -> LessonRecord:
        """What was done in a lesson."""
        return self.lessons.get(title, LessonRecord())


def load(folder: Path | None) -> tuple[Progress, str]:
    """The progress in the folder, and a sentence if its file could not be used and was set aside; "" if it could."""
    if folder is None:
        return Progress(), ""
    try:
        content = (folder / FILE).read_bytes()
    except FileNotFoundError:
        return Progress(), ""
    except OSError as error:
        return Progress(), f"{folder / FILE}: the progress in lessons cannot be read: {error.strerror}"
    try:
        schema = msgspec.json.decode(content, type=Progress).schema
        if schema == SCHEMA:
            return msgspec.json.decode(content, type=Progress), ""
        why = f"it has schema {schema}, and this version knows {SCHEMA}"
    except msgspec.MsgspecError:
        why = "it is damaged"
    return Progress(), _set_aside(folder / FILE, why)


def _set_aside(path: Path, why: str) -> str:
    """Rename a file that cannot be used, and say so."""
    free = next(each for n in range(1, 10_000) if not (each := path.with_suffix(f".{n}.aside")).exists())
    try:
        os.replace(path, free)
    except OSError as error:
        return f"{path}: {why}, and it cannot be set aside: {error.strerror}"
    return f"{path}: {why}; it was set aside as {free.name}, and progress in lessons begins anew"


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One process at a time. Raises `OSError`."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / f"{FILE}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def change(folder: Path | None, change: Callable[[Progress], Progress]) -> str:
    """Change what the file has at that moment. Returns a sentence if that was not possible, or a file was set aside."""
    if folder is None:
        return "progress in lessons is not kept: there is no home folder"
    try:
        with _locked(folder):
            progress, complaint = load(folder)
            replace_file(folder / FILE, msgspec.json.encode(change(progress)))
            return complaint
    except OSError as error:
        return f"progress in lessons is not kept: {folder / FILE}: {error.strerror}"


def remember(folder: Path | None, walk: Walk) -> str:
    """Keep where the person is in a lesson, and what the present step has shown. Returns as `change` does."""

    def merged(progress: Progress) -> Progress:
        before = progress.of(walk.lesson.title)
        return structs.replace(progress, lessons=progress.lessons | {walk.lesson.title: _after(before, walk)})

    return change(folder, merged)


def _after(before: LessonRecord, walk: Walk) -> LessonRecord:
    number, step = walk.index + 1, walk.step
    is_over = walk.stage is Stage.DONE
    tasks = {n for n, each in enumerate(walk.lesson.steps, start=1) if isinstance(each, Task)}
    done = before.done or (is_over and tasks <= before.solved)
    skipped = not done and (before.skipped or is_over)
    at = 0 if is_over else walk.index
    record = structs.replace(before, step=at, done=done, skipped=skipped, looked=before.looked | walk.looked)
    if walk.stage is Stage.SOLVED:
        record = structs.replace(record, solved=record.solved | {number})
    if walk.stage is Stage.SHOWN and isinstance(step, Predict) and walk.answer is not None:
        answer = step.answers[walk.answer] if isinstance(walk.answer, int) and step.answers else walk.answer
        prediction = Prediction(answer=answer, right=walk.is_right)
        record = structs.replace(record, predictions=record.predictions | {str(number): prediction})
    if walk.lesson.hidden and not walk.is_closed_case and before.points is None:  # answered, or skipped
        record = structs.replace(record, points=walk.points if walk.is_right else 0)
    return record


def reset(folder: Path | None, titles: tuple[str, ...]) -> str:
    """Forget what was done in these lessons. Returns as `change` does."""
    return change(
        folder,
        lambda progress: structs.replace(
            progress, lessons={title: record for title, record in progress.lessons.items() if title not in titles}
        ),
    )


def skip(folder: Path | None, title: str) -> str:
    """Mark a lesson as skipped. Returns as `change` does."""
    return change(
        folder,
        lambda progress: structs.replace(
            progress, lessons=progress.lessons | {title: structs.replace(progress.of(title), skipped=True)}
        ),
    )
