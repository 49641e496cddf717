"""What a person saves from the screen: files, a preset of their own, a command that leads to this moment."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from msgspec import structs

from tui_trainer.cli.opening import found
from tui_trainer.cli.screenshot import Screen, draw, film, without_colours
from tui_trainer.dashboard.view import View
from tui_trainer.drawing.theme import ColourDepth, make_theme
from tui_trainer.experiment import build
from tui_trainer.exports import FORMATS, ExportError, ScreenPicture, Source
from tui_trainer.exports.experiment_toml import free_title, keep_preset
from tui_trainer.exports.files import free_path, safe_name, write
from tui_trainer.preset_files import own_folder
from tui_trainer.presets import Preset, PresetError, bundled, clinic, course, of_table
from tui_trainer.presets.share_code import LONGEST, NO_PRESET, code_of
from tui_trainer.recordings.strands import every_batch_loss, every_evaluation
from tui_trainer.telemetry import Recipe, Snapshot, present

MOST_LENDERS = 4
"""The most presets that are tried as the beginning of a run whose file is not known; each takes some 20 ms."""
LIGHT = "light"
"""The theme of exported pictures: for slides and paper."""


def formats() -> tuple[tuple[str, str, str], ...]:
    """Ending and title of every format, and the package that is missing for it or ""."""
    return tuple((ending, each.title, each.missing) for ending, each in FORMATS.items())


def export_snapshot(
    ending: str,
    panel: str,
    snapshot: Snapshot,
    view: View,
    size: tuple[int, int],
    is_cancelled: Callable[[], bool] = lambda: False,
) -> str:
    """Write a moment to a new file in the present folder, and say so. `panel`: the id of the only panel in a picture;
    "" for all that a screen of this size shows. `is_cancelled` is asked between two pictures of a film. Raises
    `ExportError`."""
    width, height = size
    screen = Screen(width, height, make_theme(LIGHT, ColourDepth.TRUECOLOR), panel)

    def picture(colours: bool) -> ScreenPicture:
        return draw(snapshot, view, screen if colours else structs.replace(screen, theme=without_colours()))

    def whole_film(pictures_per_second: float) -> Iterator[tuple[float, ScreenPicture]]:
        recipe = present(snapshot.recipe)
        experiment = build(recipe.tables, snapshot.title, snapshot.axis)
        arms = [("A", experiment)]
        for picture in film(arms, recipe.journal, snapshot.iteration, screen, pictures_per_second):
            if is_cancelled():
                raise ExportError("cancelled")
            yield picture

    recorded = snapshot.recorded
    if recorded is None:
        source = Source(snapshot=snapshot, draw=picture, film=whole_film)
    else:
        source = Source(
            snapshot=snapshot,
            draw=picture,
            film=whole_film,
            recall=partial(every_evaluation, recorded),
            batch_losses=partial(every_batch_loss, recorded),
        )
    name = f"{safe_name(snapshot.title)}-{snapshot.iteration}{f'-{panel}' if panel else ''}"
    path = free_path(Path.cwd(), name, ending)
    chosen = FORMATS[ending]
    write(path, chosen.write(source), force=False)
    return f"{path}: {chosen.words(source)}"


def title_to_keep(snapshot: Snapshot) -> str:
    """A free title for a preset of the person's own. Raises `ExportError`."""
    return free_title(_own_folder(), snapshot)


def keep(snapshot: Snapshot, title: str) -> str:
    """Keep the settings in force as a preset of the person's own, and say so. Raises `ExportError`."""
    if title in {preset.title for preset in _bundled()}:
        raise ExportError(f"“{title}” is a preset of the program; yours needs another name")
    keep_preset(_own_folder(), snapshot, title)
    return f"kept as “{title}”; the list of presets has it"


def _own_folder() -> Path:
    folder = own_folder(os.environ)
    if folder is None:
        raise ExportError("there is no home folder for presets")
    return folder


def command_for(opened: str, snapshot: Snapshot) -> tuple[str, str]:
    """A command that leads to this moment, and a remark on it; no command where only a file can hold the moment.

    `opened`: the preset of the command line, which may be a file.
    """
    recipe = snapshot.recipe
    if recipe is None:
        return "", "this run has no recipe from which it could be computed again"
    code, is_own, why = "", False, ""
    for name in ("", snapshot.title, opened):
        try:
            preset = _titled(snapshot.title) if not name else found(name)
            if preset.title != snapshot.title:
                continue
            is_own = preset.path not in {each.path for each in (NO_PRESET, *_bundled())}
            if is_own or name == "":
                code = code_of(preset, recipe, snapshot.iteration, is_own=is_own)
                break
        except PresetError as error:
            why = str(error)
    if not code:  # a recording, and such a code, do not know the file of their run
        try:
            code, is_own = _code_without_file(recipe, snapshot), "file" in recipe.tables["data"]
        except PresetError as error:
            why = str(error)
    if not code or len(code) > LONGEST:
        why = f"the code would have {len(code):,} characters" if code else why
        holds = "which holds this moment" if recipe.journal else f"and run it to iteration {snapshot.iteration:,}"
        return "", f"{why}; export the experiment as preset file, {holds}"
    here = "this machine, while the file stays as it is"
    anywhere = "any machine of this kind to the bit; elsewhere calm runs agree to 4 digits"
    arm = next((f" of arm {arm.letter} alone" for arm in snapshot.arms if arm.focused), "")
    return f"tui-trainer {code}", f"opens this moment{arm} on {here if is_own else anywhere}"


def _code_without_file(recipe: Recipe, snapshot: Snapshot) -> str:
    """The shortest code that borrows its values: from the table of the run, or else from the defaults or from one of
    the presets of the program that are most like it. Raises `PresetError`."""

    def likeness(preset: Preset) -> int:
        chosen = [(name, key, value) for name, table in preset.tables.items() for key, value in table.items()]
        return sum(1 if recipe.tables[name].get(key) == value else -1 for name, key, value in chosen)

    def code(lender: Preset) -> str:
        title = "" if lender.title == snapshot.title else snapshot.title
        return code_of(lender, recipe, snapshot.iteration, is_own=lender not in lenders, title=title)

    lenders = [NO_PRESET, *sorted(bundled(), key=likeness, reverse=True)[:MOST_LENDERS]]
    table = recipe.tables["data"].get("file")
    return min(map(code, lenders), key=len) if table is None else code(of_table(table, {}))


def _bundled() -> tuple[Preset, ...]:
    """Every preset of the program, those of the lessons too."""
    return *bundled(), *course(), *clinic()


def _titled(title: str) -> Preset:
    """Raises `PresetError`."""
    for preset in _bundled():
        if preset.title == title:
            return preset
    raise PresetError(f'"{title}" is no preset of the program')
