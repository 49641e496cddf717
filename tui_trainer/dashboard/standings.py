"""How the arms of a race compare, who leads or why nobody does: the words of the table, the verdict and `train`."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from msgspec import Struct

from tui_trainer.dashboard.evaluations_at import evaluations_until
from tui_trainer.drawing.charts.numbers import compact, count
from tui_trainer.drawing.text_fitting import Wordings, listed
from tui_trainer.telemetry import ArmView, Evaluation, Severity, Status
from tui_trainer.telemetry.few_held_out import FEW
from tui_trainer.telemetry.lead import (
    DIFFERENT_LOSSES,
    NONE_FINITE,
    NOT_MEASURED,
    ONE_EXAMPLE,
    Basis,
    Lead,
    Measured,
    lead,
)
from tui_trainer.wording import percent

SIGNS = {Severity.CRITICAL: "✗", Severity.WARNING: "⚠"}
"""Signs of the findings that the table of a race shows."""


class Standing(Struct, frozen=True, kw_only=True):
    """One arm at the moment shown."""

    arm: ArmView
    letter: str
    latest: Evaluation | None
    ahead: bool

    @property
    def states(self) -> Wordings:
        """What is wrong with the arm; empty where nothing is."""
        if self.arm.status is Status.DIVERGED:
            return Wordings(f"diverged at {count(self.arm.iteration)}", "diverged")
        finding = self.arm.finding
        if finding is None or finding.severity not in SIGNS:
            return Wordings()
        return Wordings(finding.headline.lower())

    @property
    def broken(self) -> bool:
        """Whether it diverges or has diverged."""
        return self.sign == SIGNS[Severity.CRITICAL]

    @property
    def sign(self) -> str:
        """ "✗", "⚠" or ""."""
        if self.arm.status is Status.DIVERGED:
            return SIGNS[Severity.CRITICAL]
        return SIGNS.get(self.arm.finding.severity, "") if self.arm.finding else ""


class Standings(Struct, frozen=True):
    """All arms at the moment shown, in their order, and the measure that decides between them."""

    arms: tuple[Standing, ...]
    lead: Lead


def standings(arms: Sequence[ArmView]) -> Standings:
    """The arms as they were measured at the moment shown, or at their last evaluation before it."""
    here = [arm.evaluation or evaluations_until(arm.losses.evaluations, arm.iteration).latest for arm in arms]
    measured = [
        Measured(yardstick=arm.yardstick, evaluation=each, lost=arm.status is Status.DIVERGED)
        for arm, each in zip(arms, here, strict=True)
    ]
    found = lead(measured)
    table = tuple(
        Standing(arm=arm, letter=arm.letter, latest=each, ahead=number in found.ahead)
        for number, (arm, each) in enumerate(zip(arms, here, strict=True))
    )
    return Standings(table, found)


def who_leads(table: Standings, names: Sequence[str] = ()) -> Wordings:
    """Who is ahead and by how much, or why nobody is.

    `names` of the arms; their letters where there are none.
    """
    found, basis = table.lead, table.lead.basis
    names = names or [standing.letter for standing in table.arms]
    measured = [None if standing.arm.status is Status.DIVERGED else standing.latest for standing in table.arms]
    if basis is None:
        return _why_nobody(found.hindrance, [standing.arm.yardstick.loss for standing in table.arms])
    numbers = [found.number(each) for each in measured]
    known = [number for number in numbers if number is not None]
    because = f" ({DIFFERENT_LOSSES})" if found.hindrance else ""
    if not found.ahead:
        tie = f"all have {basis} {measured_words(basis, known[0])}"
        nobody = "no arm is ahead of the others"
        return Wordings(f"{nobody}: {tie}{because}", f"{nobody}: {tie}", nobody, "nobody is ahead")
    positions = range(len(names))
    rest = [position for position in positions if position not in found.ahead]
    behind = [
        (number, position) for position in rest if (number := numbers[position]) is not None and math.isfinite(number)
    ]
    second = (min if basis.is_loss else max)(behind) if behind else None
    best = numbers[found.ahead[0]]
    assert best is not None  # an arm that is ahead has been compared
    tell = _telling_apart(basis, best, None if second is None else second[0])
    iterations = {each.iteration for each in measured if each is not None}

    def when(position: int) -> str:
        each = measured[position]
        return f" at {count(each.iteration)}" if each is not None and len(iterations) > 1 else ""

    value = tell(best)
    values = value + when(found.ahead[0])
    if second is not None:
        values += f", {names[second[1]]} {tell(second[0])}{when(second[1])}"
    by = ""
    if second is not None and not basis.is_loss:
        by = f", by {count((best - second[0]) * found.examples)} of {count(found.examples)} examples"
    elif basis.is_held_out and found.examples < FEW:
        by = f", on {found.examples} held-out examples only"
    who, be = listed([names[position] for position in found.ahead]), "is" if len(found.ahead) == 1 else "are"
    whom = f" of {names[rest[0]]}" if len(found.ahead) > 1 and len(rest) == 1 else ""
    ahead = f"{who} {be} ahead{whom}"
    return Wordings(
        f"{ahead}: {basis} {values}{by}{because}",
        f"{ahead}: {basis} {values}{because}",
        f"{ahead}: {basis} {values}",
        f"{ahead}: {values}",
        f"{who} ahead: {values}",
        f"{who} {be} ahead",
    )


def _why_nobody(hindrance: str, losses: Sequence[str]) -> Wordings:
    if hindrance in (NOT_MEASURED, NONE_FINITE, ONE_EXAMPLE):
        return Wordings(f"no arm is ahead: {hindrance}", hindrance, "no arm is ahead")
    said = f"{hindrance}: no arm is ahead"
    if hindrance != DIFFERENT_LOSSES:
        return Wordings(said, hindrance, "no arm is ahead")
    return Wordings(
        f"{hindrance} ({', '.join(dict.fromkeys(losses))}): no arm is ahead", said, hindrance, "no arm is ahead"
    )


def who_breaks(table: Standings) -> Wordings:
    """Which arms diverge or have diverged; empty where none does."""
    broken = [standing for standing in table.arms if standing.broken]
    if not broken:
        return Wordings()
    return Wordings(*(listed([f"{each.letter} {each.states[n]}" for each in broken]) for n in (0, -1))).prefixed("✗ ")


def measured_words(basis: Basis, number: float, digits: int = 3) -> str:
    """A loss, or a share of right predictions in percent, which is 100 only where all are right."""
    return compact(number, digits) if basis.is_loss else percent(number, digits - 2)


def _telling_apart(basis: Basis, first: float, second: float | None) -> Callable[[float], str]:
    """Writes both numbers with as many digits as it takes to tell them apart."""
    digits = 3
    while second is not None and first != second and digits < 17:
        if measured_words(basis, first, digits) != measured_words(basis, second, digits):
            break
        digits += 1
    return lambda number: measured_words(basis, number, digits)
