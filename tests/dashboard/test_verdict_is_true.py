"""The verdict beside the other panels: its numbers are of the moment shown, or it names theirs."""

from __future__ import annotations

import re

import numpy as np
import pytest
from driven_run import DrivenRun

from tui_trainer.dashboard.examination_lines import examination_lines
from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.whole_screen import draw_dashboard
from tui_trainer.drawing.theme import make_theme
from tui_trainer.presets import find
from tui_trainer.telemetry import commands as do


def squared_error(run: DrivenRun) -> float:
    """The training loss of a regression, recomputed in double precision."""
    trainer = run.driver.control.run.trainer
    ((weights, bias),) = [[part.astype(np.float64) for part in layer] for layer in trainer.parameters]
    answers = trainer.data.preparation.prepare(trainer.data.train_inputs) @ weights + bias
    return float(np.mean((answers[:, 0] - trainer.data.train_targets) ** 2))


@pytest.mark.parametrize("width", [80, 120])
def test_the_loss_of_a_finding_is_that_of_the_iteration_it_names(width: int) -> None:
    """Of 200 evaluations every second is judged; between two, the loss of a diverging run grows threefold."""
    run, losses, named = DrivenRun(find("lr far too large").experiment()), dict[int, float](), 0
    start = squared_error(run)
    for _ in range(16):
        run.driver.obey(do.StepIterations(1))
        snapshot = run.latest()
        losses[snapshot.iteration] = squared_error(run)
        verdict = draw_dashboard(snapshot, first_view(), width, 40, make_theme(), ()).cells.lines()[2]
        found = re.search(r"loss \S+ → (\S+?)(?: · at (\d+))?(?: ·|\s*$)", verdict)
        if found is None:
            assert snapshot.iteration < 10, verdict
            continue
        at = int(found[2] or snapshot.iteration)
        assert float(found[1].replace(",", "")) == pytest.approx(losses[at], rel=0.05), verdict
        named += found[2] is not None
        control = run.driver.control.run
        heading, *lines = examination_lines(control.examination, control.findings, snapshot.iteration, 200)
        assert (f", by the evaluation at {at}: " in heading.text) == (found[2] is not None)
        (told,) = re.findall(r"loss at the start (\S+) \(below 2\)", "".join(line.text for line in lines))
        assert float(told.replace(",", "")) == pytest.approx(losses[at] / start, rel=0.05)
    assert named >= 3
