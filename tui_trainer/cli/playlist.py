"""A playlist: several files on the command line, or a folder of them. The program's own one is the course."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from tui_trainer.lessons.progress import CourseProgress
from tui_trainer.lessons.walk import Lesson
from tui_trainer.preset_files import CLINIC, COURSE, folder
from tui_trainer.presets import Preset, PresetError, clinic, course, load


def files_of(words: Sequence[str]) -> tuple[Path, ...]:
    """The files that the words name, in their order: those of a folder by the `order` in them, then by name. Empty if
    the words are neither a folder with TOML files nor several paths that exist. Raises `PresetError`, for files of
    which one is missing, too: their words are no title."""
    paths = [Path(word).expanduser() for word in words]
    missing = [path for path in paths if not path.exists()]
    is_one_name = Path(" ".join(words)).expanduser().exists()  # it has blanks, and nobody has quoted it
    if len(paths) > 1 and missing and all(path.suffix == ".toml" for path in missing) and not is_one_name:
        raise PresetError(f"{missing[0]}: no such file")
    if not paths or not all(path.exists() for path in paths) or (len(paths) == 1 and not paths[0].is_dir()):
        return ()
    files: list[Path] = []
    for path in paths:
        inside = (
            sorted(path.glob("*.toml"), key=lambda each: (load(each).order, each.name)) if path.is_dir() else [path]
        )
        if not inside and (len(paths) > 1 or words[0].endswith(os.sep)):  # without the slash it may be a title
            raise PresetError(f"{path}: no TOML files in this folder")
        files += inside
    return tuple(files)


def stop(preset: Preset, playlist: Sequence[Path], progress: CourseProgress) -> Lesson | None:
    """The preset as a stop of the playlist, of the course or of the clinic; None if it is in none and has no steps,
    and for a moment in the middle of its run, of which its steps know nothing."""
    if preset.moment is not None and preset.path not in playlist:
        return None
    stops, after = {path: str(path) for path in playlist}, ""
    titles = [_title(path) for path in playlist]
    if preset.path not in stops:
        inside = preset.path.parent
        # Course and clinic are read only where the preset is in them: reading them took a third of the start.
        lessons = course() if inside == folder() / COURSE else clinic() if inside == folder() / CLINIC else ()
        stops = {lesson.path: lesson.title for lesson in lessons}
        titles = list(stops.values())
        after = clinic()[0].title if inside == folder() / COURSE and preset.path == lessons[-1].path else ""
    if preset.path not in stops:
        stops = {preset.path: str(preset.path)} if preset.steps else {}
    if not stops:
        return None
    opens, here = list(stops.values()), list(stops).index(preset.path)
    record = progress.of(preset.title)
    return Lesson(
        title=preset.title,
        opens=opens[here],
        steps=preset.steps,
        controls=preset.controls,
        resumes_at=record.step,
        finished=record.finished,
        turned_out=record.turned_out,
        number=here + 1,
        of=len(stops),
        others_done=sum(progress.of(title).done for title in titles if title != preset.title),
        previous=opens[here - 1] if here else "",
        next=opens[here + 1] if here + 1 < len(opens) else after,
        hidden=preset.hidden,
        looked=record.looked,
        earned=record.points,
    )


def _title(path: Path) -> str:
    """The title of a file of a playlist, under which its progress is kept; "" while the file has mistakes, which are
    told as soon as it is opened."""
    try:
        return load(path).title
    except PresetError:
        return ""


def next_in_course(progress: CourseProgress) -> tuple[str, str]:
    """What goes on with the course ("begin the course, stop 1 of 14") or, after it, with the clinic, and the title of
    that stop; empty at the end of both."""
    for name, unit, stops in (("course", "stop", course()), ("clinic", "case", clinic())):
        for number, lesson in enumerate(stops, start=1):
            record = progress.of(lesson.title)
            if not (record.done or record.skipped):
                begun = any(of.done or of.skipped or of.step > 0 for of in (progress.of(each.title) for each in stops))
                words = f"{'go on with' if begun else 'begin'} the {name}, {unit} {number} of {len(stops)}"
                return words, lesson.title
    return "", ""
