"""An aim: what a run is watched for at its evaluations, whose iterations the configuration fixes. So an aim is reached
at the same iteration on every machine, at every pace, on the screen and without one."""

from __future__ import annotations

from msgspec import Struct, structs

from tui_trainer.telemetry.expectation import Claim, Outcome
from tui_trainer.telemetry.status import Status


class Aim(Struct, frozen=True, kw_only=True):
    """What a run is to show."""

    claim: Claim | None = None
    any_finding: bool = False
    """Whether anything that is found to go wrong reaches the aim."""
    iterations: int | None = None
    """The most iterations from now; None for up to the target."""
    pauses: bool = False
    """Whether the run pauses as soon as the aim is over."""
    at_the_end: bool = False
    """Whether only the end of the run decides; else the first evaluation that shows all of the claim."""
    other: Outcome | None = None
    """The run of the preset of `Claim.compared_with`."""
    number: int = 0
    """Tells apart aims that ask for the same."""


class AimView(Struct, frozen=True, kw_only=True):
    """How near a run has come to its aim."""

    aim: Aim
    began: int = 0
    """The iteration from which the run is watched."""
    met_at: int | None = None
    """The iteration of the evaluation that showed the claim first."""
    misses: tuple[str, ...] = ()
    """What the last evaluation failed to show, a sentence each."""
    outcome: Outcome | None = None
    """The run at that evaluation."""
    is_over: bool = False
    """Whether the aim was met, or can no longer be: the run has come to its end, or used up its iterations."""

    @property
    def until(self) -> int | None:
        """The iteration at which its iterations are used up; None where only the target ends it."""
        return None if self.aim.iterations is None else self.began + self.aim.iterations


def judged(view: AimView, outcome: Outcome, alarms: tuple[str, ...], *, used_up: bool) -> AimView:
    """The aim at an evaluation. `alarms`: the findings that hold. `used_up`: whether no iteration is left."""
    aim, ended = view.aim, outcome.status is not Status.PAUSED
    misses: list[str] = []
    met = aim.any_finding and bool(alarms)
    if aim.claim is not None:
        misses = aim.claim.misses(outcome, aim.other)
        latest = aim.claim.by_iteration
        if latest is not None and outcome.final.iteration > latest and not misses:
            misses = [f"by iteration {latest:,}: it is iteration {outcome.final.iteration:,} already"]
        too_late = latest is not None and outcome.final.iteration >= latest and bool(misses)
        used_up |= too_late
        met = not misses and (ended or not aim.at_the_end)
    return structs.replace(
        view,
        met_at=outcome.final.iteration if met else None,
        misses=tuple(misses),
        outcome=outcome,
        is_over=met or used_up or ended,
    )
