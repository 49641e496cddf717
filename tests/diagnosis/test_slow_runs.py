"""Runs that do not arrive in time: because steps are too short, or for other reasons, or only so it seems."""

from __future__ import annotations

import math
import re
from itertools import pairwise
from typing import Any

import pytest
from synthetic_runs import BASE, evaluation, overfitted
from test_findings import CRAWLS, KNOWN, SETTINGS, SLOW, STUCK, diagnosed, falling, found, layers

from tui_trainer.diagnosis import Diagnosis
from tui_trainer.experiment import build
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.telemetry import Status
from tui_trainer.telemetry.evaluation import judged_length

NOISY = CRAWLS | {"gradient_cosine": 0.5}
"""Gradients of small batches, or with dropout, that do not point the same way."""


def test_steps_far_short_of_the_bottom_crawl_though_the_way_does_not_look_straight() -> None:
    assert found(diagnosed(SLOW, step_quality=-0.995, **NOISY), "crawling") is not None
    assert found(diagnosed(SLOW, {"network.dropout": 0.3}, step_quality=-0.995, **NOISY), "crawling") is not None
    assert found(diagnosed(SLOW[:31], step_quality=-0.995, **NOISY), "crawling") is None, "not from a few evaluations"


@pytest.mark.parametrize(
    ("losses", "values"),
    [
        (SLOW, {"step_quality": -0.9}),
        (SLOW, {"step_quality": -0.995, "train_error": 0.07}),
        (SLOW, {"step_quality": -0.995, "saturated_share": 0.8}),
        ([0.69 - 0.0002 * 1.12**number for number in range(40)], {"step_quality": -0.995}),
        ([0.7 * 0.95**number for number in range(40)], {"step_quality": -0.995}),
        ([0.69 + 0.0005 * number for number in range(40)], {"step_quality": -0.995}),
    ],
    ids=["long steps", "as good as the neighbours", "is saturated", "leaves a plateau", "arrives", "does not fall"],
)
def test_short_steps_are_no_sickness_of_a_run_that(losses: list[float], values: dict[str, Any]) -> None:
    assert found(diagnosed(losses, **(NOISY | values)), "crawling") is None


def test_a_rate_near_its_limit_says_nothing_where_the_gradient_is_clipped() -> None:
    start, near = KNOWN | {"stable_rate": 0.2}, {"learning_rate": 0.1, "gradient_norm": 5.0, "step_quality": -0.995}
    assert found(diagnosed(SLOW, start=start, **near, **CRAWLS), "crawling") is None
    clipped = diagnosed(SLOW, {"optimizer.clip_norm": 0.01}, start=start, **near, **CRAWLS)
    assert found(clipped, "crawling") is not None


def sinking(by: float) -> list[float]:
    return [0.69 - by * number for number in range(75)]


@pytest.mark.parametrize(
    ("losses", "values", "holds"),
    [
        (sinking(0.003), {"step_quality": -0.7}, True),
        (sinking(0.003)[:60], {"step_quality": -0.7}, False),
        (sinking(0.0075), {"step_quality": -0.7}, False),
        (sinking(0.003), {"step_quality": -0.97}, False),
        (sinking(0.003), {"step_quality": -0.97, "gradient_cosine": 0.95}, False),
        (sinking(0.003), {"step_quality": -0.97, "gradient_cosine": 0.7}, True),
        (sinking(0.003), {}, False),
    ],
    ids=["slow", "early", "fast", "short steps", "straight ahead", "to and fro", "steps of unknown length"],
)
def test_a_late_run_that_falls_too_slowly_underfits(losses: list[float], values: dict[str, Any], holds: bool) -> None:
    finding = found(diagnosed(losses, start=KNOWN, **values), "underfitting")
    assert (finding is not None) is holds
    if finding is not None:
        assert "has only come down to" in finding.body


@pytest.mark.parametrize(
    ("best", "id"), [(0.65, "underfitting"), (0.4, "crawling"), (0.18, "crawling"), (None, "crawling")]
)
def test_a_network_without_hidden_layers_is_held_against_the_best_straight_line(best: float | None, id: str) -> None:
    """Where that is not much lower, no longer steps help, and one need not wait until the loss is flat."""
    start = KNOWN if best is None else KNOWN | {"straight_loss": best}
    diagnosis = diagnosed(SLOW[:12], {"network.hidden": ()}, start=start, **CRAWLS)
    assert [finding.id for finding in diagnosis.findings if finding.severity == "warning"] == [id]


def test_a_network_that_has_learnt_nothing_underfits_also_where_neighbours_know_only_something() -> None:
    half = KNOWN | {"neighbours_error": 0.25}
    held_back = {"optimizer.l2": 0.2}
    assert found(diagnosed([BASE] * 60, held_back, start=half), "underfitting") is not None
    assert found(diagnosed([0.9 * BASE] * 60, held_back, start=half), "underfitting") is None


