"""The preferences of a person: theme, layout, smoothing, keys, in a small TOML file in the configuration folder.

Changes made on the screen are written on leaving. Comments, order and layout of the file stay.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct, structs

from tui_trainer import toml_file
from tui_trainer.dashboard.keys.keymap import KEYS, first_view, keymap
from tui_trainer.dashboard.keys.rebinding import ALLOWED_KEYS, clashes, is_key, rebound
from tui_trainer.dashboard.panels import by_number
from tui_trainer.dashboard.view import SMOOTHEST, View
from tui_trainer.drawing.theme_files import BUNDLED, BUNDLED_THEMES, Themes
from tui_trainer.input_error import InputError
from tui_trainer.setting_error import SettingError, explained, nearest
from tui_trainer.state_folder import NAME
from tui_trainer.whole_files import replace_file

FILE = "preferences.toml"

VARIABLE = "TUI_TRAINER_PREFERENCES"
"""Environment variable for the path of another file."""
THEMES_VARIABLE = "TUI_TRAINER_THEMES"
"""Environment variable for the path of another folder of themes."""

HEADER = """\
# Preferences of tui-trainer, which writes what you change on the screen down here when you leave.
"""

_FIRST = first_view()
_FIXED = {action.id for action in KEYS.values() if action.everywhere}
"""Actions whose keys no file can change: leaving and suspending."""


class PreferencesError(InputError):
    """Preferences with mistakes. Each of `complaints` is a line with file, key, value, what is allowed, and what is
    used instead. `valid` are the preferences that are used."""

    def __init__(self, complaints: Sequence[str], valid: Preferences) -> None:
        self.complaints, self.valid = tuple(complaints), valid
        super().__init__("\n".join(complaints))


class Preferences(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The preferences and their defaults. The names are the keys of the file."""

    theme: str = BUNDLED[0]
    ascii: bool | None = None
    """Whether to draw with ASCII alone; None lets the environment decide."""
    painter: Literal["cells", "textual"] = "cells"
    focus: str = _FIRST.focus
    """The panel that has the focus at the start."""
    full_screen: bool = False
    """Whether that panel fills the screen at the start."""
    smoothing: Annotated[int, Meta(ge=0, le=SMOOTHEST)] = _FIRST.smoothing
    """Smoothing of the loss curve: 0 is none, 1 an eighth of an epoch, 4 an epoch; each further step doubles it."""
    log_y: bool | None = _FIRST.log_y
    """Whether axes of values are logarithmic; None lets the values decide."""
    numbers: bool = _FIRST.numbers
    """Weights as numbers instead of colours."""
    record: bool = True
    """Whether runs are recorded."""
    keys: dict[str, Any] = {}
    """Id of an action → the list of its keys."""

    @property
    def view(self) -> View:
        """The screen at the start."""
        return first_view(
            focus=self.focus,
            zoomed=self.full_screen,
            smoothing=self.smoothing,
            log_y=self.log_y,
            numbers=self.numbers,
            keymap=rebound(keymap(), self.keys),
        )


def path_of(environment: Mapping[str, str]) -> Path | None:
    """The path of the preferences in the configuration folder of the platform, or in $XDG_CONFIG_HOME. None without a
    home folder.

    A file of an earlier version in ~/.config is used as long as there is none in the right folder.
    """
    if environment.get(VARIABLE):
        return Path(environment[VARIABLE])
    home = Path(os.path.expanduser("~"))
    folder = environment.get("XDG_CONFIG_HOME", "")
    if os.path.isabs(folder):  # the XDG Base Directory Specification says to ignore other paths
        return Path(folder, NAME, FILE)
    if not home.is_absolute():
        return None
    earlier, right = home / ".config" / NAME / FILE, _platform_folder() / FILE
    return earlier if not right.is_absolute() or (earlier.exists() and not right.exists()) else right


def themes_of(environment: Mapping[str, str]) -> Themes:
    """The bundled themes and the person's own, from the folder "themes" beside the preferences."""
    path = path_of(environment)
    beside = path.parent / "themes" if path is not None else None
    return Themes(Path(environment[THEMES_VARIABLE]) if environment.get(THEMES_VARIABLE) else beside)


def _platform_folder() -> Path:
    """~/.config/tui-trainer, on macOS ~/Library/Application Support/tui-trainer."""
    from platformdirs import PlatformDirs

    return Path(PlatformDirs(NAME, appauthor=False).user_config_dir)


def load(path: Path | None, themes: Themes = BUNDLED_THEMES) -> Preferences:
    """The preferences of a file, all checked; the defaults if there is no file. Raises `PreferencesError`."""
    if path is None or not os.path.lexists(path):
        return Preferences()
    try:
        values = toml_file.read(path, "preferences")
    except toml_file.FileError as error:
        raise PreferencesError([f"{error}; the defaults are used"], Preferences()) from None
    valid, mistakes = _checked(values, themes)
    if mistakes:
        # An unknown key has no value.
        instead = ["it is left out" if mistake.value is None else "the default is used" for mistake in mistakes]
        complaints = [f"{path}: {mistake}; {words}" for mistake, words in zip(mistakes, instead, strict=True)]
        raise PreferencesError(complaints, valid)
    return valid


