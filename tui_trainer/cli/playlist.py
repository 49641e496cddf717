"""A playlist: several files on the command line, or a folder of them. The program's own one is the course."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tui_trainer.lessons.progress import Progress
from tui_trainer.lessons.walk import Lesson
from tui_trainer.presets import Preset, PresetError, clinic, course, load


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
    """The preset as a stop of the playlist, of the course or of the clinic; None if it is in none and has no steps."""
    lists = [{path: str(path) for path in playlist}]
    lists += [{lesson.path: lesson.title for lesson in lessons} for lessons in (course(), clinic())]
    alone = {preset.path: str(preset.path)} if preset.steps else {}
    stops = next((each for each in lists if preset.path in each), alone)
    if not stops:
        return None
    opens, here = list(stops.values()), list(stops).index(preset.path)
    record = progress.of(preset.title)
    after = clinic()[0].title if preset.path == course()[-1].path else ""
    return Lesson(
        title=preset.title,
        opens=opens[here],
        steps=preset.steps,
        controls=preset.controls,
        resumes_at=record.step,
        number=here + 1,
        of=len(stops),
        next=opens[here + 1] if here + 1 < len(opens) else after,
        previous=opens[here - 1] if here else "",
        hidden=preset.hidden,
        looked=record.looked,
        earned=record.points,
    )


def next_in_course(progress: Progress) -> tuple[str, str]:
    """What goes on with the course ("begin the course, stop 1 of 14") or, after it, with the clinic, and the title of
    that stop; empty at the end of both."""
    for name, unit, stops in (("course", "stop", course()), ("clinic", "case", clinic())):
        for number, lesson in enumerate(stops, start=1):
            record = progress.of(lesson.title)
            if not (record.done or record.skipped):
                begun = number > 1 or record.step > 0
                words = f"{'go on with' if begun else 'begin'} the {name}, {unit} {number} of {len(stops)}"
                return words, lesson.title
    return "", ""
