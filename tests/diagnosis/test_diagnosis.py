"""Raising, releasing, precedence, going back, bounded memory: what is the same for all rules."""

from __future__ import annotations

import math
from itertools import pairwise

import made_up
from msgspec.structs import replace
from synthetic_runs import evaluation, jumping, observed, overfitted

from tui_trainer.diagnosis import BROKEN, CLEAR, RULES, Diagnosis
from tui_trainer.diagnosis.window import LENGTH
from tui_trainer.telemetry import Severity

CALM = 0.32
"""A validation loss near the minimum of `overfitted`."""


def ids(diagnosis: Diagnosis) -> list[str]:
    return [finding.id for finding in diagnosis.findings]


def test_a_healthy_run_has_no_findings() -> None:
    diagnosis = observed(
        [math.exp(-step / 20) for step in range(100)], [0.1 + math.exp(-step / 20) for step in range(100)]
    )
    assert ids(diagnosis) == []
    assert diagnosis.raised == []


def test_nothing_is_said_before_the_first_evaluation() -> None:
    diagnosis = Diagnosis()
    diagnosis.observe_non_finite(0)
    assert diagnosis.findings == ()


def test_a_sign_seen_too_few_times_in_a_row_is_no_finding() -> None:
    training, validation = overfitted(20)
    needed = RULES["overfitting"].in_a_row
    raised_at = next(n for n in range(1, 41) if ids(observed(training[:n], validation[:n])))
    interrupted = [*validation[: raised_at - 1], CALM, *validation[raised_at:]]
    assert ids(observed(training[:raised_at], interrupted[:raised_at])) == []
    assert ids(observed(training[: raised_at + needed], interrupted[: raised_at + needed])) == ["overfitting"]


def test_a_finding_is_released_after_enough_clear_evaluations() -> None:
    training, validation = overfitted(30)
    diagnosis = observed(training, validation)
    assert ids(diagnosis) == ["overfitting"]
    raised = diagnosis.findings
    start = len(training)
    for clear in range(1, CLEAR):
        observed([training[-1]], [CALM], diagnosis, start=start + clear)
        assert diagnosis.findings == raised, "held, with its last words, until it is clear for long enough"
    observed([training[-1]], [CALM], diagnosis, start=start + CLEAR)
    assert ids(diagnosis) == []


def test_where_evaluations_are_sparse_fewer_of_them_count() -> None:
    """Three evaluations are a seventh of a run of twenty."""

    def evaluations_until_raised(count: int) -> int:
        training, validation = overfitted(30)
        diagnosis = Diagnosis()
        for number, (loss, held_out) in enumerate(zip(training, validation, strict=True)):
            diagnosis.observe(evaluation(number, loss, held_out, share_done=number / count))
            if diagnosis.findings:
                return number
        raise AssertionError

    assert evaluations_until_raised(30) == evaluations_until_raised(100) - 1


def test_clear_evaluations_have_to_be_in_a_row() -> None:
    training, validation = overfitted(30)
    diagnosis = observed(training, validation)
    for step in range(4 * CLEAR):
        observed([training[-1]], [validation[-1] if step % (CLEAR - 1) == 0 else CALM], diagnosis, start=100 + step)
    assert ids(diagnosis) == ["overfitting"]


def test_a_finding_that_comes_back_is_raised_again() -> None:
    training, validation = overfitted(30)
    diagnosis = observed(training, validation)
    observed([training[-1]] * CLEAR, [CALM] * CLEAR, diagnosis, start=50)
    observed([training[-1]] * 5, [validation[-1]] * 5, diagnosis, start=50 + CLEAR)
    assert ids(diagnosis) == ["overfitting"]
    assert [finding.id for finding in diagnosis.raised] == ["overfitting", "overfitting"]


def test_the_worst_is_the_headline() -> None:
    diagnosis = observed(jumping(40), settings={"optimizer.learning_rate": 3.0})
    assert ids(diagnosis) == ["bouncing"]
    diagnosis.observe_non_finite(41)
    assert ids(diagnosis) == ["diverging", "bouncing"]
    assert diagnosis.findings[0].severity is Severity.CRITICAL


