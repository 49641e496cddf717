"""Arms: sessions that are moved together, iteration for iteration, and compared.

The same seed addresses the same draws, so arms see the same batches; what differs between them is what their settings
make of it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct, structs
from numpy.typing import NDArray

from tui_trainer.runs.session import Session
from tui_trainer.telemetry import ArmView, Parting, words_of
from tui_trainer.training.parting import distances, equal, first_apart, one_network, weight_apart

MOST_ARMS = 6


class Arm(Struct):
    """One arm: its name and its run."""

    name: str
    session: Session
    letter: str
    """How it is called for short, as long as it lives."""
    equal_until: int = 0
    """The last iteration at which it was seen equal, to the bit, to the first arm."""
    parted: int | None = None
    """The first iteration after which it differed."""
    parted_layer: str = ""
    parted_weight: str = ""
    """The layer and the weight that were furthest apart then."""

    def forked(self, session: Session) -> Arm:
        """The arm in another session, which has lived the same until where it stands."""
        return structs.replace(self.as_known_at(session.iteration), session=session)

    def as_known_at(self, iteration: int) -> Arm:
        """The arm without what came after `iteration`: it has to be seen anew whether it is equal to the first."""
        if self.parted is not None and self.parted <= iteration:
            return structs.replace(self)
        known = min(self.equal_until, iteration)
        return structs.replace(self, equal_until=known, parted=None, parted_layer="", parted_weight="")


def notice_parting(first: Arm, other: Arm) -> None:
    """Find the iteration at which two arms part, once they have, on their recorded past."""
    a, b, here = first.session, other.session, first.session.iteration
    if other.parted is not None:
        return
    if not one_network(a.experiment, b.experiment):
        other.parted = 0
        return
    if here != b.iteration:
        return
    if equal(a.trainer, b.trainer):
        other.equal_until = here
        return

    def equal_after(iteration: int) -> bool:
        a.seek(iteration)
        b.seek(iteration)
        return equal(a.trainer, b.trainer)

    other.parted = first_apart(other.equal_until, here, equal_after)
    if a.iteration != other.parted:
        equal_after(other.parted)
    other.parted_layer = f"layer {int(np.argmax(distances(a.trainer, b.trainer))) + 1}"
    other.parted_weight = weight_apart(a.trainer, b.trainer)
    a.seek(here)
    b.seek(here)


def views(arms: list[Arm], focus: int) -> tuple[ArmView, ...]:
    """What the snapshot tells of all arms; nothing while there is only one."""
    if len(arms) < 2:
        return ()
    return tuple(
        ArmView(
            name=arm.name,
            letter=arm.letter,
            changed=changed(arm.session),
            difference=difference(arms[0 if number else 1].session, arm.session),
            status=arm.session.reached,
            iteration=arm.session.iteration,
            losses=arm.session.trainer.losses,
            focused=number == focus,
        )
        for number, arm in enumerate(arms)
    )


def parting(arms: list[Arm], focus: int, layer: int) -> Parting | None:
    """How the focused arm differs from the first, or the first from the second; `layer` is the one looked at."""
    if len(arms) < 2:
        return None
    other = arms[focus or 1]
    return Parting(
        arms=(arms[0].name, other.name),
        iteration=other.parted,
        first=other.parted_layer,
        weight=other.parted_weight,
        layers=distances(arms[0].session.trainer, other.session.trainer),
        weights=_difference(arms[0].session, other.session, layer),
    )


def _difference(a: Session, b: Session, layer: int) -> NDArray[np.floating] | None:
    """b − a of one layer's weights, without the biases."""
    network = a.trainer.network
    if network.sizes != b.trainer.network.sizes:
        return None
    number = min(max(layer, 0), len(network.shapes) - 1)
    x, y = (network.views(session.trainer.vectors.parameters)[number][:-1] for session in (a, b))
    with np.errstate(all="ignore"):
        return np.asarray(y - x)


def difference(first: Session, other: Session) -> str:
    """The settings in which `other` differs, with its values: "learning rate 0.5"."""
    return _differing(first.settings, other.settings)


def changed(session: Session) -> str:
    """The settings that are not any more what they were at the start, with their values."""
    return _differing(session.settings_at_start, session.settings)


def _differing(before: dict[str, object], after: dict[str, object]) -> str:
    keys = [key for key, value in after.items() if before.get(key) != value and value is not None]
    return ", ".join(f"{words_of(key)} {shown(after[key])}" for key in keys)


def shown(value: object) -> str:
    """A setting's value in a few characters."""
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list | tuple):
        return "-".join(map(str, value)) or "none"
    return "none" if value is None else str(value)


LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def lettered(names: Sequence[str]) -> list[str]:
    """A letter for each name: the name itself where it is one, else the letter of its place."""
    return [name if name in LETTERS and len(name) == 1 else LETTERS[place] for place, name in enumerate(names)]


def free_letter(arms: list[Arm]) -> str:
    """The first letter behind those that the arms have."""
    taken = {arm.letter for arm in arms}
    behind = LETTERS[LETTERS.index(max(taken)) + 1 :]
    return next(letter for letter in behind + LETTERS if letter not in taken)
