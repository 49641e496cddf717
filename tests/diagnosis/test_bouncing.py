"""Bouncing: large jumps without progress, or around a far lower middle; not noise, not one spike, not a descent."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from synthetic_runs import BASE, Remembering, evaluation, jumping, observed

from tui_trainer.diagnosis import Diagnosis
from tui_trainer.diagnosis.bouncing import LEAST, RULE
from tui_trainer.presets import find
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.telemetry import LayerValues
from tui_trainer.training import with_setting


def ids(diagnosis: Diagnosis) -> list[str]:
    return [finding.id for finding in diagnosis.findings]


def test_jumps_without_progress() -> None:
    diagnosis = observed(jumping(60))
    (finding,) = diagnosis.findings
    assert (finding.id, finding.title) == ("bouncing", "learning rate too large: bouncing")
    assert finding.sentence == (
        "Bouncing since iteration 0: in the 15 evaluations judged up to iteration 590 training loss rose 8 times, "
        "jumping between 0.20 and 0.90; its median was 0.55 in the first 7 since then and is 0.58 in the last 8."
    )
    assert finding.evidence["rises"] >= 0.25
    assert 0.2 <= finding.evidence["low"] < finding.evidence["high"] <= 0.9


def test_no_verdict_before_there_is_enough_to_judge() -> None:
    losses = jumping(60, low=0.5, high=2.0)
    needed = LEAST + RULE.in_a_row - 1
    assert ids(observed(losses[: needed - 1])) == []
    assert ids(observed(losses[: needed + 2])) == ["bouncing"]


@pytest.mark.parametrize("scale", [0.01, 0.03])
def test_noise_that_is_small_beside_what_was_learned_is_left_alone(scale: float) -> None:
    """The same jumps, but far down: amplitude below the share of the base loss that is worth an alarm."""
    assert observed([1.0, *(scale * loss for loss in jumping(80)[1:])]).raised == []


def test_trembling_while_it_sinks_is_left_alone() -> None:
    losses = [loss * math.exp(-step / 15) for step, loss in enumerate(jumping(80))]
    assert observed(losses).raised == []


def test_an_ongoing_one_that_sinks_is_released_or_began_later() -> None:
    """What is said of the loss since then is true of then: it does not get lower."""
    still = jumping(60)
    sinking = [loss * math.exp(-step / 12) for step, loss in enumerate(still[-24:])]
    assert ids(observed([*still, *sinking])) == []
    lower = [0.65 * loss for loss in still[1:]]
    (finding,) = observed([*still, *lower]).findings
    assert finding.since > 500
    assert finding.evidence["median_now"] > 0.7 * finding.evidence["median_at_first"]


def test_one_spike_is_left_alone() -> None:
    losses = [0.7 * math.exp(-step / 20) + (0.8 if step in (30, 45) else 0.0) for step in range(70)]
    assert observed(losses).raised == []


def test_a_flat_loss_is_left_alone() -> None:
    assert observed([BASE] * 60).raised == []
    assert observed([0.0] * 60).raised == []


def test_jumps_around_a_far_lower_middle_are_found_even_while_it_sinks() -> None:
    losses = [loss * math.exp(-step / 25) for step, loss in enumerate(jumping(40, low=0.3, high=0.6))]
    assert observed(losses).raised == []
    (finding, *_) = observed(losses, mean_weights_loss=0.02).raised
    assert finding.sentence.endswith("; the middle of these positions would have 0.020.")
    assert finding.evidence["middle"] == 0.02
    assert observed(losses, mean_weights_loss=0.3).raised == [], "the middle is no better than the positions"


def test_thrown_far_up_and_hovering_while_every_step_overshoots() -> None:
    losses = [0.8] + [20.0 + 5 * math.sin(2 * step) for step in range(40)]
    diagnosis = observed(losses, step_quality=1.0)
    assert ids(diagnosis) == ["bouncing"]
    assert diagnosis.findings[0].sentence.endswith("many of the steps measured there overshoot the valley.")
    assert ids(observed(losses, step_quality=-0.9))[0] == "diverging", "steps that fall short bounce off nothing"


@pytest.mark.parametrize(("every", "id"), [(2, "bouncing"), (6, "diverging")])
def test_a_third_of_the_steps_that_overshoot_is_enough(every: int, id: str) -> None:
    diagnosis = Remembering()
    for number, loss in enumerate([0.8] + [20.0 + 5 * math.sin(2 * step) for step in range(40)]):
        diagnosis.observe(evaluation(number, loss, step_quality=-0.5 if number % every else 1.0))
    assert ids(diagnosis)[0] == id


def test_a_loss_that_trembles_above_a_floor_is_left_alone() -> None:
    """It comes hardly lower than it usually is, so there is nothing to be gained by shorter steps."""
    losses = [0.45, *(0.4 + (0.12 if step % 4 == 0 else 0.02 * (step % 2)) for step in range(60))]
    assert observed(losses).raised == []


def test_a_smaller_rate_is_judged_afresh_and_the_finding_released() -> None:
    diagnosis = observed(jumping(40), learning_rate=3.0)
    assert ids(diagnosis) == ["bouncing"]
    observed([0.2 * 0.9**step for step in range(5)], diagnosis=diagnosis, start=40, learning_rate=0.3)
    assert ids(diagnosis) == []


def test_a_smaller_rate_that_still_bounces_is_found_again() -> None:
    diagnosis = observed(jumping(40), learning_rate=3.0)
    observed(jumping(60, low=0.4), diagnosis=diagnosis, start=40, learning_rate=1.0)
    assert ids(diagnosis) == ["bouncing"]
    assert [finding.id for finding in diagnosis.raised] == ["bouncing", "bouncing"]


def test_a_schedule_that_moves_the_rate_slowly_does_not_hide_it() -> None:
    diagnosis = Remembering()
    for number, loss in enumerate(jumping(60)):
        observed([loss], diagnosis=diagnosis, start=number, learning_rate=3.0 * 0.99**number)
    assert ids(diagnosis) == ["bouncing"]


def test_the_remedies_shorten_the_step() -> None:
    (finding,) = observed(jumping(60), settings={"optimizer.learning_rate": 20.0}).findings
    assert [remedy.settings for remedy in finding.remedies] == [
        {"optimizer.learning_rate": 6.7},
        {"optimizer.learning_rate": 2.0},
    ]
    assert finding.remedies[0].sentence == "Make every step 3 times shorter: learning rate 6.7."
    (finding,) = observed(jumping(60), learning_rate=3.0).findings
    assert finding.remedies[0].settings == {"optimizer.learning_rate": 1.0}


@pytest.mark.parametrize("growth", [1.2, 3.0])
def test_what_grows_on_and_on_diverges_and_neither_hovers_nor_jumps(growth: float) -> None:
    raised = observed([0.8 * growth**step for step in range(60)], step_quality=1.0).raised
    assert [finding.id for finding in raised] == ["diverging"]


@pytest.mark.parametrize("iterations", [60, 120])
def test_the_short_words_span_what_the_curve_does_between_evaluations(iterations: int) -> None:
    """Every second iteration is on the far side, where no evaluation falls. It bounces since iteration 4, and the loss
    has been higher and lower since than in the last evaluations: they have a beginning of their own."""
    run = find("lr too large").experiment()
    diagnosed = DiagnosedRun(with_setting(run, "training.evaluate_every", 4))
    diagnosed.advance(iterations)
    (finding,) = diagnosed.diagnosis.findings
    low, high, start = re.fullmatch(r"loss (\S+) to (\S+) since (\d+)", finding.brief[0]).groups()
    assert finding.brief[1:] == (f"lately {low} to {high}",)
    assert int(start) > finding.since
    evaluations = diagnosed.trainer.evaluations.view()
    judged = evaluations.train_loss[evaluations.iteration >= int(start)]
    losses = np.concatenate([judged, diagnosed.trainer.losses.batch.last[int(start) :]])
    # Not every iteration is seen, and which ones are extreme in a chaotic run depends on the processor.
    assert 0.98 * losses.min() <= float(low) < losses.max() / 4
    assert 0.75 * losses.max() <= float(high) <= 1.02 * losses.max()


@pytest.mark.parametrize(("quality", "raised"), [(-0.7, []), (0.8, ["bouncing"])])
def test_jumps_around_a_middle_that_is_no_better_need_steps_that_overshoot(quality: float, raised: list[str]) -> None:
    """Dropout and the choice of examples make a loss jump too, and no shorter step mends that."""
    diagnosis = observed(jumping(60), step_quality=quality, mean_weights_loss=0.55)
    assert [finding.id for finding in diagnosis.raised] == raised


@pytest.mark.parametrize(("optimizer", "raised"), [("adagrad", []), ("adam", ["bouncing"])])
def test_a_short_step_counts_only_where_it_follows_its_own_batch(optimizer: str, raised: list[str]) -> None:
    """With momentum most of a step comes from earlier batches, so what it does to the last one says little of it."""
    run = {"step_quality": -0.7, "mean_weights_loss": 0.05, "settings": {"optimizer.name": optimizer}}
    assert [finding.id for finding in observed(jumping(60), **run).raised] == raised


@pytest.mark.parametrize(
    ("optimizer", "quality", "loss", "raised"),
    [
        ("sgd", 0.9, 0.5, ["bouncing"]),
        ("momentum", 0.9, 0.5, []),
        ("sgd", -0.9, 0.5, []),
        ("sgd", 0.9, 0.1, []),
        ("sgd", 0.9, BASE, []),
    ],
    ids=["across", "a step of many batches", "short of the bottom", "succeeds", "answers always the same"],
)
def test_steps_from_wall_to_wall_of_one_height(optimizer: str, quality: float, loss: float, raised: list[str]) -> None:
    """The loss hardly jumps there, and yet no step gets any lower."""
    diagnosis = Remembering()
    for number in range(60):
        seen = evaluation(number, loss, step_quality=quality, share_done=number / 100)
        diagnosis.observe(seen, {"optimizer.name": optimizer})
    assert [finding.id for finding in diagnosis.raised] == raised
    for finding in diagnosis.raised:
        assert re.search(r"(\d+) steps of the \1 measured up to iteration 590 ended across", finding.sentence)
        signals = next(each for each in diagnosis.examination() if each.id == "bouncing").signals
        assert [signal.name for signal in signals if not signal.is_healthy] == [
            "share of steps that end across the valley"
        ]


def test_units_that_long_steps_have_driven_to_their_flat_ends_are_no_headline_beside_the_jumps() -> None:
    def of(first: float) -> list[str]:
        diagnosis = Remembering()
        for number, loss in enumerate(jumping(60, low=0.6)):
            share = 0.9 if number else first
            layer = LayerValues(name="layer 1", activation="tanh", values={"saturated_share": share})
            diagnosis.observe(evaluation(number, loss, step_quality=1.0, layers=(layer,)))
        return ids(diagnosis)

    assert of(first=0.1) == ["bouncing"]
    assert of(first=0.9) == ["saturation", "bouncing"], "they were there before the first step"
