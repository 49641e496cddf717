"""What is remembered between evaluations: it follows the run, and begins anew where the run jumps."""

from __future__ import annotations

from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.training import build

TABLES = {
    "data": {"name": "moons"},
    "network": {"hidden": [6]},
    "training": {"iterations": 200, "evaluate_every": 10, "batch_size": 20},
}


def test_looking_back_changes_nothing() -> None:
    straight, looking = (DiagnosedRun(build(TABLES)) for _ in range(2))
    straight.advance(200)
    looking.advance(120)
    looking.seek(35)
    looking.advance(165)
    assert looking.iteration == 200
    assert looking.trainer.evaluations.latest == straight.trainer.evaluations.latest


def test_a_fork_of_the_present_goes_on_as_the_run_does() -> None:
    run = DiagnosedRun(build(TABLES))
    run.advance(120)
    other = run.fork()
    run.advance(50)
    other.advance(50)
    assert other.trainer.evaluations.latest == run.trainer.evaluations.latest


def test_a_fork_of_the_past_remembers_nothing_of_a_future_that_it_has_left() -> None:
    run = DiagnosedRun(build(TABLES))
    run.advance(150)
    expected = [run.trainer.evaluations.view().of("train_loss")[n] for n in (6, 7)]
    run.seek(55)
    other = run.fork()
    other.advance(5)
    latest = other.trainer.evaluations.latest
    assert (latest.iteration, latest.train_loss) == (60, expected[0])
    assert latest.get("gradient_cosine") is None
    other.advance(10)
    latest = other.trainer.evaluations.latest
    assert (latest.iteration, latest.train_loss) == (70, expected[1])
    assert latest.get("gradient_cosine") is not None