def preferences_in(path: Path | None, themes: Themes = BUNDLED_THEMES) -> tuple[Preferences, tuple[str, ...]]:
    """The valid preferences, and a line for each mistake in the others.

    Mistakes do not stop the program, because the person did not name the file.
    """
    try:
        return load(path, themes), ()
    except PreferencesError as error:
        return error.valid, error.complaints


def keep(path: Path | None, changes: Mapping[str, object], themes: Themes = BUNDLED_THEMES) -> str:
    """Write changed fields to the file. Returns why they cannot be kept; "" if they are kept or there are none.

    The file is read again, because another session may have written to it. Raises `PreferencesError` and `OSError`.
    """
    if not changes:
        return ""
    if path is None:
        return "there is no home folder for preferences"
    kept = load(path, themes)
    if structs.replace(kept, **changes) != kept:
        text = path.read_text(encoding="utf-8-sig") if os.path.lexists(path) else ""
        replace_file(path.resolve(), edited(text if text.strip() else HEADER, changes).encode())
    return ""


def edited(text: str, changes: Mapping[str, object]) -> str:
    """The text of a file with these fields changed. New fields are added at the end; everything else stays."""
    import tomlkit  # needed only once, on leaving

    document = tomlkit.parse(text)
    for name, value in changes.items():
        if value is None:
            document.pop(name, None)
        elif name in document:
            document[name] = value
        elif value != getattr(Preferences(), name):
            document.add(name, value)
    return tomlkit.dumps(document)


def _checked(values: dict[str, Any], themes: Themes) -> tuple[Preferences, list[SettingError]]:
    """The preferences from the valid values, and the mistakes in the others."""
    valid: dict[str, Any] = {}
    mistakes = []
    for name, value in values.items():
        try:
            _check({name: value}, themes)
        except SettingError as mistake:
            mistakes.append(mistake)
        else:
            valid[name] = value
    if "keys" in valid:
        valid["keys"], wrong_keys = _valid_keys(valid["keys"])
        mistakes += wrong_keys
    return msgspec.convert(valid, Preferences), mistakes


def _check(values: dict[str, Any], themes: Themes) -> None:
    """Raises `SettingError`."""
    for key, names in (("theme", themes.names), ("focus", [panel.id for panel in by_number()])):
        name = values.get(key, names[0])
        if name not in names:
            raise SettingError(key, name, f"allowed: {', '.join(names)}{nearest(str(name), names)}")
    if "theme" in values:
        try:
            themes.scheme(values["theme"])
        except toml_file.FileError as error:
            raise SettingError("theme", values["theme"], str(error)) from None
    try:
        msgspec.convert(values, Preferences)
    except msgspec.ValidationError as error:
        raise explained("", Preferences, values, error) from None


def _valid_keys(keys: Mapping[str, Any]) -> tuple[dict[str, Any], list[SettingError]]:
    """The valid entries of `keys`, and the mistakes in the others. No key may have two meanings in one context."""
    valid: dict[str, Any] = {}
    mistakes = []
    for name, given in keys.items():
        try:
            _check_keys(name, given)
        except SettingError as mistake:
            mistakes.append(mistake)
        else:
            valid[name] = given
    while found := clashes(rebound(keymap(), valid)):
        key, one, other = found[0]
        mine, theirs = (other, one) if other.id in valid else (one, other)
        both = f'"{key}" is a key of {theirs.id} too, in the same place'
        mistakes.append(SettingError(f"keys.{mine.id}", valid.pop(mine.id), both))
    return valid, mistakes


def _check_keys(name: str, given: Any) -> None:
    """Raises `SettingError`."""
    ids = [action.id for action in keymap() if action.id not in _FIXED]
    if name in _FIXED:
        raise SettingError(f"keys.{name}", given, "keeps its key, so that it works whatever else is chosen")
    if name not in ids:
        raise SettingError(f"keys.{name}", None, f"no such action{nearest(name, ids)}; allowed: {', '.join(ids)}")
    if not isinstance(given, list) or not given:
        raise SettingError(f"keys.{name}", given, 'allowed: a list of one key or more, such as ["g", "f5"]')
    for key in given:
        if not isinstance(key, str) or not is_key(key):
            hint = nearest(key, ALLOWED_KEYS.split(", ")) if isinstance(key, str) and len(key) > 1 else ""
            raise SettingError(f"keys.{name}", key, f"allowed: {ALLOWED_KEYS}{hint}")
        if given.count(key) > 1:
            raise SettingError(f"keys.{name}", given, "allowed: every key once")
