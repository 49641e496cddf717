"""`tui-trainer lessons --grade`: the tasks of a lesson, judged on the run of a student."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from msgspec import to_builtins

from tui_trainer.cli.command import UsageError
from tui_trainer.cli.opening import found, overrides
from tui_trainer.cli.plain import plain
from tui_trainer.cli.status import DONE, NOT_MET
from tui_trainer.experiment import with_settings
from tui_trainer.lessons.steps import Task
from tui_trainer.presets import load
from tui_trainer.studies.grade import Grade, changes_of, grade


def grade_lesson(arguments: argparse.Namespace) -> int:
    """Judge all tasks by the teacher's file; 0 if all are met. Raises `PresetError`, `SettingError`, `UsageError`."""
    lesson = found(arguments.grade)
    tasks = [step for step in lesson.steps if isinstance(step, Task)]
    if not tasks:
        raise UsageError(f'"{lesson.title}" has no task to grade')
    experiment = lesson.experiment()
    changes: dict[str, object] = {}
    if arguments.run is not None:
        student = load(Path(arguments.run).expanduser())
        student.experiment()  # reports its mistakes
        changes = changes_of(student.tables, experiment)
    changes |= overrides(arguments.set, seed=arguments.seed)
    with_settings(experiment, changes)  # reports a key that does not exist
    grades = grade(lesson.steps, experiment, changes, lesson.controls, lambda title: found(title).experiment())
    met = all(each.met for each in grades)
    for number, each in enumerate(grades, start=1):
        if arguments.json:
            fields = {"schema": 1, "event": "task", "number": number, **to_builtins(each), "met": each.met}
            print(json.dumps(fields), flush=True)
        else:
            print(plain(_words(number, each)))
    if arguments.json:
        count = sum(each.met for each in grades)
        end = {
            "schema": 1,
            "event": "grade",
            "lesson": lesson.title,
            "met": met,
            "tasks": len(grades),
            "tasks_met": count,
        }
        print(json.dumps(end))
    sys.stdout.flush()
    return DONE if met else NOT_MET


def _words(number: int, grade: Grade) -> str:
    left_out = f" (not judged without a screen: {', '.join(grade.unjudged)})" if grade.unjudged else ""
    if grade.met:
        return f"task {number}: met at iteration {grade.met_at:,}{left_out}"
    return f"task {number}: not met: {'; '.join(grade.misses) or 'its run came to its end before'}{left_out}"
