"""The `[[steps]]` and `[controls]` of a lesson in a preset file, and every mistake in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from msgspec import Struct, structs

from tui_trainer.diagnosis import RULES
from tui_trainer.experiment import Experiment, SettingError
from tui_trainer.experiment.declared import settings
from tui_trainer.experiment.in_force import flattened
from tui_trainer.instruments import INSTRUMENTS, LAYER_INSTRUMENTS
from tui_trainer.lessons.numbers import NUMBERS, references
from tui_trainer.lessons.steps import (
    MOST_ANSWERS,
    Controls,
    Count,
    Goal,
    NumberAnswer,
    Predict,
    Say,
    Step,
    Stretch,
    Task,
    TextAnswer,
)
from tui_trainer.presets.arms import PresetArm, claim_of
from tui_trainer.presets.faults import struct_faults, with_valid_settings
from tui_trainer.setting_error import nearest

MEASURES = (*dict.fromkeys((*INSTRUMENTS, *LAYER_INSTRUMENTS)),)
NAMES = (*NUMBERS, *MEASURES)
"""What may stand between the braces of a text."""
BOUND = re.compile(r"(\w+)\s*([<>])\s*([-+.\w]+)")
UNTIL = '"finding", the id of a finding, "finished", "key:p", or a bound on a measure such as "train_loss < 0.1"'

LONGEST = {"say": 620, "predict": 310, "task": 310, "reveal": 460, "explain": 460, "hints": 150}
"""Characters of a text for which the strip of a lesson has room on a screen of 80×24."""

Faults = list[SettingError]


class _StepFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys that every step may have."""

    preset: str = ""
    set: dict[str, Any] = {}
    restart: bool = False
    show: str = ""
    beside: tuple[str, ...] | None = None
    diagram: bool = False
    run: dict[str, Any] | None = None


class _SayFile(_StepFile, frozen=True, kw_only=True, forbid_unknown_fields=True):
    say: str


class _PredictFile(_StepFile, frozen=True, kw_only=True, forbid_unknown_fields=True):
    predict: str
    answers: tuple[str, ...] = ()
    answer: dict[str, Any] | None = None
    right: int | dict[str, Any] | list[dict[str, Any]] | None = None
    reveal: str = ""


class _TaskFile(_StepFile, frozen=True, kw_only=True, forbid_unknown_fields=True):
    task: str
    expect: dict[str, Any]
    hints: tuple[str, ...] = ()
    explain: str = ""


KINDS: dict[str, type[_StepFile]] = {"say": _SayFile, "predict": _PredictFile, "task": _TaskFile}


class _StretchFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    until: str | None = None
    iterations: Count | None = None
    at_most: Count | None = None


