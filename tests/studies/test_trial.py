"""What is proposed has been run: taken up, it does what is said of it; what does not help is not proposed."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from tui_trainer.presets import find
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.studies.trial import Advice, advice
from tui_trainer.telemetry import Remedy, Status
from tui_trainer.training import Experiment, build, with_setting


def ended(experiment: Experiment) -> DiagnosedRun:
    run = DiagnosedRun(experiment)
    with np.errstate(all="ignore"):
        run.advance()
    return run


def changed(experiment: Experiment, remedy: Remedy) -> Experiment:
    for key, value in remedy.settings.items():
        experiment = with_setting(experiment, key, value)
    return experiment


def headline(run: DiagnosedRun) -> Advice:
    return advice(run)[0]


@pytest.mark.parametrize("rate", [20.0, 1e3, 1e6])
def test_what_is_proposed_against_divergence_does_not_diverge(rate: float) -> None:
    experiment = with_setting(find("lr far too large").experiment(), "optimizer.learning_rate", rate)
    found = next(each for each in advice(ended(experiment)) if each.finding.id == "diverging")
    assert found.finding.remedies
    for remedy in found.finding.remedies:
        again = ended(changed(experiment, remedy))
        assert again.standing is Status.FINISHED
        assert again.findings == () or again.findings[0].id != "diverging"
        final = again.measure().train_loss
        assert re.fullmatch(rf"training loss ([\d.e-]+) after {again.trainer.iteration} iterations", remedy.tried)
        assert math.isclose(float(remedy.tried.split()[2]), final, rel_tol=0.051)
        assert "tried" not in remedy.sentence
    for remedy in found.in_vain:
        again = ended(changed(experiment, remedy))
        assert again.standing is Status.DIVERGED or again.findings or again.measure().train_loss > 0.1


def test_what_is_proposed_against_overfitting_ends_lower() -> None:
    experiment = find("overfitting").experiment()
    run = ended(experiment)
    found = headline(run)
    assert len(found.finding.remedies) + len(found.in_vain) == len(run.findings[0].remedies)
    for remedy in found.finding.remedies:
        assert ended(changed(experiment, remedy)).measure().validation_loss < run.measure().validation_loss


def test_what_ends_no_lower_in_the_digits_told_is_of_no_help() -> None:
    """Labels moved at random: nothing is to be learned, and a weight decay of 0.1 saves less than 0.01."""
    experiment = with_setting(find("overfitting").experiment(), "data.label_noise", 0.5)
    found = headline(ended(with_setting(experiment, "training.iterations", 100)))
    assert "optimizer.weight_decay" in {key for remedy in found.in_vain for key in remedy.settings}
    for remedy in found.finding.remedies:
        lower, before = re.fullmatch(r"validation loss (\S+) instead of (\S+) after .*", remedy.tried).groups()
        assert float(lower) < float(before)


def test_shorter_steps_that_get_no_lower_are_not_proposed() -> None:
    """A run whose rate is right for its length: it bounces, and a tenth of the rate ends higher."""
    experiment = build(
        {
            "data": {"name": "iris"},
            "network": {"hidden": [16], "activation": "leaky_relu"},
            "optimizer": {"name": "momentum", "learning_rate": 0.001},
            "training": {"batch_size": 1, "iterations": 600},
        }
    )
    seen = 0
    for seed in range(6):
        run = ended(with_setting(experiment, "training.seed", seed))
        for found in (each for each in advice(run) if each.finding.id == "bouncing"):
            before = found.finding.evidence["median_now"]
            for remedy in found.in_vain:
                again = ended(changed(run.experiment, remedy))
                assert again.measure().train_loss >= before or again.findings
                seen += 1
            for remedy in found.finding.remedies:
                assert ended(changed(run.experiment, remedy)).measure().train_loss < before
    assert seen, "no run of these bounces: the test tests nothing"


def test_a_remedy_of_what_is_too_slow_ends_lower_and_notes_are_not_tried() -> None:
    crawling = headline(ended(find("lr too small").experiment()))
    assert crawling.finding.id == "crawling"
    for remedy in crawling.finding.remedies:
        lower, before = re.fullmatch(r"training loss (\S+) instead of (\S+) after .*", remedy.tried).groups()
        assert float(lower) < float(before)
    notes = [each for each in advice(ended(find("overfitting").experiment())) if each.finding.id == "too_little_data"]
    assert [remedy.tried for each in notes for remedy in each.finding.remedies] == [""]


def test_a_run_too_long_to_be_repeated_keeps_its_remedies_and_nobody_says_they_were_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = ended(find("overfitting").experiment())
    monkeypatch.setattr("tui_trainer.studies.trial.AFFORDABLE_PRODUCTS", 1.0)
    found = headline(run)
    assert found.finding == run.findings[0]
    assert found.in_vain == ()
    assert not any(remedy.tried for remedy in found.finding.remedies)
