"""`tui-trainer` without a command: collects what the screen needs, and opens the screen."""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from msgspec import structs

from tui_trainer import familiarity
from tui_trainer.cli.arguments import DEFAULT_PRESET
from tui_trainer.cli.grading import graded_lesson
from tui_trainer.cli.opening import (
    asked_for,
    experiments_of,
    found,
    overrides,
    reading_of,
    replay_of,
    sentences_of,
    theme_named,
    without_effect,
)
from tui_trainer.cli.overrides import parsed
from tui_trainer.cli.playlist import files_of, next_in_course, stop
from tui_trainer.cli.recordings import kept_words, local_time, recorded_in
from tui_trainer.cli.resuming import reopened, resumed
from tui_trainer.cli.safe_text import complain, plain
from tui_trainer.dashboard.catalogue import Catalogue, OpenRequest, OpenRun, PresetEntry
from tui_trainer.dashboard.view import View
from tui_trainer.drawing.colour_depth import affordable, depth_of
from tui_trainer.drawing.theme import hard_to_read, make_theme
from tui_trainer.drawing.theme_files import BUNDLED_THEMES, Themes
from tui_trainer.exit_status import WRONG
from tui_trainer.experiment.declared import listed_settings
from tui_trainer.lessons import progress
from tui_trainer.lessons.walk import Walk
from tui_trainer.preferences import Preferences, PreferencesError, keep, path_of, preferences_in, themes_of
from tui_trainer.presets import Preset, PresetError, bundled, clinic, course, own
from tui_trainer.presets.share_code import NO_PRESET
from tui_trainer.process import share_memory
from tui_trainer.recordings import earlier_runs
from tui_trainer.recordings.files import RecordingError
from tui_trainer.recordings.folder import is_recording
from tui_trainer.recordings.listing import Listed, kept_in, listed
from tui_trainer.runs.command_handlers import Load
from tui_trainer.runs.keeping import Keeper
from tui_trainer.runs.live import LiveRun
from tui_trainer.runs.run import Run
from tui_trainer.state_folder import state_folder
from tui_trainer.telemetry.expectation import Outcome
from tui_trainer.toml_file import STANDARD_INPUT
from tui_trainer.tui.app import TrainerApp, run_app
from tui_trainer.tui.charset import ascii_notice, why_ascii
from tui_trainer.tui.terminal import refusal, take_keyboard_from_terminal

COURSE_FAMILY, CLINIC_FAMILY, RECORDINGS_FAMILY = "The course", "The clinic", "Your recordings"
"""The headings of the lessons, the cases and the recordings in the list."""
MOST_RECORDINGS = 50
"""The most recordings in the list, the newest ones; `tui-trainer runs` lists all."""

NOTICE_CHARACTERS = 240
"""Length of a complaint that a note on the screen shows at the start."""


def open_screen(arguments: argparse.Namespace) -> int:
    """Show the run until the person leaves, and return the exit status. Raises errors for a wrong preset or setting."""
    playlist = () if arguments.named else files_of(arguments.words)
    for path in map(str, playlist[1:]):
        if reading_of(path) is None:  # a large table is read when its turn comes
            found(path).experiments()  # a mistake in any of them is reported now
    request = OpenRequest(
        preset=str(playlist[0]) if playlist else asked_for(arguments) or DEFAULT_PRESET,
        overrides=parsed(arguments.set),
        seed=arguments.seed,
        pace=arguments.pace,
        paused=arguments.paused,
    )
    found(request.preset, filter(None, arguments.commands))  # a preset that does not exist may be a misspelled command
    requested(request)  # reports a mistake in the request before one about the terminal
    if arguments.data == STANDARD_INPUT:
        take_keyboard_from_terminal()
    remarks = without_effect(request.overrides, experiments_of(found(request.preset), request.overrides))
    return show(arguments, request, playlist=playlist, remarks=remarks)


