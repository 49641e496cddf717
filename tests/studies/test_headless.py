"""A run without a screen finds what it finds on one, in the same words."""

from __future__ import annotations

import pytest

from tui_trainer.presets import find
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.studies.headless import HeadlessRun
from tui_trainer.telemetry import Status


@pytest.mark.parametrize("title", ["lr far too large", "unscaled features: a normal rate", "exploding gradients"])
def test_a_divergence_is_told_in_the_same_words(title: str) -> None:
    experiment = find(title).experiment()
    headless, run = HeadlessRun(experiment), DiagnosedRun(experiment)
    assert headless.advance() is Status.DIVERGED
    assert run.advance(10**9) is Status.DIVERGED
    assert headless.diagnosis.findings == run.findings
    assert headless.trainer.iteration == run.iteration
