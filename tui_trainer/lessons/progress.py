"""How far a person has come in lessons, kept from session to session: steps, predictions and tasks."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct, field, structs

from tui_trainer.kept_file import KeptContents, KeptFile
from tui_trainer.lessons.noted import entry_of
from tui_trainer.lessons.steps import Predict, Task
from tui_trainer.lessons.walk import Stage, Walk
from tui_trainer.telemetry import LessonEntry


class Prediction(Struct, frozen=True, kw_only=True):
    """What was predicted at a step, and how it turned out."""

    answer: str | float
    right: bool | None
    """Whether the prediction was right; None if it is not judged."""


class LessonRecord(Struct, frozen=True, kw_only=True):
    """What a person has done in one lesson."""

    step: int = 0
    """The present step, from 0."""
    done: bool = False
    """Whether the person has once come to its end with every task solved."""
    skipped: bool = False
    """Whether it was marked as known, or the person came to its end past an unsolved task."""
    predictions: dict[str, Prediction] = field(default_factory=dict)
    """Number of the step, from 1 → the last prediction there."""
    solved: frozenset[int] = frozenset()
    """Numbers of the steps, from 1, whose task was solved."""
    finished: LessonEntry | None = None
    """The present step with its reveal or explanation, if it is over and the person has not gone on yet."""
    looked: frozenset[str] = frozenset()
    """The panels of a case that were opened."""
    points: int | None = None
    """The points that the first answer to a case has earned."""

    @property
    def turned_out(self) -> dict[int, bool | None]:
        """Step, from 0 → how its prediction turned out, or that its task was solved."""
        numbers = {number: each.right for number, each in self.predictions.items() if number.isdecimal()}
        predicted = {int(number) - 1: right for number, right in numbers.items()}
        return predicted | {number - 1: True for number in self.solved}

    @property
    def right(self) -> int:
        """The predictions that turned out right."""
        return sum(prediction.right is True for prediction in self.predictions.values())

    @property
    def judged(self) -> int:
        """The predictions that were judged."""
        return sum(prediction.right is not None for prediction in self.predictions.values())


class CourseProgress(KeptContents, frozen=True, kw_only=True):
    """The contents of the file."""

    lessons: dict[str, LessonRecord] = field(default_factory=dict)
    """Title of the lesson → what was done in it."""

    def of(self, title: str) -> LessonRecord:
        """What was done in a lesson."""
        return self.lessons.get(title, LessonRecord())


FILE = KeptFile(name="lessons.json", empty=CourseProgress(), what="progress in lessons")


def remember(folder: Path | None, walk: Walk) -> str:
    """Keep where the person is in a lesson, and what the present step has shown. Returns as `KeptFile.change` does."""

    def merged(progress: CourseProgress) -> CourseProgress:
        before = progress.of(walk.lesson.title)
        return structs.replace(progress, lessons=progress.lessons | {walk.lesson.title: _after(before, walk)})

    return FILE.change(folder, merged)


def _after(before: LessonRecord, walk: Walk) -> LessonRecord:
    number, step = walk.index + 1, walk.step
    is_over = walk.stage is Stage.DONE
    tasks = {n for n, each in enumerate(walk.lesson.steps, start=1) if isinstance(each, Task)}
    done = before.done or (is_over and tasks <= before.solved)
    skipped = not done and (before.skipped or is_over)
    at = 0 if is_over else walk.index
    is_finished = walk.stage is Stage.SOLVED or (walk.stage is Stage.SHOWN and isinstance(step, Predict))
    record = structs.replace(
        before,
        step=at,
        finished=entry_of(walk) if is_finished else None,
        done=done,
        skipped=skipped,
        looked=before.looked | walk.looked,
    )
    if walk.stage is Stage.SOLVED:
        record = structs.replace(record, solved=record.solved | {number})
    if walk.stage is Stage.SHOWN and isinstance(step, Predict) and walk.answer is not None:
        answer = step.answers[walk.answer] if isinstance(walk.answer, int) and step.answers else walk.answer
        prediction = Prediction(answer=answer, right=walk.is_right)
        record = structs.replace(record, predictions=record.predictions | {str(number): prediction})
    if walk.lesson.hidden and not walk.is_closed_case and before.points is None:  # the case was answered or skipped
        record = structs.replace(record, points=walk.points if walk.is_right else 0)
    return record


def reset(folder: Path | None, titles: tuple[str, ...]) -> str:
    """Forget what was done in these lessons. Returns as `KeptFile.change` does."""
    return FILE.change(
        folder,
        lambda progress: structs.replace(
            progress, lessons={title: record for title, record in progress.lessons.items() if title not in titles}
        ),
    )


def skip(folder: Path | None, title: str) -> str:
    """Mark a lesson as skipped. Returns as `KeptFile.change` does."""
    return FILE.change(
        folder,
        lambda progress: structs.replace(
            progress, lessons=progress.lessons | {title: structs.replace(progress.of(title), skipped=True)}
        ),
    )
