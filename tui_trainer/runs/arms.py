"""The arms of a race: runs that are compared with one another.

The same seed addresses the same draws, so all arms see the same batches. They differ only by their settings.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain

import numpy as np
from msgspec import Struct, structs
from numpy.typing import NDArray

from tui_trainer.experiment import Experiment
from tui_trainer.past.parting import distances, equal, first_apart, one_shape, weight_apart
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.runs.differences import differing_settings, histories_since, setting_histories
from tui_trainer.telemetry import ArmView, Evaluation, Parting, RaceView
from tui_trainer.training.network import layer_name
from tui_trainer.training.yardstick import yardstick


class Arm(Struct):
    """One arm: its name and its run."""

    name: str
    run: DiagnosedRun
    letter: str
    """The short name, which never changes."""
    against: str = ""
    """The letter of the parent, with which the arm is compared; "" for the first arm."""
    equal_until: int = 0
    """The last iteration at which the arm was known to equal its parent to the bit."""
    parted: int | None = None
    """The first iteration after which the arm differed from its parent."""
    parted_layer: str = ""
    """The layer that differed most at that iteration."""
    parted_weight: str = ""
    """The weight that differed most at that iteration."""

    def forked(self, run: DiagnosedRun) -> Arm:
        return structs.replace(self.as_known_at(run.iteration), run=run)

    def as_known_at(self, iteration: int) -> Arm:
        """The arm without knowledge of what came after `iteration`: from there on it is compared again."""
        if self.parted is not None and self.parted <= iteration:
            return structs.replace(self)
        return self.compared(self.against, min(self.equal_until, iteration))

    def compared(self, against: str, equal_until: int) -> Arm:
        """The arm with another parent, equal to it until this iteration."""
        nothing = {"parted": None, "parted_layer": "", "parted_weight": ""}
        return structs.replace(self, against=against, equal_until=equal_until, **nothing)


Contestants = Sequence[tuple[str, Experiment]] | Sequence[Arm]
"""What races: experiments with the name of each, or arms that have run before."""


def begun(contestants: Contestants) -> list[Arm]:
    """Arms as they are; those of experiments at their start. The first arm is then the parent of all others. Raises
    `SettingError`."""
    experiments = [each for each in contestants if not isinstance(each, Arm)]
    if len(experiments) < len(contestants):
        return [each for each in contestants if isinstance(each, Arm)]
    letters = lettered([name for name, _ in experiments])
    return [
        Arm(name, DiagnosedRun(experiment), letter, "" if letter == letters[0] else letters[0])
        for (name, experiment), letter in zip(experiments, letters, strict=True)
    ]


def without(arms: list[Arm], gone: Arm) -> list[Arm]:
    """The arms without `gone`. Its children get its parent; children of the first arm get the next arm."""
    rest = [arm for arm in arms if arm is not gone]
    # An arm comes after its parent, so the parent of the second arm is the first.
    instead, known = (gone.against, gone.equal_until) if gone.against else (rest[0].letter, rest[0].equal_until)
    heir = "" if gone.against else instead
    return [
        arm
        if arm.against != gone.letter
        else arm.compared("" if arm.letter == heir else instead, min(arm.equal_until, known))
        for arm in rest
    ]


def pairs(arms: list[Arm]) -> list[tuple[Arm, Arm]]:
    """(parent, arm) for each arm except the first."""
    by_letter = {arm.letter: arm for arm in arms}
    return [(by_letter[arm.against], arm) for arm in arms if arm.against]


def notice_parting(first: Arm, other: Arm) -> None:
    """Find the iteration at which the weights of two arms part, if they have parted, in their recorded past.

    The search covers the iterations that both arms have reached.
    """
    a, b = first.run, other.run
    here, there = a.iteration, b.iteration
    end = min(here, there)
    if other.parted is not None:
        return
    if not one_shape(a.trainer, b.trainer):
        other.parted = 0
        return
    if a.trainer.phase is not None or b.trainer.phase is not None:
        return
    if here == there and equal(a.trainer, b.trainer):
        other.equal_until = here
        return
    if here != there and end <= other.equal_until:
        return

    def equal_after(iteration: int) -> bool:
        a.seek(iteration)
        b.seek(iteration)
        return equal(a.trainer, b.trainer)

    if here != there and equal_after(end):
        other.equal_until = end
    else:
        known_equal = other.equal_until > 0 or (end > 0 and equal_after(0))
        other.parted = first_apart(other.equal_until, end, equal_after) if known_equal else 0
        equal_after(other.parted)
        apart, other.parted_weight = distances(a.trainer, b.trainer), weight_apart(a.trainer, b.trainer)
        by_bias = other.parted_weight.rpartition(" of ")[2]  # if only biases differ
        other.parted_layer = layer_name(int(np.argmax(apart))) if any(apart) else by_bias
    a.seek(here)
    b.seek(there)


def race_view(
    arms: list[Arm], focus: int, layer: int, measure: Callable[[DiagnosedRun], Evaluation | None]
) -> RaceView | None:
    """The race for a snapshot; None while there is only one arm.

    `layer`: the layer whose weights are shown. `measure`: evaluates an arm at this moment.
    """
    if len(arms) < 2:
        return None
    return RaceView(arms=views(arms, focus, measure), parting=parting(arms, focus, layer))


def views(arms: list[Arm], focus: int, measure: Callable[[DiagnosedRun], Evaluation | None]) -> tuple[ArmView, ...]:
    """The arms for a snapshot; `measure` evaluates an arm at this moment."""
    first, *others = arms
    apart = [differing_settings(first.run, arm.run) for arm in others]
    any_apart = {key: min(since[key] for since in apart if key in since) for key in dict.fromkeys(chain(*apart))}
    return tuple(
        ArmView(
            name=arm.name,
            letter=arm.letter,
            changed=setting_histories(arm.run),
            differs=histories_since(arm.run, apart[number - 1] if number else any_apart),
            like=next((each.letter for each in arms[:number] if not differing_settings(each.run, arm.run)), ""),
            status=arm.run.standing,
            finding=next(iter(arm.run.findings), None),
            iteration=arm.run.iteration,
            losses=arm.run.timeline.losses,
            evaluation=measure(arm.run),
            yardstick=yardstick(arm.run.trainer),
            focused=number == focus,
        )
        for number, arm in enumerate(arms)
    )


def parting(arms: list[Arm], focus: int, layer: int) -> Parting:
    """How the focused arm differs from its parent."""
    first, other = pairs(arms)[max(focus - 1, 0)]
    return Parting(
        arms=(first.name, other.name),
        iteration=other.parted,
        first=other.parted_layer,
        weight=other.parted_weight,
        layers={layer_name(n): apart for n, apart in enumerate(distances(first.run.trainer, other.run.trainer))},
        weights=_difference(first.run, other.run, layer),
    )


def _difference(a: DiagnosedRun, b: DiagnosedRun, layer: int) -> NDArray[np.floating] | None:
    """b − a of one layer's weights, without the biases."""
    network = a.trainer.network
    if not one_shape(a.trainer, b.trainer):
        return None
    number = min(max(layer, 0), len(network.shapes) - 1)
    x, y = (network.views(run.trainer.vectors.parameters)[number][:-1] for run in (a, b))
    with np.errstate(all="ignore"):
        return np.asarray(y - x)


LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def lettered(names: Sequence[str]) -> list[str]:
    """A letter for each name: the name itself if it is a letter, else the first free one."""
    own = [name for name in names if name in LETTERS and len(name) == 1]
    free = (letter for letter in LETTERS if letter not in own)
    return [name if name in own else next(free) for name in names]


def free_letter(arms: list[Arm]) -> str:
    """The first letter after those of the arms."""
    taken = {arm.letter for arm in arms}
    behind = LETTERS[LETTERS.index(max(taken)) + 1 :]
    return next(letter for letter in behind + LETTERS if letter not in taken)
