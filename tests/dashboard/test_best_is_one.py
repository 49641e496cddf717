"""Whatever is called best is one thing: the evaluation with the lowest validation loss up to the moment shown."""

from __future__ import annotations

import json
import re
import time

import made_up
import numpy as np
import pytest
from driven_run import DrivenRun
from msgspec import structs

from tui_trainer.cli import main
from tui_trainer.dashboard.evaluations_at import evaluations_shown
from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.keys.time_keys import best_moment
from tui_trainer.dashboard.panels.fit import HISTORY
from tui_trainer.dashboard.whole_screen import draw_dashboard
from tui_trainer.drawing.charts.numbers import compact, count
from tui_trainer.drawing.theme import make_theme
from tui_trainer.experiment.declared import listed_settings
from tui_trainer.telemetry import Evaluations, Snapshot, Status
from tui_trainer.telemetry import commands as do
from tui_trainer.training import Trainer, build, with_setting

DARK = make_theme()
VIEW = first_view(settings=listed_settings()[:35])
TABLES = {
    "data": {"name": "moons", "samples": 40, "validation_samples": 120, "noise": 0.35},
    "network": {"hidden": [24]},
    "optimizer": {"name": "adam", "learning_rate": 0.03},
    "training": {"batch_size": 10, "iterations": 400, "evaluate_every": 8},
}
CALLED_BEST = re.compile(r"best (?:evaluation[:,]? )?([\d.e−]+) at ([\d,]*\d)")


def lowest(until: int) -> tuple[float, int]:
    """The lowest validation loss of every eighth iteration and where it was, of a run of its own."""
    trainer = Trainer(build(TABLES))
    best = (np.inf, -1)
    for iteration in range(0, until + 1, 8):
        if iteration:
            trainer.run(8)
        p = trainer.predict(trainer.data.validation_inputs)[:, 0].astype(np.float64)
        z = np.log(p) - np.log1p(-p)
        loss = float(np.logaddexp(0, np.where(trainer.data.validation_targets == 1, -z, z)).mean())
        best = min(best, (loss, iteration))
    return best


def told(snapshot: Snapshot) -> set[tuple[str, str]]:
    found = set()
    for width, height in ((80, 24), (120, 40), (160, 50)):
        shown = draw_dashboard(snapshot, first_view(), width, height, DARK, ()).cells.lines()
        found |= {each for line in shown for each in CALLED_BEST.findall(line)}
        assert not any("ever" in re.findall(r"\w+", line) for line in shown)
    return found


@pytest.mark.parametrize("moment", [16, 120, 123, 131, 301, 400, (400, 60), (400, 203)])
def test_all_that_a_screen_calls_best_is_the_same_and_true(moment: int | tuple[int, int]) -> None:
    run = DrivenRun(build(TABLES))
    newest, shown_at = moment if isinstance(moment, tuple) else (moment, moment)
    run.driver.obey(do.StepIterations(newest))
    if shown_at != newest:
        run.driver.obey(do.Seek(shown_at))
    snapshot = run.latest()
    assert snapshot.iteration == shown_at
    assert snapshot.evaluation is not None
    loss, at = lowest(shown_at)
    assert told(snapshot) == {(compact(loss), count(at))}
    assert best_moment(snapshot) == at
    best = evaluations_shown(snapshot).best
    assert best is not None
    assert best.validation_loss == pytest.approx(loss, rel=1e-4)
    shown = "\n".join(draw_dashboard(snapshot, VIEW, 120, 40, DARK, ()).cells.lines())
    early = shown_at // 8 + 1 < HISTORY
    assert ("too early to tell" in shown) == early
    assert not (early and ("balanced" in shown or "at its best" in shown))


def test_train_names_the_same_best_and_what_the_weights_at_the_end_are(
    tmp_path: object, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [f"{table}.{key}={','.join(map(str, value)) if isinstance(value, list) else value}"
             for table, settings in TABLES.items() for key, value in settings.items()]  # fmt: skip
    given = ["train", "lr just right", *(word for each in words for word in ("--set", each))]
    given += ["--set", "network.activation=tanh", "--set", "network.initializer=none"]
    assert main([*given, "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    evaluations = {line["iteration"]: line["validation_loss"] for line in lines if line["event"] == "evaluation"}
    end = lines[-1]
    at = min(evaluations, key=evaluations.__getitem__)
    assert (end["best_iteration"], end["best_validation_loss"]) == (at, evaluations[at])
    assert main(given) == 0
    out = capsys.readouterr().out
    assert f"best evaluation: validation loss {evaluations[at]:.4g} at iteration {at:,}; the weights are" in out
    never_stops = ["--set", "training.early_stopping.patience=100000000"]
    assert main([*given, *never_stops]) == 0
    assert "early stopping did not come to a stop" in " ".join(capsys.readouterr().out.split())


def test_at_the_target_the_screen_says_that_the_best_weights_are_not_back() -> None:
    run = DrivenRun(with_setting(build(TABLES), "training.early_stopping", {"patience": 100_000_000}))
    run.driver.obey(do.SetPace(None))
    run.driver.obey(do.Resume())
    while run.driver.control.status is Status.RUNNING:
        run.driver.work(time.perf_counter())
    best = run.latest().losses.evaluations.best
    assert best is not None
    assert run.latest().status is Status.FINISHED
    for width, height in ((160, 50), (120, 40), (80, 24), (45, 9)):
        shown = draw_dashboard(run.latest(), first_view(), width, height, DARK, ()).cells.lines()
        assert f"✓ finished, weights of {best.iteration:,} not restored" in shown[0]
    for width, height in ((36, 12), (24, 8), (20, 6)):
        shown = draw_dashboard(run.latest(), first_view(), width, height, DARK, ()).cells.lines()
        assert "✓ finished" in shown[0]
        assert "…" not in shown[0]


def test_thinned_curves_do_not_change_what_was_best_before() -> None:
    snapshot = DrivenRun(build(TABLES)).latest()
    whole = snapshot.losses.evaluations
    assert whole.latest is not None
    best = made_up.replaced(whole.latest, iteration=4, validation_loss=0.1)
    columns = {"train_loss": np.array([5.0, 5.0]), "validation_loss": np.array([5.0, 5.0])}
    latest = structs.replace(whole.latest, iteration=16)
    thinned = Evaluations(iteration=np.array([0, 16]), latest=latest, best=best, values=columns)
    losses = structs.replace(snapshot.losses, evaluations=thinned)
    past = structs.replace(snapshot, losses=losses, iteration=9, evaluation=None, past=True)
    assert evaluations_shown(past).best is best


def test_one_held_out_example_is_no_ground_for_a_word() -> None:
    run = DrivenRun(with_setting(build(TABLES), "data.validation_samples", 1))
    run.driver.obey(do.StepIterations(400))
    for width, height in ((80, 24), (120, 40), (160, 50)):
        shown = draw_dashboard(run.latest(), first_view(), width, height, DARK, ()).cells.lines()
        fit = "\n".join(line for line in shown)
        assert "one held-out example tells nothing" in fit or "one example" in fit
        assert not any(word in fit for word in ("balanced", "gap growing", "above its best", "nothing to save"))
