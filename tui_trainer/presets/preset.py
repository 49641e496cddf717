"""Presets: TOML files with an experiment, explaining texts, and what the experiment must show.

A preset is found by its title, spelled loosely, or by the path of its file. Every mistake in a file is raised here, in
words for its author. The texts may contain anything; the code that prints them must protect the terminal.
"""

from __future__ import annotations

import contextlib
import difflib
import os.path
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct

from tui_trainer import toml_file
from tui_trainer.datasets import DATASETS
from tui_trainer.experiment import AxisKind, Experiment, SettingError, build
from tui_trainer.experiment.toml_tables import TABLES
from tui_trainer.input_error import InputError
from tui_trainer.lessons.steps import Controls, Predict, Step, Task
from tui_trainer.preset_files import CLINIC, COURSE, folder, own_paths
from tui_trainer.presets.arms import PresetArm, arms_of, claim_of, laid_over
from tui_trainer.presets.faults import experiment_faults, struct_faults
from tui_trainer.presets.journal import Whole, journal_of
from tui_trainer.presets.steps import controls_of, settings_faults, steps_of, unwrapped
from tui_trainer.setting_error import nearest
from tui_trainer.telemetry import JournalEntry
from tui_trainer.telemetry.expectation import Claim, Expectation

MOST_NAMED = 12
"""The largest number of titles in a message."""

FILE_KEYS = ("file", "target_file", "validation_file")
"""Keys of `[data]` that name files."""

NEAR = 0.7
"""Similarity of a title to the typed text, 0 to 1, above which the title is suggested."""
NEAR_WORD = 0.65
"""The same for the first word alone and a command: two letters of "verify" in the wrong order leave 0.67."""


class PresetError(InputError):
    """A preset that cannot be found or read. The text names the file, the mistake, and what is allowed."""


