"""A playlist: several files on the command line, or a folder of them. The program's own one is the course."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tui_trainer.lessons.progress import Progress
from tui_trainer.lessons.walk import Lesson
from tui_trainer.presets import Preset, PresetError, course, load


def files_of(words: Sequence[str]) -> tuple[Path, ...]:
    """The files that the words name, in their order: those of a folder by the `order` in them, then by name. Empty if
    the words are neither a folder with TOML files nor several paths that exist. Raises `PresetError`."""
    paths = [Path(word).expanduser() for word in words]
    if not paths or not all(path.exists() for path in paths) or (len(paths) == 1 and not paths[0].is_dir()):
        return ()
    files: list[Path] = []
    for path in paths:
        inside = (
            sorted(path.glob("*.toml"), key=lambda each: (load(each).order, each.name)) if path.is_dir() else [path]
        )
        if not inside and len(paths) > 1:
            raise PresetError(f"{path}: no TOML files in this folder")
        files += inside
    return tuple(files)


def stop(preset: Preset, playlist: Sequence[Path], progress: Progress) -> Lesson | None:
    """The preset as a stop of the playlist, or of the course; None if it is in neither and has no steps."""
    titles = {lesson.path: lesson.title for lesson in course()}
    stops = {path: str(path) for path in playlist} if preset.path in playlist else titles
    if preset.path not in stops and not preset.steps:
        return None
    paths = list(stops) if preset.path in stops else [preset.path]
    opens = [stops.get(path, str(path)) for path in paths]
    here = paths.index(preset.path)
    return Lesson(
        title=preset.title,
        opens=opens[here],
        steps=preset.steps,
        controls=preset.controls,
        resumes_at=progress.of(preset.title).step,
        number=here + 1,
        of=len(paths),
        next=opens[here + 1] if here + 1 < len(opens) else "",
        previous=opens[here - 1] if here else "",
    )


def next_in_course(progress: Progress) -> tuple[str, str]:
    """What goes on with the course ("begin the course, stop 1 of 14"), and the title of that stop; empty at its end."""
    stops = course()
    for number, lesson in enumerate(stops, start=1):
        record = progress.of(lesson.title)
        if not (record.done or record.skipped):
            begun = number > 1 or record.step > 0
            return f"{'go on with' if begun else 'begin'} the course, stop {number} of {len(stops)}", lesson.title
    return "", ""