def test_each_finding_says_since_when() -> None:
    training, validation = overfitted(20)
    diagnosis = observed(training, validation)
    diagnosis.observe_non_finite(5)
    assert [(finding.id, finding.since) for finding in diagnosis.findings] == [("diverging", 5), ("overfitting", 100)]


def test_a_copy_goes_its_own_way_and_the_original_can_be_restored() -> None:
    training, validation = overfitted(40)
    whole = observed(training, validation)
    for moment in (1, 12, 25, 33, 60):
        early = observed(training[:moment], validation[:moment])
        copy = early.copy()
        before = early.findings
        observed(training[moment:], validation[moment:], copy, start=moment)
        assert copy.findings == whole.findings
        assert early.findings == before


def test_evaluations_close_together_count_as_few() -> None:
    """A window is a share of the run: a run that is evaluated ten times as often is judged as early and as late."""
    training, validation = overfitted(30)
    often = Diagnosis()
    for number in range(10 * (len(training) - 1) + 1):
        before, part = divmod(number, 10)
        blend = [
            (1 - part / 10) * losses[before] + part / 10 * losses[min(before + 1, len(losses) - 1)]
            for losses in (training, validation)
        ]
        often.observe(replace(evaluation(0, *blend), iteration=500 + number))
    seldom = Diagnosis()
    for number, losses in enumerate(zip(training, validation, strict=True)):
        seldom.observe(replace(evaluation(0, *losses), iteration=500 + 10 * number))
    assert ids(often) == ids(seldom) == ["overfitting"]
    assert often.findings[0].since == seldom.findings[0].since == 600
    judged = [each.iteration for each in often._window.evaluations]
    assert all(after - before >= after / 100 for before, after in pairwise(judged))
    assert len(judged) < 2 * len(training)


def test_the_best_is_the_best_of_all_even_where_it_is_not_judged() -> None:
    diagnosis = observed([0.9, 0.8], [0.9, 0.8])
    for iteration, loss in ((5_000, 0.7), (5_001, 0.1), (5_002, 0.6)):
        diagnosis.observe(replace(evaluation(0, loss, loss), iteration=iteration))
    window = diagnosis._window
    assert [each.iteration for each in window.evaluations] == [0, 10, 5_000]
    assert (window.best.iteration, window.best.validation_loss) == (5_001, 0.1)


def test_memory_is_bounded() -> None:
    training, validation = overfitted(30)
    diagnosis = observed(training, validation)
    for round_ in range(2 * LENGTH):
        observed([training[-1]] * 8, [CALM] * CLEAR + [validation[-1]] * 3, diagnosis, start=100 + 8 * round_)
    assert len(diagnosis._window.evaluations) == LENGTH


def test_what_a_broken_run_does_not_measure_any_more_is_neither_clear_nor_missing_from_its_network() -> None:
    """A broken run has no measures of its layers, and no losses to compare: that is the reason, and not its network."""
    units = made_up.layer("layer 1", unit_spread=0.8, dead_share=0.1)
    diagnosis = Diagnosis()
    for number, loss in enumerate([0.8] * 9 + [math.nan]):
        broken = math.isnan(loss)
        known = {} if number else {"signal_growth": 0.9, "neighbours_error": 0.1, "constant_error": 0.5}
        measured = made_up.layer("layer 1") if broken else units
        diagnosis.observe(evaluation(number, loss, loss, validation_examples=100, layers=(measured,), **known))
    verdicts = {each.id: (each.verdict, each.reason) for each in diagnosis.examination()}
    assert verdicts["diverging"] == ("holds", "")
    for id in ("symmetry", "dead_relu", "overfitting", "good"):
        assert verdicts[id] == ("not_checked", BROKEN)
    assert verdicts["saturation"] == ("not_checked", "no unit of the network has flat ends")
    assert verdicts["vanishing_gradients"] == ("clear", ""), "decided before the first step"
