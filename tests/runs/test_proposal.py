"""The fix key: remedies are tried while the run waits, one is offered after the other, and one becomes a race."""

from __future__ import annotations

import numpy as np
import pytest

from tui_trainer.presets import find
from tui_trainer.runs.control import Control
from tui_trainer.runs.proposal import attempts
from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.telemetry import ProposalView, Status
from tui_trainer.telemetry import commands as do
from tui_trainer.training import Experiment, build, with_setting

BOUNCES = find("lr too large").experiment()


def driven(experiment: Experiment = BOUNCES, iterations: int = 100) -> Scheduler:
    """A run at this iteration, running at full speed."""
    scheduler = Scheduler(Control([("A", experiment)], paused=True))
    scheduler.obey(do.SetPace(None))
    scheduler.obey(do.StepIterations(iterations))
    if scheduler.control.status is Status.PAUSED:
        scheduler.obey(do.Resume())
    return scheduler


def proposed(scheduler: Scheduler) -> ProposalView:
    """The next proposal, after its trial."""
    for _ in range(2):  # a key pressed twice, while the first press is at work, is one
        scheduler.obey(do.Propose())
        if not scheduler.control.proposal.is_trying:
            break
        assert scheduler.snapshot().proposal.number == 0
    while scheduler.control.proposal.is_trying:
        shown = scheduler.snapshot().proposal
        assert shown is not None
        assert 0 <= shown.trying <= 1
        assert scheduler.work(0.0) == 0.0
    return scheduler.snapshot().proposal


def test_what_helps_is_offered_and_raced_from_here_and_taken_back() -> None:
    scheduler = driven()
    control, here = scheduler.control, scheduler.control.run.iteration
    first = proposed(scheduler)
    assert (control.status, control.run.iteration) == (Status.PAUSED, here)
    assert (first.number, first.from_start, [*first.remedy.settings]) == (1, False, ["optimizer.learning_rate"])
    slower = first.remedy.settings["optimizer.learning_rate"]  # which of them helps enough depends on the processor
    assert 1.0 < slower < BOUNCES.optimizer.learning_rate
    assert first.remedy.trial.helps
    scheduler.obey(do.ApplyRemedy({"optimizer.learning_rate": 3.0}))  # what is not proposed
    assert control.lineup.is_alone
    scheduler.obey(do.ApplyRemedy(first.remedy.settings))
    assert scheduler.snapshot().proposal is None
    assert [arm.run.experiment.optimizer.learning_rate for arm in control.lineup.arms] == [20.0, slower]
    assert (control.status, control.run.iteration, control.lineup.focus) == (Status.RUNNING, here, 1)
    scheduler.work(0.0)
    race = scheduler.snapshot()
    assert race.race.parting.iteration == here + 1
    assert [arm.iteration for arm in race.arms] == [race.iteration] * 2
    scheduler.obey(do.Undo())
    assert control.lineup.is_alone
    assert control.run.experiment == BOUNCES


def test_the_next_and_the_next_then_the_first_again_with_what_was_in_vain_and_the_twin_last() -> None:
    scheduler = driven(find("overfitting").experiment(), 500)
    seen = [proposed(scheduler)]
    while not seen[-1].complete:
        seen.append(proposed(scheduler))
    *offers, again = seen
    assert [each.number for each in seen] == [*range(1, len(offers) + 1), 1]
    assert again.remedy == offers[0].remedy
    tried = [*(each.remedy for each in offers), *again.in_vain]
    keys = {key for remedy in tried for key in remedy.settings}
    article = {"data.samples", "network.dropout", "training.early_stopping.patience", "training.input_noise"}
    assert {*article, "optimizer.weight_decay", "network.hidden"} <= keys
    assert all(each.remedy.trial.helps for each in offers[:-1])
    assert any(each.from_start for each in offers)
    twin = offers[-1]
    assert twin.from_start
    assert twin.remedy.sentence.startswith("The healthy twin: ")
    assert "no alarm in" in twin.remedy.tried
    scheduler.obey(do.CloseProposal())


