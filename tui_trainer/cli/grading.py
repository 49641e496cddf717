"""`tui-trainer lessons --grade`: the tasks of a lesson, judged on the run of a student."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from msgspec import structs, to_builtins

from tui_trainer.cli.command import UsageError
from tui_trainer.cli.opening import found, overrides
from tui_trainer.cli.recordings import known_folder
from tui_trainer.cli.safe_text import complain, plain
from tui_trainer.exit_status import DONE, NOT_MET
from tui_trainer.experiment import with_settings
from tui_trainer.lessons.steps import Task
from tui_trainer.presets import Preset, load
from tui_trainer.recordings.files import RecordingError
from tui_trainer.recordings.listing import find, kept_in
from tui_trainer.recordings.recording import Recording
from tui_trainer.runs.restoring import arms_of
from tui_trainer.studies.grade import Grade, GradedLesson, Played, best, grade, grade_played, not_played


def grade_lesson(arguments: argparse.Namespace) -> int:
    """Judge all tasks by the teacher's file; 0 if all are met. Raises `PresetError`, `RecordingError`, `SettingError`
    and `UsageError`."""
    lesson = found(arguments.grade)
    if not any(isinstance(step, Task) for step in lesson.steps):
        raise UsageError(f'"{lesson.title}" has no task to grade')
    settings = overrides(arguments.set, seed=arguments.seed)
    if arguments.run is None:
        runs = [_graded(lesson, None, settings)]
    elif arguments.run:
        runs = [_graded_by_name(lesson, name, settings) for name in arguments.run]
    else:
        runs = _all_played(lesson, settings)
    grades = [best(of_task) for of_task in zip(*runs, strict=True)]
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


def _graded_by_name(lesson: Preset, name: str, settings: dict[str, object]) -> list[Grade]:
    """Every task on one file of a student, or on one recording."""
    file = Path(name).expanduser()
    if file.suffix.lower() == ".toml" or file.is_file():
        return _named(_graded(lesson, file, settings), name)
    _refuse(settings)
    path = find(known_folder(None), name)
    return _named(_graded_as_played(lesson, Recording(path)), path.name)


def _all_played(lesson: Preset, settings: dict[str, object]) -> list[list[Grade]]:
    """Every task on each recording in which a person was in the lesson, the newest first."""
    _refuse(settings)
    root, runs = known_folder(None), []
    for path in reversed(kept_in(root)):
        try:
            recording = Recording(path)
            if any(entry.title == lesson.title for entry in recording.lesson):
                runs.append(_named(_graded_as_played(lesson, recording), path.name))
        except RecordingError as error:
            complain(str(error))
    return runs or [not_played(lesson.steps, f"no recording in {root} is of this lesson")]


def _refuse(settings: dict[str, object]) -> None:
    if settings:
        raise UsageError(
            "--set and --seed do not go with a recording or an exported run, which is judged as it was played"
        )


def _named(grades: list[Grade], run: str) -> list[Grade]:
    return [structs.replace(each, run=run) for each in grades]


def _graded(lesson: Preset, student: Path | None, settings: dict[str, object]) -> list[Grade]:
    """Every task on a run with the settings of the student's file, and `settings` over them."""
    graded = graded_lesson(lesson)
    with_settings(graded.start, settings)  # reports a key that does not exist
    if student is None:
        return grade(graded, {}, settings)
    preset = load(student)
    start = preset.experiment()  # reports its mistakes
    if preset.moment is None:
        return grade(graded, preset.tables, settings)
    _refuse(settings)
    return _judged(lesson, Played(experiment=start, journal=preset.journal, iterations=preset.moment), student)


def _graded_as_played(lesson: Preset, recording: Recording) -> list[Grade]:
    """Every task on a recording: on the arm that had the focus."""
    arms = arms_of(recording)
    run = arms[recording.focus].run
    timeline = run.timeline
    played = Played(
        experiment=timeline.start_experiment,
        journal=timeline.journal,
        iterations=run.newest,
        lesson=[entry for entry in recording.lesson if entry.title == lesson.title],
    )
    return _judged(lesson, played, recording.path)


def _judged(lesson: Preset, played: Played, path: Path) -> list[Grade]:
    """Raises `RecordingError` for changes that its network cannot have."""
    try:
        return grade_played(graded_lesson(lesson), played)
    except IndexError as error:
        raise RecordingError(f"{path}: {error}") from None


def graded_lesson(lesson: Preset) -> GradedLesson:
    """Raises `PresetError` and `SettingError`."""
    return GradedLesson(
        steps=lesson.steps,
        start=lesson.experiment(),
        controls=lesson.controls,
        find=lambda title: found(title).experiment(),
    )


def _words(number: int, grade: Grade) -> str:
    if grade.met:
        return f"task {number}: met at iteration {grade.met_at:,}"
    unjudged = [f"{each}: only a recording of the lesson tells that" for each in grade.unjudged]
    misses = [*grade.misses, *unjudged] or ["its run came to its end before"]
    return f"task {number}: not met: {'; '.join(misses)}"