def show(
    arguments: argparse.Namespace,
    request: OpenRequest,
    first: Callable[[Preferences], Run] | None = None,
    playlist: Sequence[Path] = (),
    remarks: Sequence[str] = (),
) -> int:
    """Show the run of `request`, or the one that `first` opens, until the person leaves; return the exit status.
    `remarks` on the request are shown first."""
    path = path_of(os.environ)
    themes = themes_of(os.environ)
    preferences, complaints = preferences_in(path, themes)
    chosen = chosen_by(arguments, preferences, themes)
    reason = refusal(os.environ)
    if reason is not None:
        complain(reason)
        return WRONG
    why = why_ascii(os.environ, getattr(sys.__stderr__, "encoding", None)) if chosen.ascii is None else ""
    ascii_only = chosen.ascii or bool(why)
    if not ascii_only and isinstance(sys.__stderr__, io.TextIOWrapper):
        sys.__stderr__.reconfigure(encoding="utf-8")  # requested, whatever the locale says
    depth = affordable(depth_of(os.environ), arguments.max_kb)
    remarks = [*remarks, *([ascii_notice(why)] if why else [])]
    for kept in (progress.FILE, earlier_runs.FILE):
        remarks += [words] if (words := kept.load(state_folder(os.environ))[1]) else []
    if themes.is_own(chosen.theme):
        low = hard_to_read(make_theme(chosen.theme, depth, ascii_only=ascii_only, themes=themes))
        remarks += [f"theme {chosen.theme}: {low}"] if low else []
    folder = state_folder(os.environ)
    is_new = familiarity.load(folder).is_new
    root = recorded_in(arguments, preferences)
    app = partial(
        TrainerApp,
        _opening(first and partial(first, preferences), partial(open_run, root=root)),
        catalogue(request.preset, playlist, root),
        request,
        depth=depth,
        theme=chosen.theme,
        themes=themes,
        ascii_only=ascii_only,
        painter=chosen.painter,
        kilobytes=arguments.max_kb,
        view=structs.replace(chosen.view, is_new=is_new),
        notice=(first_of(complaints), "error") if complaints else ("\n".join(remarks), "information"),
    )
    share_memory()

    def farewell(app: TrainerApp) -> None:
        if isinstance(run := app.state.run, LiveRun) and run.kept is not None:
            with contextlib.suppress(OSError):  # the terminal may be gone
                print(plain(kept_words(run.kept)))
        familiarity.keep(folder, found=is_new and not app.state.view.is_new)
        for complaint in complaints:
            complain(complaint)
        if complaints:
            complain(f"{path}: until this is put right, what you change on the screen is not kept")
        else:
            remember(path, chosen, app.theme_name, app.state.view, themes)

    return run_app(lambda leave: app(leave=leave), farewell)


def first_of(complaints: Sequence[str]) -> str:
    """The first complaint or its beginning, and the number of others, short enough for the screen; "" for none."""
    if not complaints:
        return ""
    first, more = complaints[0], f"and {len(complaints) - 1} more, shown when you leave" if complaints[1:] else ""
    if len(first) > NOTICE_CHARACTERS:
        first, more = first[:NOTICE_CHARACTERS].rpartition(" ")[0] + " …", more or "shown in full when you leave"
    return f"{first} ({more})" if more else first


def chosen_by(arguments: argparse.Namespace, preferences: Preferences, themes: Themes = BUNDLED_THEMES) -> Preferences:
    """The preferences, overridden by the command line. Raises `UsageError`."""
    theme = None if arguments.theme is None else theme_named(arguments.theme, themes)
    given = {"theme": theme, "ascii": arguments.ascii, "painter": arguments.painter}
    return structs.replace(preferences, **{name: value for name, value in given.items() if value is not None})


def remember(path: Path | None, before: Preferences, theme: str, view: View, themes: Themes = BUNDLED_THEMES) -> None:
    """Keep what the person has changed on the screen. A failure is reported in one line."""
    after = {"theme": theme, "smoothing": view.smoothing}
    try:
        changes = {name: value for name, value in after.items() if value != getattr(before, name)}
        reason = keep(path, changes, themes)
    except (OSError, PreferencesError) as error:
        reason = f"{path}: {error.strerror}" if isinstance(error, OSError) else error.complaints[0]
    if reason:
        complain(f"what you changed on the screen is not kept: {reason}")


def catalogue(opened: str, playlist: Sequence[Path] = (), root: Path | None = None) -> Catalogue:
    """All presets and settings, as the screen lists them, and the recordings in a folder. `opened`: the preset of the
    command line."""
    folder = state_folder(os.environ)
    remembers = folder if root is not None else None
    return Catalogue(
        presets=lambda: (*preset_entries(opened), *recorded_entries(root)),
        about=partial(about, opened),
        load=lambda request: None if _is_recorded(request) else requested(request),
        reading=reading_of,
        lesson=lambda request: (
            None if _is_recorded(request) else stop(found(request.preset), playlist, progress.FILE.load(folder)[0])
        ),
        course=lambda: next_in_course(progress.FILE.load(folder)[0]),
        compared=compared_run,
        earlier_runs=lambda title: earlier_runs.FILE.load(remembers)[0].runs.get(title, ()),
        keep_run=lambda title, run: earlier_runs.keep(remembers, title, run) if remembers else "",
        remember=partial(progress.remember, folder),
        formats=_later("formats"),
        export=_later("export_snapshot"),
        title_to_keep=_later("title_to_keep"),
        keep=_later("keep"),
        command_for=_later("command_for", opened),
        table=lambda snapshot: sentences_of(snapshot.values),
        settings=listed_settings(),
    )


