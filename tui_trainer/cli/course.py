"""`tui-trainer lessons`: the course and the clinic with how far a person has come; `--reset` and `--skip`."""

from __future__ import annotations

import argparse
import json
import os

from tui_trainer.cli.opening import found
from tui_trainer.cli.playlist import next_in_course
from tui_trainer.cli.safe_text import complain, plain
from tui_trainer.exit_status import DONE, FAILED
from tui_trainer.lessons import progress
from tui_trainer.lessons.progress import LessonRecord
from tui_trainer.lessons.walk import MOST_POINTS
from tui_trainer.presets import Preset, clinic, course
from tui_trainer.state_folder import state_folder


def keep_or_list(arguments: argparse.Namespace) -> int:
    """List the lessons, or change what is kept of them. Raises `PresetError`."""
    folder = state_folder(os.environ)
    if arguments.reset is not None:
        titles = tuple(found(name).title for name in arguments.reset)
        everything = titles or tuple(progress.FILE.load(folder)[0].lessons)
        return _told(progress.reset(folder, everything), f"forgotten: {', '.join(titles) or 'all progress in lessons'}")
    if arguments.skip is not None:
        titles = tuple(found(name).title for name in arguments.skip)
        complaints = [progress.skip(folder, title) for title in titles]
        return _told(next(filter(None, complaints), ""), f"skipped: {', '.join(titles)}")
    known, complaint = progress.FILE.load(folder)
    if complaint:
        complain(complaint)
    records, cases = ([(lesson, known.of(lesson.title)) for lesson in each] for each in (course(), clinic()))
    bundled = {lesson.title for lesson, _ in (*records, *cases)}
    own = [(title, record) for title, record in known.lessons.items() if title not in bundled]
    if arguments.json:
        for title, record, steps in [
            *((lesson.title, record, len(lesson.steps)) for lesson, record in (*records, *cases)),
            *((title, record, None) for title, record in own),
        ]:
            fields = {"schema": 1, "title": title, "steps": steps, "step": record.step + 1, "done": record.done}
            counts = {"skipped": record.skipped, "predictions": record.judged, "right": record.right}
            print(json.dumps(fields | counts | {"tasks_solved": len(record.solved), "points": record.points}))
        return DONE
    done = sum(record.done for _, record in records)
    skipped = sum(record.skipped and not record.done for _, record in records)
    right, judged = (sum(getattr(record, name) for _, record in records) for name in ("right", "judged"))
    told = f"; {right} of {judged} predictions right" if judged else ""
    passed = f", {skipped} skipped" if skipped else ""
    print(f"The course: {done} of {len(records)} stops done{passed}{told}.")
    for lesson, record in records:
        print(plain(f"  {_sign(record)} {lesson.title:<34} {_state(lesson, record)}".rstrip()))
    won = [record.points for _, record in cases if record.points is not None]
    print(f"The clinic: {sum(won)} of {MOST_POINTS * len(cases)} points; {len(won)} of {len(cases)} cases answered.")
    for case, record in cases:
        print(plain(f"  {_sign(record)} {case.title:<34} {_points(record)}".rstrip()))
    if own:
        print("Lessons of your own:")
    for title, record in own:
        print(plain(f"  {_sign(record)} {title:<34} {_state(None, record)}".rstrip()))
    words, title = next_in_course(known)
    if title:
        print(plain(f'To {words}: tui-trainer "{title}"'))
    return DONE


def _sign(record: LessonRecord) -> str:
    return "✓" if record.done else "–" if record.skipped else " "


def _state(lesson: Preset | None, record: LessonRecord) -> str:
    """How far a person has come. `lesson`: None if its file is not known here."""
    predicted = f"{record.right} of {record.judged} predictions right" if record.judged else ""
    if record.done:
        return predicted
    if record.skipped:
        return "skipped"
    steps = "" if lesson is None else f" of {len(lesson.steps)}"
    return f"at step {record.step + 1}{steps}" if record.step else ""


def _points(record: LessonRecord) -> str:
    return f"{record.points} of {MOST_POINTS} points" if record.points is not None else "skipped" * record.skipped


def _told(complaint: str, done: str) -> int:
    if complaint:
        complain(complaint)
        return FAILED
    print(plain(done))
    return DONE
