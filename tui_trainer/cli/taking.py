"""What the screen lets a person take away: files, a preset of one's own, a command that leads to this moment."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import structs

from tui_trainer.cli.opening import found
from tui_trainer.cli.screenshot import Screen, draw, film, without_colours
from tui_trainer.dashboard.view import View
from tui_trainer.drawing.theme import ColourDepth, make_theme
from tui_trainer.experiment import build
from tui_trainer.exports import FORMATS, ExportError, Picture, Source
from tui_trainer.exports.experiment_toml import keep_preset
from tui_trainer.exports.files import free_path, safe_name, write
from tui_trainer.preset_files import own_folder
from tui_trainer.presets import Preset, PresetError, bundled
from tui_trainer.share_code import LONGEST, code_of
from tui_trainer.telemetry import Snapshot, present

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

    def picture(colours: bool) -> Picture:
        return draw(snapshot, view, screen if colours else structs.replace(screen, theme=without_colours()))

    def whole_film(pictures_per_second: float) -> Iterator[tuple[float, Picture]]:
        recipe = present(snapshot.recipe)
        experiment = build(recipe.tables, snapshot.title, snapshot.axis)
        arms = [("A", experiment)]
        for picture in film(arms, recipe.journal, snapshot.iteration, screen, pictures_per_second):
            if is_cancelled():
                raise ExportError("cancelled")
            yield picture

    source = Source(snapshot=snapshot, draw=picture, film=whole_film)
    name = f"{safe_name(snapshot.title)}-{snapshot.iteration}{f'-{panel}' if panel else ''}"
    path = free_path(Path.cwd(), name, ending)
    chosen = FORMATS[ending]
    write(path, chosen.write(source), force=False)
    return ", ".join(filter(None, (f"{path}: {chosen.title}", chosen.remark(source))))


def keep(snapshot: Snapshot) -> str:
    """Keep the settings in force as a preset of the person's own, and say so. Raises `ExportError`."""
    folder = own_folder(os.environ)
    if folder is None:
        raise ExportError("there is no home folder for presets")
    title = keep_preset(folder, snapshot)
    return f"kept as “{title}”; the list of presets has it"


def command_for(opened: str, snapshot: Snapshot) -> tuple[str, str]:
    """A command that leads to this moment, and a remark on it; no command where only a file can hold the moment.

    `opened`: the preset of the command line, which may be a file.
    """
    recipe = snapshot.recipe
    if recipe is None:
        return "", "this run has no recipe from which it could be computed again"
    own, why = False, ""
    for name in ("", snapshot.title, opened):
        try:
            preset = _bundled(snapshot.title) if not name else found(name)
            if preset.title != snapshot.title:
                continue
            own = preset.path not in {each.path for each in bundled()}
            code = code_of(preset, recipe, snapshot.iteration, is_own=own)
        except PresetError as error:
            why = str(error)
            continue
        if len(code) <= LONGEST:
            where = "this machine, while the file stays as it is" if own else "any machine of this kind to the bit"
            return f"tui-trainer {code}", f"opens this moment on {where}; elsewhere calm runs agree to 4 digits"
        why = f"the code would have {len(code):,} characters"
        break
    return "", f"{why}; export the experiment as preset file, which holds this moment"


def _bundled(title: str) -> Preset:
    """Raises `PresetError`."""
    for preset in bundled():
        if preset.title == title:
            return preset
    raise PresetError(f'"{title}" is no preset of the program')
