"""Where a person begins a lesson or comes back to it: at a step, on a run that is as the texts of that step tell."""

from __future__ import annotations

from msgspec import structs

from tui_trainer.lessons.noted import returned
from tui_trainer.lessons.numbers import references
from tui_trainer.lessons.steps import NumberAnswer, Predict, Step, Task
from tui_trainer.lessons.walk import Commands, Lesson, Walk, at_step, changes_of
from tui_trainer.telemetry import commands as do


def begun(lesson: Lesson, index: int = 0, aims: int = 0) -> tuple[Walk, Commands]:
    """The lesson from a step on, counted from 0, on the run of its experiment at the start. A step that the person has
    finished, and left before going on, stays finished. `aims`: how many aims runs were given before, by other lessons;
    a snapshot of such a run can still come."""
    index = _whole(lesson.steps, index)
    before: Commands = ()
    for step in lesson.steps[:index]:
        before += changes_of(step)
    walk, commands = at_step(Walk(lesson=lesson, looked=lesson.looked, turned_out=lesson.turned_out, aims=aims), index)
    left = _as_left(walk)
    return left or walk, (*before, *commands, *((do.WatchFor(None),) if left else ()))


def _whole(steps: tuple[Step, ...], index: int) -> int:
    """The step from which to go on so that the run is as the texts tell: a step can need what ran since the run
    began."""
    index = min(max(index, 0), len(steps))
    fresh = max((n for n in range(min(index, len(steps) - 1) + 1) if steps[n].restart or steps[n].preset), default=0)
    ran = any(step.run is not None or isinstance(step, Task) for step in steps[fresh:index])
    return fresh if ran and _need_the_run(steps[index:]) else index


def _as_left(walk: Walk) -> Walk | None:
    """The walk after the reveal or the explanation at which the person left; None if they did not, or if what follows
    needs the run that was there."""
    entry, lesson = walk.lesson.finished, walk.lesson
    if entry is None or entry.step != walk.index + 1 or _need_the_run(lesson.steps[walk.index + 1 :]):
        return None
    back = returned(lesson, entry, 0)
    return None if back is None else structs.replace(back[0], aims=walk.aims, has_run=False)


def _need_the_run(steps: tuple[Step, ...]) -> bool:
    """Whether any of these steps speaks of the run that went on before them: those after a new run do not."""
    for step in steps:
        if step.restart or step.preset:
            return False
        if step.run is not None or isinstance(step, Task) or _tells_numbers(step):
            return True
    return False


def _tells_numbers(step: Step) -> bool:
    """Whether the texts of a step have numbers of the run, or its answer is one or depends on what happened."""
    texts: tuple[str, ...] = (step.text,)
    if isinstance(step, Predict):
        if isinstance(step.right, tuple) or (
            isinstance(step.answer, NumberAnswer) and isinstance(step.answer.number, str)
        ):
            return True
        texts = (step.text, step.reveal)
    return any(True for text in texts for _ in references(text))