def test_saturated_units_do_not_matter_near_a_floor_of_noise() -> None:
    flat = {"saturated_share": 0.8}
    noisy = KNOWN | {"neighbours_error": 0.3}
    assert found(diagnosed([0.65] * 10, start=noisy, train_error=0.42, **flat), "saturation") is None
    assert found(diagnosed([0.65] * 10, start=noisy, train_error=0.5, **flat), "saturation") is not None


def test_a_fall_towards_a_floor_of_noise_is_no_crawl() -> None:
    """A loss that falls by a tenth in the first tenth of a run crawls if it can fall to 0, and not if where neighbours
    have it is as far again."""
    losses = [BASE - 0.007 * number for number in range(8)]
    assert found(diagnosed(losses, **CRAWLS), "crawling") is not None
    noisy = KNOWN | {"neighbours_error": 0.24}
    assert found(diagnosed(losses, start=noisy, train_error=0.45, **CRAWLS), "crawling") is None


def falls(losses: list[float], rates: list[float], grows: float = 1.0, **hidden: float) -> Diagnosis:
    """A run at these learning rates that goes straight down, after a first step from where it was far steeper.
    `grows`: how much steeper it gets from one evaluation to the next."""
    diagnosis, settings = Diagnosis(), SETTINGS | {"optimizer.learning_rate": rates[0]}
    for number, (loss, rate) in enumerate(zip(losses, rates, strict=True)):
        measured = {"gradient_cosine": 1.0, "train_error": 0.5, "share_done": number / 100, "learning_rate": rate}
        norm = {"steady_gradient_norm": grows**number} if number else KNOWN | {"steady_gradient_norm": 50.0}
        diagnosis.observe(evaluation(number, loss, layers=layers(**hidden), **measured, **norm), settings)
    return diagnosis


def test_steps_that_a_schedule_shortens_are_no_sign_of_a_near_bottom() -> None:
    """Per length of step, the loss falls as it ever did."""
    rates = [3.0 * 0.96**number for number in range(36)]
    losses = [1.9 - 0.006 * sum(rates[:number]) for number in range(36)]
    assert found(falls(losses, rates, update_ratio=1e-4), "crawling") is not None
    assert found(falls(losses, [3.0] * 36, update_ratio=1e-4), "crawling") is None


def test_a_run_that_falls_faster_and_faster_arrives() -> None:
    """Only at first would it look as if it did not come to its end in time."""
    growing = [0.69 * math.exp(-0.002 * sum(1.06**step for step in range(number))) for number in range(50)]
    even = [0.69 * math.exp(-0.005 * number) for number in range(50)]
    assert found(diagnosed(even, **CRAWLS), "crawling") is not None
    assert found(diagnosed(growing, **CRAWLS), "crawling") is None


def test_a_classifier_that_is_right_but_not_sure_has_not_arrived() -> None:
    """Of its answers as many are right as the neighbours', and the loss falls straight towards what that allows."""
    noisy = KNOWN | {"neighbours_error": 0.1}
    settled = [0.32 - 0.0002 * number for number in range(40)]
    for losses, id in ((SLOW, "crawling"), (settled, "good")):
        diagnosis = diagnosed(losses, start=noisy, train_error=0.1, train_accuracy=0.9, **CRAWLS)
        assert diagnosis.findings[0].id == id


def test_on_a_plateau_a_run_crawls_whose_steps_could_not_lead_away() -> None:
    """All of them together, in one direction, would hardly change the weights, and the slope gets steeper."""
    losses, rates = [0.699 - 1e-5 * number for number in range(60)], [3.0] * 60
    assert falls(losses, rates, grows=1.005, update_ratio=1e-4).findings[0].id == "crawling"
    assert falls(losses, rates, grows=1.005, update_ratio=1e-2).findings[0].id == "underfitting"
    assert falls(losses, rates, grows=0.999, update_ratio=1e-4).findings[0].id == "underfitting", "it is at rest"


def of_target(target: int) -> Diagnosis:
    """An overfitting run of 50,000 iterations that has that target, evaluated every 100."""
    diagnosis, (training, validation) = Diagnosis(), overfitted(490)
    for number, (loss, held_out) in enumerate(zip(training, validation, strict=True)):
        measured = evaluation(10 * number, loss, held_out, layers=layers(), share_done=100 * number / target)
        diagnosis.observe(measured, SETTINGS)
    return diagnosis


@pytest.mark.parametrize("target", [50_000, 1_000_000, 100_000_000])
def test_a_far_target_mutes_no_finding(target: int) -> None:
    assert found(of_target(target), "overfitting") is not None


