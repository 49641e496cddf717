"""Presets: TOML files that are each a lesson. Every error in such a file is raised here, in words for its author.

A preset is found by its title, spelled loosely, or by the path of its file. Its texts are plain data: whoever shows
them guards the terminal.
"""

from __future__ import annotations

import copy
import difflib
import os.path
import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct

from tui_trainer import toml_file
from tui_trainer.datasets import DATASETS
from tui_trainer.preset_files import folder
from tui_trainer.telemetry.expectation import Expectation
from tui_trainer.telemetry.race import MOST_ARMS
from tui_trainer.training import Experiment, SettingError, build, with_setting
from tui_trainer.training.experiment import Axis
from tui_trainer.training.setting_error import explained

MOST_FAULTS = 10
"""Faults of one file that are told at once."""

MOST_NAMED = 12
"""Titles that a message names."""

NEAR = 0.7
"""How alike (1: the same) a title is to what was typed to be offered in its place."""


class PresetError(ValueError):
    """A preset that cannot be found or read; the text says which file, what is wrong and what is allowed."""


class _File(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The top level of a preset file. What the tables hold is checked when they are used."""

    schema: Literal[1] = 1
    title: str = ""
    order: int = 0
    question: str = ""
    watch: str = ""
    text: str = ""
    axis: Axis | None = None
    data: dict[str, Any] = {}
    network: dict[str, Any] = {}
    loss: dict[str, Any] = {}
    optimizer: dict[str, Any] = {}
    schedule: dict[str, Any] = {}
    training: dict[str, Any] = {}
    expect: dict[str, Any] | None = None
    arms: list[dict[str, Any]] = []


class PresetArm(Struct, frozen=True, kw_only=True):
    """One arm of a race."""

    name: str
    settings: dict[str, Any]
    """Dotted key → value, where it differs from the preset's experiment."""
    expect: Expectation | None
    """What this arm must show."""


class Preset(Struct, frozen=True, kw_only=True):
    """One lesson: words, an experiment, and what the experiment must show."""

    title: str
    order: int
    """Place in the list, the easiest first."""
    question: str
    watch: str
    """What to look at while it runs."""
    text: str
    """A few short paragraphs, parted by empty lines."""
    axis: Axis | None
    """Which axis the losses need for what is to be watched; None where they show it on any."""
    tables: dict[str, dict[str, Any]]
    """The experiment's tables as the file gives them."""
    expect: Expectation | None
    path: Path
    arms: tuple[PresetArm, ...] = ()
    """Of a race, 2 to 6; they share data, first weights and batches wherever their settings allow it."""

    def experiment(self) -> Experiment:
        """The experiment, all values checked. Raises `PresetError`, with a line for each fault."""
        try:
            return build(self.tables, self.title, self.axis)
        except SettingError as error:
            told = (f"{self.path}: {each}" for each in _faults(self.tables, error))
            raise PresetError("\n".join(told)) from None

    def experiments(self) -> tuple[tuple[str, Experiment], ...]:
        """Name and experiment of every arm, of the only one where it is no race. Raises `PresetError`."""
        if not self.arms:
            return (("A", self.experiment()),)
        return tuple((arm.name, self._of_arm(arm)) for arm in self.arms)

    def _of_arm(self, arm: PresetArm) -> Experiment:
        experiment = self.experiment()
        # What is chosen by name decides which other keys there are.
        for key in sorted(arm.settings, key=lambda key: not key.endswith(".name")):
            try:
                experiment = with_setting(experiment, key, arm.settings[key])
            except SettingError as error:
                raise PresetError(f'{self.path}: arm "{arm.name}": {error}') from None
        return experiment


def _faults(tables: dict[str, dict[str, Any]], first: SettingError) -> list[SettingError]:
    """The first fault and those that show once it is taken out, and so on, as far as a fault is a key by itself. What
    has a wrong name goes with its whole table: the name decides which other keys there are."""
    left, found = copy.deepcopy(tables), [first]
    while len(found) < MOST_FAULTS and _take_out(left, found[-1].key.removesuffix(".name")):
        try:
            build(left)
        except SettingError as error:
            found.append(error)
        else:
            break
    return found


def _take_out(tables: dict[str, Any], key: str) -> bool:
    """Remove a dotted key, of a list the whole; False where there is none."""
    *parents, last = key.partition("[")[0].split(".")
    table: Any = tables
    for parent in parents:
        table = table.get(parent) if isinstance(table, dict) else None
    return isinstance(table, dict) and table.pop(last, None) is not None


def load(path: Path) -> Preset:
    """Read one file; without a title it is called like the file. Raises `PresetError`.

    The experiment's own values are checked by `Preset.experiment`.
    """
    tables = _read(path)
    try:
        file = _checked("", _File, tables)
        expect = None if file.expect is None else _checked("expect", Expectation, file.expect)
        arms = _arms(file.arms)
    except SettingError as error:
        raise PresetError(f"{path}: {error}") from None
    experiment = ("data", "network", "loss", "optimizer", "schedule", "training")
    return Preset(
        title=_unwrapped(file.title) or path.stem,
        order=file.order,
        question=_unwrapped(file.question),
        watch=_unwrapped(file.watch),
        text="\n\n".join(_unwrapped(paragraph) for paragraph in re.split(r"\n\s*\n", file.text.strip())),
        axis=file.axis,
        tables={name: getattr(file, name) for name in experiment if name in tables},
        expect=expect,
        path=path,
        arms=arms,
    )


def _arms(tables: list[dict[str, Any]]) -> tuple[PresetArm, ...]:
    """The `[[arms]]` of a file, their names checked. Raises `SettingError`."""
    if tables and not 2 <= len(tables) <= MOST_ARMS:
        raise SettingError("arms", f"{len(tables)} of them", f"allowed: 2 to {MOST_ARMS}")
    arms: list[PresetArm] = []
    for number, table in enumerate(tables, start=1):
        name = table.get("name")
        if not isinstance(name, str) or not name.strip() or name in (arm.name for arm in arms):
            raise SettingError("arms.name", name, f"arm {number} needs a name of its own")
        expect = table.get("expect")
        arms.append(
            PresetArm(
                name=name,
                settings=_flat({key: value for key, value in table.items() if key not in ("name", "expect")}),
                expect=None if expect is None else _checked("arms.expect", Expectation, expect),
            )
        )
    return tuple(arms)


def _flat(table: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested tables as dotted keys."""
    flat: dict[str, Any] = {}
    for key, value in table.items():
        flat |= _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return flat


@cache
def bundled() -> tuple[Preset, ...]:
    """All presets that come with the program, in their order. Raises `PresetError`."""
    presets = sorted((load(path) for path in folder().glob("*.toml")), key=lambda each: (each.order, each.title))
    if not presets:
        raise PresetError(f"{folder()}: no presets here; the installation is incomplete")
    return tuple(presets)


def find(name: str, words: Sequence[str] = ()) -> Preset:
    """The preset of this title, or of the file at this path. Raises `PresetError`.

    A title is compared without case, spaces and punctuation. Its beginning will do, or words of it, where only one
    title (or one that the others go on from) has them. `words` are what else the person may have meant, offered among
    the near titles.
    """
    if name.lower().endswith(".toml") or "/" in name:
        return load(Path(name))
    spelled = _key(name)
    for path in folder().glob("*.toml"):
        if _key(path.stem) == spelled and _key((preset := load(path)).title) == spelled:
            return preset  # most files are called like their lesson: the others need not be read
    titles = {_key(preset.title): preset for preset in bundled()}
    if spelled in titles:
        return titles[spelled]
    beginnings = [key for key in titles if spelled and key.startswith(spelled)]
    asked = [word for word in map(_key, name.split()) if word]
    inside = [key for key, preset in titles.items() if asked and _has_words(preset.title, asked)]
    for matches in (beginnings, inside):
        shortest = min(matches, key=len, default="")
        if matches and all(key.startswith(shortest) for key in matches):
            return titles[shortest]
    if not inside and os.path.isfile(name):
        return load(Path(name))
    if inside:
        first_come = sorted(inside, key=lambda key: key not in beginnings)
        raise PresetError(f'"{name}" could be {_listed([titles[key].title for key in first_come])}')
    known = {key: preset.title for key, preset in titles.items()} | {_key(word): word for word in words}
    near = [known[key] for key in difflib.get_close_matches(spelled, known, n=3, cutoff=NEAR)]
    hint = f"; did you mean {_listed(near)}?" if near else '; "tui-trainer presets" lists them all'
    for data in DATASETS:
        if _key(data) == spelled:
            hint = f", but a data set: tui-trainer --set data.name={data}"
    raise PresetError(f'no preset "{name}"{hint}')


def _checked(table: str, struct: type[Any], values: dict[str, Any]) -> Any:
    try:
        return msgspec.convert(values, struct)
    except msgspec.ValidationError as error:
        raise explained(table, struct, values, error) from None


def _read(path: Path) -> dict[str, Any]:
    """The tables of a TOML file. Raises `PresetError`."""
    try:
        return toml_file.read(path, "preset")
    except toml_file.FileError as error:
        raise PresetError(str(error)) from None


def _unwrapped(text: str) -> str:
    """The text on one line: how long a line is, the screen decides."""
    return " ".join(text.split())


def _key(title: str) -> str:
    """What is compared of a title: its letters and digits, without case; -ize is spelled -ise."""
    letters = unicodedata.normalize("NFKC", title).casefold().replace("iz", "is")
    return "".join(c for c in letters if c.isalnum())


def _has_words(title: str, asked: Sequence[str]) -> bool:
    """Whether each word is one of the title's, or the beginning of one where it is long enough to mean it."""
    own = [_key(word) for word in title.split()]
    return all(any(word == each or (len(word) > 3 and each.startswith(word)) for each in own) for word in asked)


def _listed(titles: Sequence[str]) -> str:
    """ "one", "two" or "three"; of very many titles the first ones, and how many there are besides."""
    quoted = [f'"{title}"' for title in titles[:MOST_NAMED]]
    if len(titles) > MOST_NAMED:
        return f"{', '.join(quoted)} … and {len(titles) - MOST_NAMED} more"
    return " or ".join(filter(None, (", ".join(quoted[:-1]), quoted[-1])))