class _File(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The top level of a preset file. The contents of the tables are checked when they are used."""

    schema: Literal[1] = 1
    title: str = ""
    family: str = ""
    order: int = 0
    question: str = ""
    watch: str = ""
    text: str = ""
    axis: AxisKind | None = None
    data: dict[str, Any] = {}
    network: dict[str, Any] = {}
    loss: dict[str, Any] = {}
    optimizer: dict[str, Any] = {}
    schedule: dict[str, Any] = {}
    training: dict[str, Any] = {}
    expect: dict[str, Any] | None = None
    arms: list[dict[str, Any]] = []
    steps: list[dict[str, Any]] = []
    controls: dict[str, Any] | None = None
    hidden: bool = False
    moment: Whole | None = None
    journal: list[dict[str, Any]] = []


class Preset(Struct, frozen=True, kw_only=True):
    """One preset: texts, an experiment, and what the experiment must show."""

    title: str
    family: str
    """The heading of the list under which it stands; "" for none."""
    order: int
    """Position in the list, the easiest first."""
    question: str
    watch: str
    """What to watch while the preset runs."""
    text: str
    """A few short paragraphs, separated by empty lines."""
    axis: AxisKind | None
    """The axis of losses that shows what to watch; None if either does."""
    tables: dict[str, dict[str, Any]]
    """The tables of the experiment as in the file."""
    expect: Expectation | None
    path: Path
    arms: tuple[PresetArm, ...] = ()
    """The arms of a race, 2 to 6. They share data, initial weights and batches if their settings allow it."""
    steps: tuple[Step, ...] = ()
    """A lesson has some."""
    controls: Controls | None = None
    """What may be changed by hand; None for everything."""
    hidden: bool = False
    """Whether it is a case: its first question asks for a fault that settings and verdict do not tell until then."""
    moment: int | None = None
    """The iteration at which it opens; None for the start of a run that then goes on."""
    journal: tuple[JournalEntry, ...] = ()
    """What a person did on the way to it."""

    def experiment(self) -> Experiment:
        """The experiment, all values checked. Raises `PresetError` with a line for each mistake."""
        try:
            return build(self.tables, self.title, self.axis)
        except SettingError:
            raise _error(self.path, _mistakes(self.tables)) from None

    def experiments(self) -> tuple[tuple[str, Experiment], ...]:
        """Name and experiment of every arm; a single arm "A" if the preset is no race. Raises `PresetError`."""
        if not self.arms:
            return (("A", self.experiment()),)
        try:
            experiment = build(self.tables, self.title, self.axis)
        except SettingError:
            raise _error(self.path, _mistakes(self.tables, self.arms)) from None
        made = [(arm.name, *laid_over(experiment, arm)) for arm in self.arms]
        if any(faults for *_, faults in made):
            raise _error(self.path, _mistakes(self.tables, self.arms))
        return tuple((name, changed) for name, changed, _ in made)


def _mistakes(tables: dict[str, dict[str, Any]], arms: Sequence[PresetArm] = ()) -> list[str]:
    """All mistakes in the tables of the experiment and in the settings of the arms."""
    experiment, faults = experiment_faults(tables)
    mistakes = [str(each) for each in faults]
    if experiment is not None:
        mistakes += [f'arm "{arm.name}": {each}' for arm in arms for each in laid_over(experiment, arm)[1]]
    return mistakes


def _error(path: Path, mistakes: Sequence[str]) -> PresetError:
    """An error with a line for each mistake."""
    # What is wrong with a table names its file already.
    return PresetError("\n".join(each if each.startswith(f"{path.name}: ") else f"{path}: {each}" for each in mistakes))


IF_A_TABLE = (
    '; if it is a table, no preset: "tui-trainer --data FILE" trains on it, and "tui-trainer data FILE --save-preset '
    'NEW.toml" makes a preset of it'
)


def load(path: Path, *, complete: bool = False) -> Preset:
    """Read one file. Without a title the preset is named after the file. Raises `PresetError`.

    `Preset.experiment` checks the values of the experiment. `complete`: check also that presets it names exist.
    """
    try:
        content = toml_file.read_bytes(path, "preset")
        return _made(path, content, complete=True) if complete else _made_before(path, content)
    except toml_file.FileError as error:
        is_other = path.suffix.lower() != ".toml" and path.is_file()
        raise PresetError(f"{error}{IF_A_TABLE if is_other else ''}") from None


@lru_cache(maxsize=4)  # the start of the program asks for its preset five times
def _made_before(path: Path, content: bytes) -> Preset:
    return _made(path, content)


def _made(path: Path, content: bytes, *, complete: bool = False) -> Preset:
    """The preset of a file with this content. Raises `FileError` and `PresetError`."""
    tables = toml_file.parsed(path, content, "preset")
    file, faults = struct_faults("", _File, tables)
    given = {name: tables[name] for name in TABLES if isinstance(tables.get(name), dict)}
    given = _beside(path, given)
    expect: Expectation | None = None
    arms: tuple[PresetArm, ...] = ()
    steps: tuple[Step, ...] = ()
    controls: Controls | None = None
    journal: tuple[JournalEntry, ...] = ()
    if file is not None:
        if file.expect is not None:
            expect, wrong = claim_of("expect", file.expect, Expectation)
            faults += wrong
        arms, wrong = arms_of(file.arms)
        faults += wrong
        steps, wrong = steps_of(file.steps, arms)
        faults += wrong
        controls, wrong = controls_of(file.controls)
        faults += wrong
        if steps and (experiment := experiment_faults(given)[0]) is not None:
            faults += settings_faults(steps, experiment, lambda title: _titled(title).experiment())
        if file.hidden and not any(isinstance(step, Predict) for step in steps):
            faults.append(SettingError("hidden", True, "needs a step that predicts: its answer ends the hiding"))
        journal, wrong = journal_of(file.journal, experiment_faults(given)[0] if file.journal else None)
        faults += wrong
        if complete:
            claims: list[tuple[str, Claim | None]] = [("expect", expect)]
            claims += [("arms.expect", arm.expect) for arm in arms]
            claims += [(f"step {n}: expect", step.expect) for n, step in enumerate(steps, 1) if isinstance(step, Task)]
            faults += _not_found(claims)
    if file is None or faults:
        raise _error(path, [*map(str, faults), *_mistakes(given, arms)])
    return Preset(
        title=_unwrapped(file.title) or ("standard input" if str(path) == toml_file.STANDARD_INPUT else path.stem),
        family=_unwrapped(file.family),
        order=file.order,
        question=_unwrapped(file.question),
        watch=_unwrapped(file.watch),
        text=unwrapped(file.text),
        axis=file.axis,
        tables=given,
        expect=expect,
        path=path,
        arms=arms,
        steps=steps,
        controls=controls,
        hidden=file.hidden,
        moment=file.moment,
        journal=journal,
    )


def _beside(path: Path, tables: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The tables with the files that they name in the folder of the preset, unless their paths are absolute."""
    data = tables.get("data", {})
    files = {key: str(path.parent / data[key]) for key in FILE_KEYS if isinstance(data.get(key), str)}
    return tables | {"data": data | files} if files else tables


def of_table(file: str, settings: Mapping[str, object]) -> Preset:
    """A preset for the table in `file`. `settings`: other keys of `[data]`."""
    name = "standard input" if file == toml_file.STANDARD_INPUT else Path(file).name
    return Preset(
        title="own data",
        family="",
        order=0,
        question=f"What can a network learn from {name}?",
        watch="The validation loss: how well the network predicts rows that it has not seen.",
        text="",
        axis=None,
        tables={"data": {"file": file, **settings}},
        expect=None,
        path=Path(file),
    )


def _not_found(claims: Sequence[tuple[str, Claim | None]]) -> list[SettingError]:
    """A mistake for each preset that a claim compares with and that does not exist."""
    faults = []
    for table, claim in claims:
        if claim is not None and claim.compared_with is not None:
            name = claim.compared_with.preset
            try:
                find(name)
            except PresetError as error:
                faults.append(SettingError(f"{table}.compared_with.preset", name, str(error)))
    return faults


@cache
def bundled() -> tuple[Preset, ...]:
    """All presets of the program, in their order. Raises `PresetError`."""
    presets = sorted((load(path) for path in folder().glob("*.toml")), key=lambda each: (each.order, each.title))
    if not presets:
        raise PresetError(f"{folder()}: no presets here; the installation is incomplete")
    return tuple(presets)


def own() -> tuple[Preset, ...]:
    """The presets that the person keeps, as far as their files are good."""
    presets = []
    for path in own_paths():
        with contextlib.suppress(PresetError):
            presets.append(load(path))
    return tuple(presets)


@cache
def course() -> tuple[Preset, ...]:
    """The lessons of the program, in their order. Raises `PresetError`."""
    return _in_order(COURSE)


@cache
def clinic() -> tuple[Preset, ...]:
    """The cases of the program, in their order. Raises `PresetError`."""
    return _in_order(CLINIC)


def _in_order(inside: str) -> tuple[Preset, ...]:
    return tuple(sorted(map(load, (folder() / inside).glob("*.toml")), key=lambda each: (each.order, each.title)))


def _titled(title: str) -> Preset:
    """The bundled preset of exactly this title. Raises `PresetError`."""
    titles = {preset.title: preset for preset in bundled()}
    if title not in titles:
        raise PresetError(f"no preset of this title{nearest(title, titles)}")
    return titles[title]


def find(name: str, words: Sequence[str] = ()) -> Preset:
    """The preset of this title, or of the file at this path. Raises `PresetError`.

    Titles are compared without case, spaces and punctuation. The beginning of a title or some of its words suffice if
    they fit only one title, or one that begins all others that fit. `words`: other words that the person may have
    meant, suggested along with similar titles.
    """
    if name == toml_file.STANDARD_INPUT or name.lower().endswith(".toml") or "/" in name:
        return load(Path(name).expanduser())  # a shell leaves the ~ of --preset=~/x.toml to the program
    spelled = _key(name)
    for path in folder().glob("*.toml"):
        if _key(path.stem) == spelled and _key((preset := load(path)).title) == spelled:
            return preset  # most files are named like their preset, so the others need not be read
    titles = {_key(preset.title): preset for preset in (*own(), *bundled())}
    lessons = {_key(lesson.title): lesson for lesson in (*course(), *clinic())}
    if spelled in (every := lessons | titles):
        return every[spelled]
    asked = [word for word in map(_key, name.split()) if word]
    for known in (titles, lessons):
        beginnings = [key for key in known if spelled and key.startswith(spelled)]
        inside = [key for key, preset in known.items() if asked and _has_words(preset.title, asked)]
        for matches in (beginnings, inside):
            shortest = min(matches, key=len, default="")
            if matches and all(key.startswith(shortest) for key in matches):
                return known[shortest]
        if inside:
            break
    if not inside and os.path.isfile(name):
        return load(Path(name))
    if inside:
        first_come = sorted(inside, key=lambda key: key not in beginnings)
        raise PresetError(f'"{name}" could be {_listed([known[key].title for key in first_come])}')
    meant = {key: preset.title for key, preset in every.items()} | {_key(word): word for word in words}
    near = [meant[key] for key in difflib.get_close_matches(spelled, meant, n=3, cutoff=NEAR)]
    first, _, rest = name.partition(" ")
    if rest and first in words:
        raise PresetError(f'no preset "{name}"; "{first}" is a command and comes first')
    if rest or not near:  # a command, with what it is to act on behind it
        near += difflib.get_close_matches(first.casefold(), words, n=1, cutoff=NEAR_WORD)
    hint = f"; did you mean {_listed(near)}?" if near else '; "tui-trainer presets" lists them all'
    for data in DATASETS:
        if _key(data) == spelled:
            hint = f", but a data set: tui-trainer --set data.name={data}"
    raise PresetError(f'no preset "{name}"{hint}')


def _unwrapped(text: str) -> str:
    """The text on one line. The screen wraps it."""
    return " ".join(text.split())


def _key(title: str) -> str:
    """The compared form of a title: letters and digits, without case, -ise for -ize."""
    letters = unicodedata.normalize("NFKC", title).casefold().replace("iz", "is")
    return "".join(c for c in letters if c.isalnum())


def _has_words(title: str, asked: Sequence[str]) -> bool:
    """Whether each word is a word of the title, or the beginning of one and longer than 3 letters."""
    own = [_key(word) for word in title.split()]
    return all(any(word == each or (len(word) > 3 and each.startswith(word)) for each in own) for word in asked)


def _listed(titles: Sequence[str]) -> str:
    """ "one", "two" or "three"; of many titles the first ones, and the number of the rest."""
    quoted = [f'"{title}"' for title in titles[:MOST_NAMED]]
    if len(titles) > MOST_NAMED:
        return f"{', '.join(quoted)} … and {len(titles) - MOST_NAMED} more"
    return " or ".join(filter(None, (", ".join(quoted[:-1]), quoted[-1])))