def test_a_far_target_is_judged_by_the_way_so_far() -> None:
    window = of_target(100_000_000)._window
    assert window is not None
    judged = [each.iteration for each in window.evaluations]
    assert len(judged) > 20
    assert all(after - before >= after / 10 for before, after in pairwise(judged[-5:]))
    assert judged_length(50_000, 5e-4) == 500_000
    assert judged_length(500, 0.5) == 1_000
    assert judged_length(700, None) == 700


def test_of_a_handful_held_out_examples_only_the_standard_errors_count() -> None:
    """A rise of 0.4 standard errors lasts where the chance lies in which examples are held out."""
    training, validation = overfitted(60)
    shared = {"validation_error": 2.0, "share_done": 0.0}

    def alarms(examples: int) -> list[str]:
        diagnosis = Diagnosis()
        for number, (loss, held_out) in enumerate(zip(training, validation, strict=True)):
            values = shared | {"share_done": number / 70, "validation_examples": examples}
            diagnosis.observe(evaluation(number, loss, held_out, **values))
        return [finding.id for finding in diagnosis.findings if finding.id == "overfitting"]

    assert alarms(8) == []
    assert alarms(30) == ["overfitting"]


def test_no_balanced_batches_are_proposed_where_a_class_has_no_example() -> None:
    def remedies(smallest: float) -> tuple[Any, ...]:
        made = diagnosed([0.7], {"training.balanced_batches": False}, start=KNOWN | {"smallest_class": smallest})
        (finding,) = made.findings
        return finding.remedies

    assert remedies(0.1)
    assert remedies(0.0) == ()


@pytest.mark.parametrize(
    "values",
    [
        {"gradient_cosine": 0.9},
        {"steady_gradient_norm": None},
        {"update_ratio": 5e-3},
    ],
)
def test_a_run_is_slow_for_other_reasons(values: dict[str, Any]) -> None:
    assert found(diagnosed(SLOW, **(CRAWLS | values)), "crawling") is None


def test_a_slow_descent_says_over_how_many_iterations_its_losses_were_seen() -> None:
    """Not since the iteration of the finding, which stands beside them."""
    finding = found(diagnosed(SLOW, **CRAWLS), "crawling")
    before, after = re.search(r"between iterations ([\d,]+) and ([\d,]+)", finding.body).groups()
    assert finding.brief[-1].endswith(f" in {int(after) - int(before)} iterations")


def test_a_slow_descent_that_arrives_is_no_crawling() -> None:
    """It falls to an eighth within the run; or the bottom is near, and the slope has gone."""
    assert found(diagnosed(falling(40, by=0.97), **CRAWLS), "crawling") is None
    diagnosis = Diagnosis()
    for number in range(40):
        measured = KNOWN | {"train_error": 0.5, "gradient_cosine": 1.0, "steady_gradient_norm": 0.8**number}
        run = evaluation(number, 0.69, layers=layers(update_ratio=1e-4), share_done=number / 100, **measured)
        diagnosis.observe(run, SETTINGS)
        assert found(diagnosis, "crawling") is None


def test_a_rate_that_its_schedule_has_frozen_is_too_small() -> None:
    diagnosis = Diagnosis()
    for number in range(30):
        rate = 0.1 * 0.5**number
        run = evaluation(number, 0.6, layers=layers(), learning_rate=rate, share_done=number / 100, **KNOWN)
        diagnosis.observe(run, SETTINGS | {"schedule.name": "exponential"})
    finding = found(diagnosis, "crawling")
    assert finding is not None
    assert "is down from 0.1" in finding.sentence
    assert finding.remedies[0].settings == {"schedule.name": "constant"}


def test_a_bound_on_the_gradient_is_lifted_before_the_rate_is_raised() -> None:
    settings = {"optimizer.clip_norm": 0.01}
    finding = found(diagnosed(SLOW, settings, gradient_norm=1.0, **CRAWLS), "crawling")
    assert [remedy.settings for remedy in finding.remedies] == [
        {"optimizer.clip_norm": None},
        {"optimizer.learning_rate": 1.0},
        {"optimizer.learning_rate": 10.0},
    ]


def test_a_gradient_that_stays_as_it_was_long_ago_crawls_however_steep_the_first_steps_were() -> None:
    """Unless it fades, as near a bottom; grows, as on the way off a plateau; or is not what dropout lets a run see."""

    def crawls(norm: float, growth: float = 1.0, **settings: Any) -> bool:
        diagnosis = Diagnosis()
        for number, loss in enumerate([2.0, *SLOW]):
            steepness = 10.0 if number == 0 else norm * growth ** (number / 40)
            measured = {"gradient_cosine": 0.999, "steady_gradient_norm": steepness, "share_done": number / 100}
            made = evaluation(
                number, loss, layers=layers(update_ratio=1e-4), **measured, **(KNOWN if not number else {})
            )
            diagnosis.observe(made, SETTINGS | settings)
        return found(diagnosis, "crawling") is not None

    assert crawls(0.3)
    assert not crawls(0.3, growth=0.5)
    assert not crawls(0.3, growth=4.0)
    assert not crawls(0.3, **{"network.dropout": 0.3})