@pytest.mark.parametrize(
    ("command", "status"),
    [
        (do.CloseProposal(), Status.RUNNING),
        (do.TogglePause(), Status.RUNNING),
        (do.ChangeSetting("optimizer.learning_rate", 10.0), Status.RUNNING),
        (do.StepIterations(1), Status.PAUSED),
        (do.Undo(), Status.RUNNING),
    ],
)
def test_any_other_command_ends_a_trial_and_does_what_it_does(command: do.Command, status: Status) -> None:
    scheduler = driven()
    scheduler.obey(do.Propose())
    scheduler.work(0.0)
    for beside in (do.SetPace(1000.0), do.ApplyRemedy({})):  # there is nothing to apply yet
        scheduler.obey(beside)
        assert scheduler.control.proposal is not None
    scheduler.obey(command)
    assert scheduler.control.proposal is None
    assert scheduler.control.status is status
    assert scheduler.control.lineup.is_alone


@pytest.mark.parametrize("rate", [1.2, 1e4])
def test_what_is_offered_to_a_run_that_broke_does_not_break(rate: float) -> None:
    scheduler = driven(with_setting(find("lr far too large").experiment(), "optimizer.learning_rate", rate), 2000)
    assert scheduler.control.status is Status.DIVERGED
    proposal = proposed(scheduler)
    assert proposal.remedy.settings["optimizer.learning_rate"] <= rate / 10
    assert "unchanged it diverges" in proposal.remedy.tried
    scheduler.obey(do.ApplyRemedy(proposal.remedy.settings))
    assert scheduler.control.status is Status.RUNNING
    while scheduler.control.status is Status.RUNNING:
        scheduler.work(0.0)
    broken, mended = scheduler.control.lineup.arms
    assert (broken.run.reached, mended.run.reached) == (Status.DIVERGED, Status.FINISHED)
    assert np.isfinite(mended.run.trainer.losses.batch.last).all()


def test_a_run_that_broke_late_is_mended_at_its_best_moment() -> None:
    """A person has turned the rate up: what was learned before is kept."""
    tables = {
        "data": {"name": "linear_regression"},
        "network": {"hidden": []},
        "optimizer": {"name": "sgd", "learning_rate": 0.01},
        "training": {"batch_size": "full", "iterations": 1000, "evaluate_every": 10},
    }
    scheduler = driven(build(tables), 200)
    scheduler.obey(do.ChangeSetting("optimizer.learning_rate", 10.0))
    scheduler.obey(do.StepIterations(200))
    control = scheduler.control
    assert control.status is Status.DIVERGED
    proposal = proposed(scheduler)
    while "optimizer.learning_rate" not in proposal.remedy.settings:
        proposal = proposed(scheduler)
    assert proposal.remedy.trial.start == 200
    assert "tried on a copy from iteration 200: " in proposal.remedy.tried
    scheduler.obey(do.ApplyRemedy(proposal.remedy.settings))
    assert [arm.run.iteration for arm in control.lineup.arms] == [200, 200]
    assert control.run.trainer.losses.batch.count == 200


def test_where_nothing_helps_that_is_said() -> None:
    """Standardised inputs ask for another rate: at this one they are no better, and nothing else is known."""
    run = driven(find("unscaled features").experiment(), 300).control.run
    done = [each for each in attempts(run) if each.share is None]
    assert done
    assert not any(each.is_offered for each in done)
    scheduler = driven(find("unscaled features").experiment(), 300)
    proposal = proposed(scheduler)
    assert (proposal.remedy, proposal.complete) == (None, True)
    assert [remedy.settings for remedy in proposal.in_vain] == [{"data.standardize": True}]
    scheduler.obey(do.ApplyRemedy({}))
    assert scheduler.control.lineup.is_alone