def unwrapped(text: str) -> str:
    """Paragraphs on one line each, for the screen to wrap, with empty lines between them."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", text.strip()))


def steps_of(tables: Sequence[dict[str, Any]], arms: Sequence[PresetArm]) -> tuple[tuple[Step, ...], Faults]:
    """The steps of a lesson, and the mistakes in them, each with the number of its step. `arms`: those of the race."""
    steps: list[Step] = []
    faults: Faults = []
    for number, table in enumerate(tables, start=1):
        step, wrong = _step(table, [arm.name for arm in arms])
        steps.append(Say(text="") if step is None else step)  # the later ones keep their numbers
        for fault in wrong:
            key = f"step {number}: {fault.key}" if fault.key else f"step {number}"
            faults.append(SettingError(key, fault.value, fault.allowed))
    return tuple(steps), faults


def controls_of(table: dict[str, Any] | None) -> tuple[Controls | None, Faults]:
    """What may be changed by hand, and the mistakes in the table; None without one: everything."""
    if table is None:
        return None, []
    controls, faults = struct_faults("controls", Controls, table)
    known = settings()
    for key in () if controls is None else controls.allow:
        if key not in known and not any(each.startswith(f"{key}.") for each in known):
            faults.append(SettingError("controls.allow", key, f"no setting of this name{nearest(key, known)}"))
    return controls, faults


def settings_faults(steps: Sequence[Step], experiment: Experiment, find: Callable[[str], Experiment]) -> Faults:
    """The mistakes in what the steps change of the experiment, one after the other. `find`: the experiment of a
    preset. Raises `ValueError` for a title that it does not know."""
    faults: Faults = []
    for number, step in enumerate(steps, start=1):
        if step.preset:
            try:
                experiment = find(step.preset)
            except ValueError as error:
                faults.append(SettingError(f"step {number}: preset", step.preset, str(error)))
        experiment, wrong = with_valid_settings(experiment, step.set)
        faults += [SettingError(f"step {number}: set.{fault.key}", fault.value, fault.allowed) for fault in wrong]
        goal = getattr(step, "expect", Goal())
        if goal.ghost is not None:
            wrong = with_valid_settings(experiment, goal.ghost)[1]
            faults += [
                SettingError(f"step {number}: expect.beats.{fault.key}", fault.value, fault.allowed) for fault in wrong
            ]
        for key in goal.settings:
            if key not in settings():
                words = f"no setting of this name{nearest(key, settings())}"
                faults.append(SettingError(f"step {number}: expect.settings", key, words))
        data = experiment.data
        subjects = data.class_names if data.task == "embedding" else ()
        if goal.asked_subject is not None and goal.asked_subject not in subjects:
            words = f"allowed: {', '.join(subjects)}" if subjects else "these data have no phrases"
            words += nearest(goal.asked_subject, subjects)
            faults.append(SettingError(f"step {number}: expect.asked_subject", goal.asked_subject, words))
    return faults


def _step(table: dict[str, Any], arms: Sequence[str]) -> tuple[Step | None, Faults]:
    kinds = [kind for kind in KINDS if kind in table]
    if len(kinds) != 1:
        known = {name for kind in KINDS.values() for name in kind.__struct_fields__}
        meant = [f"unknown key{nearest(key, (*KINDS, *known))}" for key in table]
        unknown = [SettingError(key, None, words) for key, words in zip(table, meant, strict=True) if key not in known]
        given = f"{len(kinds)} of them" if kinds else "none of them"
        return None, [SettingError("", None, f"has one of {', '.join(KINDS)}; this one has {given}"), *unknown]
    file, faults = struct_faults("", KINDS[kinds[0]], table)
    if file is None:
        return None, faults
    text = unwrapped(getattr(file, kinds[0]))
    faults += [] if text else [SettingError(kinds[0], text, "allowed: a text that is not empty")]
    stretch, wrong = _stretch(file.run)
    faults += wrong + _unknown_panels(file)
    shared: dict[str, Any] = {
        "text": text,
        "preset": file.preset,
        "set": _flat(file.set),
        "restart": file.restart,
        "show": file.show,
        "beside": file.beside,
        "diagram": file.diagram,
        "run": stretch,
    }
    step: Step | None
    match file:
        case _PredictFile():
            step, wrong = _predict(file, shared, arms)
            texts = {"predict": text, "reveal": file.reveal}
        case _TaskFile():
            step, wrong = _task(file, shared, arms)
            texts = {"task": text, "explain": file.explain} | {f"hints[{n}]": hint for n, hint in enumerate(file.hints)}
        case _:
            step, wrong = Say(**shared), []
            texts = {"say": text}
    too_long = []
    for key, written in texts.items():
        length, most = len(unwrapped(written)), LONGEST[key.partition("[")[0]]
        if length > most:
            words = f"{length} characters; {most} have room on 80×24, so make two of it"
            too_long.append(SettingError(key, None, words))
    return step, [*faults, *wrong, *too_long, *_unknown_names(texts, arms)]


def _unknown_panels(file: _StepFile) -> Faults:
    """The mistakes in what a step shows."""
    named = [("show", file.show)] * bool(file.show) + [("beside", each) for each in file.beside or ()]
    faults = []
    if (file.beside is not None or file.diagram) and not file.show:
        faults.append(SettingError("show", "", "is missing: beside and diagram go with the panel in focus"))
    if named:
        from tui_trainer.dashboard.panels import PANELS  # which takes half as long as all else that a preset needs

        words = f"allowed: {', '.join(PANELS)}"
        faults += [SettingError(key, name, words + nearest(name, PANELS)) for key, name in named if name not in PANELS]
    return faults


def _flat(changes: dict[str, Any]) -> dict[str, Any]:
    """Dotted keys and nested tables alike as dotted keys."""
    return {key: value for key, value in flattened(changes).items() if not isinstance(value, dict)}


def _predict(file: _PredictFile, shared: dict[str, Any], arms: Sequence[str]) -> tuple[Predict | None, Faults]:
    faults: Faults = []
    right: int | tuple[Goal, ...] | None = None
    answer: NumberAnswer | TextAnswer | None = None
    answers = tuple(map(unwrapped, file.answers))
    if bool(answers) == (file.answer is not None):
        faults.append(SettingError("predict", None, "needs either answers to choose from, or one answer to type"))
    if not unwrapped(file.reveal):
        faults.append(SettingError("reveal", file.reveal, "is missing: what the run has shown, beside the answer"))
    if answers:
        if not 2 <= len(set(answers)) == len(answers) <= MOST_ANSWERS:
            faults.append(SettingError("answers", list(answers), f"allowed: 2 to {MOST_ANSWERS} different texts"))
        right, wrong = _right(file.right, answers, arms)
        faults += wrong
    elif file.right is not None:
        faults.append(SettingError("right", file.right, "goes with answers; a typed number is right within a distance"))
    if file.answer is not None:
        kind: type[NumberAnswer] | type[TextAnswer] = TextAnswer if "text" in file.answer else NumberAnswer
        answer, wrong = struct_faults("answer", kind, file.answer)
        faults += wrong
        names = [name for name in NAMES if name not in NUMBERS or not NUMBERS[name].is_text]
        if isinstance(answer, NumberAnswer) and isinstance(answer.number, str) and answer.number not in names:
            words = f"allowed: a number, or a name from {', '.join(names)}{nearest(answer.number, names)}"
            faults.append(SettingError("answer.number", answer.number, words))
    return Predict(**shared, answers=answers, answer=answer, right=right, reveal=unwrapped(file.reveal)), faults


def _right(
    given: int | dict[str, Any] | list[dict[str, Any]] | None, answers: tuple[str, ...], arms: Sequence[str]
) -> tuple[int | tuple[Goal, ...] | None, Faults]:
    """Which answer is right: its index, or a goal for each answer."""
    if given is None:
        return None, [SettingError("right", None, "is missing: the number of the right answer, or what decides")]
    if isinstance(given, int):
        right = given - 1
        faults = [] if 0 <= right < len(answers) else [SettingError("right", given, f"allowed: 1 to {len(answers)}")]
        return right, faults
    if isinstance(given, list):
        goals, faults = [], []
        for number, table in enumerate(given):
            goal, wrong = _goal(f"right[{number}]", table, arms)
            goals += [goal] if goal is not None else []
            faults += wrong
        if len(given) != len(answers):
            faults.append(SettingError("right", given, f"allowed: one goal for each of the {len(answers)} answers"))
        return tuple(goals), faults
    return _by_names(given, answers, arms)


def _by_names(given: dict[str, Any], answers: tuple[str, ...], arms: Sequence[str]) -> tuple[tuple[Goal, ...], Faults]:
    """One goal for several answers: the answer that names it (the arm, or the finding) is right if it is reached.

    Of answers that name other arms the one whose arm is ahead is right; of two answers the second one if the first is
    not.
    """
    goal, faults = _goal("right", given, arms)
    if goal is None or faults:
        return (), faults
    if goal.arm is not None and all(answer in arms for answer in answers):
        return tuple(Goal(arm=answer) for answer in answers), []
    named = [n for n, answer in enumerate(answers) if _names(answer, goal)]
    if len(named) != 1:
        words = f"{len(named) or 'none'} of the answers names that; write a list with a goal for each answer"
        return (), [SettingError("right", given, words)]
    others = Goal()
    return tuple(goal if n == named[0] else others for n in range(len(answers))), []


STEM = 5
"""Letters of a word that name a finding: bouncing, bounces."""


def _names(answer: str, goal: Goal) -> bool:
    """Whether an answer speaks of the arm or the finding of the goal."""
    if goal.arm is not None:
        return goal.arm.casefold() in answer.casefold()
    stems = [word[:STEM] for word in (goal.finding or "").split("_")]
    return any(word.startswith(stem) for word in answer.casefold().split() for stem in stems if stem)


def _task(file: _TaskFile, shared: dict[str, Any], arms: Sequence[str]) -> tuple[Task | None, Faults]:
    goal, faults = _goal("expect", file.expect, arms)
    if goal is None:
        return None, faults
    if goal.asked is None and (goal.prediction_above, goal.prediction_below) != (None, None):
        faults.append(SettingError("expect", file.expect, "a bound on the prediction needs asked = [inputs]"))
    hints = tuple(map(unwrapped, file.hints))
    return Task(**shared, expect=goal, hints=hints, explain=unwrapped(file.explain)), faults


def _goal(table: str, values: dict[str, Any], arms: Sequence[str]) -> tuple[Goal | None, Faults]:
    goal, faults = claim_of(table, values, Goal)
    if goal is None:
        return None, faults
    beats = goal.beats if goal.ghost is None else _flat(goal.ghost) or "ghost"
    goal = structs.replace(goal, settings=_flat(goal.settings), beats=beats)
    if goal.arm is not None and goal.arm not in arms:
        known = f"allowed: {', '.join(arms)}{nearest(goal.arm, arms)}" if arms else "this preset has no arms"
        faults.append(SettingError(f"{table}.arm", goal.arm, known))
    if goal.compares and table != "expect":
        key = "beats" if goal.compared_with is None else "compared_with"
        faults.append(SettingError(f"{table}.{key}", None, "only a task can compare with another run"))
    elif goal.compared_with is not None and goal.beats is not None:
        faults.append(SettingError(f"{table}.beats", goal.beats, "stands alone, without compared_with"))
    if not faults and structs.replace(goal, by_iteration=None) == Goal():
        faults.append(SettingError(table, values, "asks for nothing"))
    return goal, faults


def _stretch(table: dict[str, Any] | None) -> tuple[Stretch | None, Faults]:
    if table is None:
        return None, []
    file, faults = struct_faults("run", _StretchFile, table)
    if file is None:
        return None, faults
    if (file.until is None) == (file.iterations is None):
        faults.append(SettingError("run", table, "needs either until or iterations"))
    if file.at_most is not None and file.until is None:
        faults.append(SettingError("run.at_most", file.at_most, "goes with until"))
    stretch = Stretch(iterations=file.iterations or file.at_most)
    match (file.until or "finished").strip():
        case "finished":
            return stretch, faults
        case "finding":
            return structs.replace(stretch, any_finding=True), faults
        case key if key.startswith("key:") and len(key) > len("key:"):
            return structs.replace(stretch, key=key.removeprefix("key:")), faults
        case bound if match := BOUND.fullmatch(bound):
            name, sign, number = match.groups()
            side = "below" if sign == "<" else "above"
            try:
                claim = {f"{name}_{side}": float(number)}
            except ValueError:
                return stretch, [*faults, SettingError("run.until", bound, f"allowed: {UNTIL}")]
            goal, wrong = claim_of("run.until", claim, Goal)
            words = f"no measure of this name{nearest(name, MEASURES)}"
            wrong = [SettingError("run.until", bound, words) for _ in wrong]
            return structs.replace(stretch, until=goal), faults + wrong
        case finding:
            goal, wrong = claim_of("run", {"finding": finding}, Goal)
            words = f"allowed: {UNTIL}{nearest(finding, ('finding', 'finished', *RULES))}"
            wrong = [SettingError("run.until", finding, words) for _ in wrong]
            return structs.replace(stretch, until=goal), faults + wrong


def _unknown_names(texts: dict[str, str], arms: Iterable[str]) -> Faults:
    """A mistake for everything between braces that is not the name of a number, or not of an arm."""
    arms, faults = tuple(arms), []
    for key, text in texts.items():
        for inside, reference in references(text):
            if reference is None or reference.name not in NAMES:
                name = inside if reference is None else reference.name
                words = f"no number of this name; {{{{ and }}}} are plain braces{nearest(name, NAMES)}"
                faults.append(SettingError(key, f"{{{inside}}}", words))
            elif reference.arm and reference.arm not in arms:
                words = f"no arm of this name{nearest(reference.arm, arms)}"
                faults.append(SettingError(key, f"{{{inside}}}", words))
    return faults