def test_steps_that_together_lead_nowhere_crawl_though_the_gradient_fades() -> None:
    """The first evaluations fall too fast to crawl, and then the gradient is far below the steepest."""
    losses = [2.0 * 0.95**number for number in range(20)] + [0.71 - 0.001 * number for number in range(40)]

    def crawls(update_ratio: float, train_error: float = 0.45) -> bool:
        diagnosis = Diagnosis()
        for number, loss in enumerate(losses):
            measured = {"train_error": train_error, "gradient_cosine": 0.999, "share_done": number / 100}
            norm = {"steady_gradient_norm": 3.0 * 0.93**number}
            made_layers, known = layers(update_ratio=update_ratio), KNOWN if not number else {}
            diagnosis.observe(evaluation(number, loss, layers=made_layers, **measured, **norm, **known), SETTINGS)
        return found(diagnosis, "crawling") is not None

    assert crawls(2e-4), "a thousand steps change the weights by a fifth"
    assert not crawls(2e-3), "or by twice their size"
    assert not crawls(2e-4, train_error=0.05), "or there is little left to learn"


def test_a_rate_is_not_too_small_where_three_times_as_much_would_not_be_stable() -> None:
    """What is slow then is the way: inputs of different scales, or a ravine."""
    known = KNOWN | {"stable_rate": 0.5}
    assert found(diagnosed(SLOW, start=known, learning_rate=0.1, **CRAWLS), "crawling") is not None
    assert found(diagnosed(SLOW, start=known, learning_rate=0.2, **CRAWLS), "crawling") is None


@pytest.mark.parametrize(("fade", "crawls"), [(1.0, True), (0.95, False)])
def test_a_loss_that_falls_less_and_less_comes_to_rest(fade: float, crawls: bool) -> None:
    """The weights of a network without a hidden layer hardly move near the best straight line."""
    losses, fall = [1.5, 1.0, 0.7], 2e-3
    for _ in range(50):
        losses.append(losses[-1] - fall)
        fall *= fade
    diagnosis = Diagnosis()
    for number, loss in enumerate(losses):
        measured = {"train_error": 0.45, "gradient_cosine": 0.999, "steady_gradient_norm": 0.5 if number else 5.0}
        made = evaluation(
            number,
            loss,
            layers=layers(update_ratio=1e-4),
            **measured,
            share_done=number / 100,
            **({} if number else KNOWN),
        )
        diagnosis.observe(made, SETTINGS)
    assert (found(diagnosis, "crawling") is not None) is crawls


def test_a_schedule_that_falls_does_not_hide_that_it_crawls() -> None:
    def crawls(factor: float) -> bool:
        diagnosis = Diagnosis()
        for number, loss in enumerate(SLOW):
            rate = 0.01 * factor**number
            made = evaluation(
                number,
                loss,
                layers=layers(update_ratio=1e-4),
                share_done=number / 40,
                learning_rate=rate,
                gradient_cosine=0.999,
                steady_gradient_norm=1.0,
                **({} if number else KNOWN),
            )
            diagnosis.observe(made, SETTINGS)
        return found(diagnosis, "crawling") is not None

    assert crawls(0.9)
    assert not crawls(1.15), "what was slow at lower rates says nothing about this one"


def test_near_a_floor_of_noise_there_is_nothing_to_hurry_for() -> None:
    noisy = KNOWN | {"neighbours_error": 0.25}
    slow = [0.6 - 0.0005 * number for number in range(40)]
    assert found(diagnosed(slow, start=noisy, train_error=0.32, **CRAWLS), "crawling") is None
    assert found(diagnosed(slow, start=noisy, train_error=0.45, **CRAWLS), "crawling") is not None


def test_a_loss_that_no_step_of_a_schedule_has_moved_stands_still() -> None:
    diagnosis = Diagnosis()
    for number, loss in enumerate(STUCK):
        measured = {"train_error": 0.5, "share_done": number / 100, "learning_rate": 0.1 * 0.1 ** (number // 15)}
        diagnosis.observe(
            evaluation(number, loss, layers=layers(), **measured, **(KNOWN if not number else {})), SETTINGS
        )
    assert found(diagnosis, "underfitting") is not None


@pytest.mark.parametrize("iterations", [1, 2, 3, 5])
def test_a_run_of_a_few_iterations_is_not_judged_by_its_quarters(iterations: int) -> None:
    run = DiagnosedRun(build({"data": {"name": "iris"}, "training": {"iterations": iterations}}))
    assert run.advance() is Status.FINISHED
    assert not any(finding.id == "crawling" for finding in run.findings)
