"""The entries about a walk through a lesson that are recorded with its run, and the way back from an entry to the
walk."""

from __future__ import annotations

from msgspec import structs

from tui_trainer.lessons.steps import Predict, Step, Task
from tui_trainer.lessons.walk import Commands, Lesson, Stage, Walk, aim_of
from tui_trainer.telemetry import LessonEntry
from tui_trainer.telemetry import commands as do
from tui_trainer.telemetry.aim import Aim
from tui_trainer.telemetry.lesson import LEFT, MOST_CHARACTERS, SKIPPED

UNFINISHED = Stage.CHOOSE, Stage.TYPE, Stage.RUN, Stage.KEY, Stage.TASK
"""Stages of a step that is not done yet: a walk that leaves the step from one of them has skipped it."""


def entry_of(walk: Walk) -> LessonEntry:
    """The entry for the present step and stage of the walk."""
    answer = walk.answer
    if isinstance(walk.step, Predict) and walk.step.answers and isinstance(answer, int):
        answer = walk.step.answers[answer]
    return LessonEntry(
        title=_cut(walk.lesson.title),
        opens=_cut(walk.lesson.opens),
        step=min(walk.index + 1, len(walk.lesson.steps)),
        stage=walk.stage.value,
        answer=_cut(answer) if isinstance(answer, str) else answer,
        right=walk.is_right,
        right_answer=_cut(walk.right_words),
        shown=_cut(walk.shown),
        hints=walk.hints,
        looked=tuple(sorted(walk.looked)),
    )


def _cut(text: str) -> str:
    return text[:MOST_CHARACTERS]


def news(before: Walk | None, now: Walk) -> tuple[Commands, Commands]:
    """The notes to take between two states of a lesson: those before the commands of the present step of `now`, and
    those after them. The commands can begin another run, which gets the later notes."""
    if not now.lesson.steps:
        return (), ()
    entry = do.NoteLesson(entry_of(now))
    if before is None or before.lesson is not now.lesson:
        return (), (entry,)
    known = entry_of(before)
    if before.index == now.index:
        return ((entry,) if known != entry.entry else ()), ()
    passed_over = do.NoteLesson(structs.replace(known, stage=SKIPPED))
    return ((passed_over,) if before.stage in UNFINISHED else ()), (entry,)


def left_at(walk: Walk) -> Commands:
    """The notes to take when a lesson is left and its run may stay."""
    return (do.NoteLesson(structs.replace(entry_of(walk), stage=LEFT)),) if walk.lesson.steps else ()


def is_at(walk: Walk, entry: LessonEntry) -> bool:
    now = entry_of(walk)
    return (now.title, now.step, walk.step is None) == (entry.title, entry.step, entry.stage == Stage.DONE)


def returned(lesson: Lesson, entry: LessonEntry, iteration: int, aims: int = 0) -> tuple[Walk, Commands] | None:
    """The walk at an entry, on a run that goes on after `iteration` updates; None if the lesson has changed since.
    Entries are checked, because a recording can come from anywhere. `aims`: how many aims runs were given before."""
    steps = lesson.steps
    walk = Walk(
        lesson=lesson,
        index=entry.step - 1,
        has_run=True,
        looked=lesson.looked.union(entry.looked),
        turned_out=lesson.turned_out,
        aims=aims,
    )
    if entry.title != lesson.title or not 0 < entry.step <= len(steps):
        return None
    if entry.stage == Stage.DONE:
        return structs.replace(walk, index=len(steps), stage=Stage.DONE), ()
    step = steps[walk.index]
    answer: int | float | str | None = entry.answer
    if isinstance(step, Predict) and step.answers:
        answer = step.answers.index(answer) if answer in step.answers else None
    if entry.stage not in _stages(step, is_answered=answer is not None):
        return None
    walk = structs.replace(
        walk,
        stage=Stage(entry.stage),
        answer=answer,
        is_right=entry.right,
        right_words=entry.right_answer,
        shown=entry.shown,
        hints=min(entry.hints, len(step.hints)) if isinstance(step, Task) else 0,
    )
    aim = _aim(step, iteration - entry.iteration) if walk.stage in (Stage.TASK, Stage.RUN) else None
    if aim is None:
        return walk, (do.WatchFor(None),)
    aim = structs.replace(aim, pauses=True, number=aims + 1)
    return structs.replace(walk, aims=aim.number), (do.WatchFor(aim),)


def _stages(step: Step, *, is_answered: bool) -> tuple[Stage, ...]:
    if isinstance(step, Task):
        return Stage.TASK, Stage.SOLVED
    if isinstance(step, Predict) and not is_answered:
        return (Stage.CHOOSE if step.answers else Stage.TYPE,)
    return (*(() if isinstance(step, Predict) else (Stage.READ,)), Stage.KEY, Stage.RUN, Stage.SHOWN)


def _aim(step: Step, done: int) -> Aim:
    """What the run is watched for after `done` iterations of the step."""
    if isinstance(step, Task):
        return aim_of(step)
    if step.run is None or step.run.key:
        return Aim(iterations=0)
    left = None if step.run.iterations is None else max(step.run.iterations - done, 0)
    return Aim(claim=step.run.until, any_finding=step.run.any_finding, iterations=left)