def compared_run(walk: Walk, seed: int) -> Outcome | None:
    """The run with which the present task of a lesson compares."""
    return graded_lesson(found(walk.lesson.opens)).compared_at(walk.index, seed)


def _later(name: str, *arguments: object) -> Callable[..., Any]:
    """A function of `cli.saving`, which is imported when a person asks for it."""
    return lambda *more: getattr(import_module("tui_trainer.cli.saving"), name)(*arguments, *more)


def preset_entries(opened: str) -> tuple[PresetEntry, ...]:
    """All presets. If the person has opened a file, its preset comes first while the file exists. Raises
    `PresetError`."""
    entries = [structs.replace(_entry(lesson), family=COURSE_FAMILY) for lesson in course()]
    entries += [structs.replace(_entry(case), family=CLINIC_FAMILY) for case in clinic()]
    entries += [_entry(preset) for preset in bundled()]
    entries += [structs.replace(_entry(preset), opens=str(preset.path)) for preset in own()]
    with contextlib.suppress(PresetError):
        file = found(opened)
        if file.path not in [preset.path for preset in (NO_PRESET, *course(), *clinic(), *bundled(), *own())]:
            entries.insert(0, structs.replace(_entry(file), family="Your file", opens=str(file.path)))
    return tuple(entries)


def recorded_entries(root: Path | None) -> list[PresetEntry]:
    """The newest recordings that can go on, the newest first."""
    entries = list[PresetEntry]()
    for path in reversed([] if root is None else kept_in(root)):
        with contextlib.suppress(RecordingError):
            if len(entries) < MOST_RECORDINGS and (recorded := listed(path)).arms and recorded.state != "running":
                entries.append(_recorded_entry(recorded))
    return entries


def _recorded_entry(recorded: Listed) -> PresetEntry:
    arms = [
        f"{f'{arm.name}: ' if len(recorded.arms) > 1 else ''}{recorded.state} after iteration {arm.iteration:,}"
        f"{f', {arm.finding}' if arm.finding else ''}"
        for arm in recorded.arms
    ]
    return PresetEntry(
        title=f"{local_time(recorded.since)} {recorded.title}",
        opens=str(recorded.path.absolute()),
        family=RECORDINGS_FAMILY,
        question="; ".join(arms),
        text="It goes on from there in the same recording: bit for bit on the same kind of processor."
        f"\n\n{recorded.name}",
    )


def about(opened: str, name: str) -> PresetEntry | None:
    """The preset of this title or file, if there is one. `opened`: the preset of the command line, which may be a file
    whose title no other name finds."""
    for candidate in (opened, name):
        with contextlib.suppress(PresetError):
            preset = found(candidate)
            if name in (candidate, preset.title):
                return _entry(preset)
    return None


def _entry(preset: Preset) -> PresetEntry:
    names = ("title", "family", "question", "watch", "text")
    steps = "" if preset.hidden else " ".join(step.text for step in preset.steps)
    return PresetEntry(**{name: getattr(preset, name) for name in names}, steps=steps)


def _opening(first: Callable[[], Run] | None, others: OpenRun) -> OpenRun:
    """Opens `first`, if there is one, and then `others`."""
    waiting = [] if first is None else [first]
    return lambda request: waiting.pop()() if waiting else others(request)


def open_run(request: OpenRequest, root: Path | None) -> Run:
    """A run in a new thread, recorded in a folder unless that is None. Raises `PresetError` and `SettingError`; for a
    recording `RecordingError` and `OSError`."""
    if _is_recorded(request):
        return resumed(reopened(Path(request.preset)), records=root is not None, paused=request.paused)
    asked = requested(request)
    keeper = None if root is None else Keeper(root)
    run = LiveRun(asked.contestants, paused=request.paused or asked.replay is not None, keeper=keeper)
    if asked.replay is not None:
        run.send(asked.replay)
    return run


def _is_recorded(request: OpenRequest) -> bool:
    """Whether a recording is asked for, by its whole path: a title is none."""
    return os.path.isabs(request.preset) and is_recording(Path(request.preset))


def requested(request: OpenRequest) -> Load:
    """The command that loads the request. Raises `PresetError` and `SettingError`."""
    settings = request.overrides | overrides((), seed=request.seed, pace=request.pace)
    preset = found(request.preset)
    return Load(experiments_of(preset, settings), request.paused, replay_of(preset))
