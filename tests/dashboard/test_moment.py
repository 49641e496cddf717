"""In the past every panel shows that moment: the evaluations of then, the badge, the rest dimmed."""

from __future__ import annotations

import made_up
import numpy as np
import sample_moments as moments
import short_runs as samples
from msgspec import structs

from tui_trainer.dashboard.evaluations_at import evaluations_shown, evaluations_until
from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.panels import PANELS, fit, loss_curve
from tui_trainer.drawing.theme import make_theme
from tui_trainer.telemetry import Evaluations, Snapshot, Viewpoint

DARK = make_theme()


def text(panel: str, snapshot: Snapshot, width: int = 60, height: int = 20) -> str:
    view = first_view(settings=samples.SETTINGS)
    return "\n".join(PANELS[panel].draw(snapshot, view, width, height, DARK).lines())


def test_evaluations_until_a_moment_are_what_had_been_measured() -> None:
    whole = samples.overfitting().losses.evaluations
    then = evaluations_until(whole, 121)
    assert then.iteration[-1] == 120
    assert len(then.validation_loss) == len(then.train_loss) == len(then.iteration)
    layers = len(whole.of_layers("gradient_norm"))
    assert then.of_layers("gradient_norm").shape == (layers, len(then.iteration))
    assert then.latest is not None
    assert then.latest.train_loss == whole.train_loss[list(whole.iteration).index(120)]
    early = evaluations_until(whole, 20)
    assert early.best is not None
    assert early.best.validation_loss == np.min(whole.validation_loss[whole.iteration <= 20])
    assert evaluations_until(whole, 480) is whole


def test_before_the_first_and_without_any_there_is_nothing() -> None:
    whole = samples.overfitting().losses.evaluations
    nothing = evaluations_until(whole, -1)
    assert (nothing.latest, nothing.best) == (None, None)
    empty: Evaluations = samples.EvaluationLog().view()
    assert evaluations_until(empty, 10) is empty


def test_without_held_out_data_there_is_no_best() -> None:
    then = evaluations_until(samples.sine().losses.evaluations, 100)
    assert then.best is None
    assert then.latest is not None
    assert then.latest.validation_loss is None


def test_only_a_snapshot_of_the_past_is_cut() -> None:
    assert evaluations_shown(samples.overfitting()) is samples.overfitting().losses.evaluations
    latest = evaluations_shown(moments.past()).latest
    assert latest is not None
    assert latest.iteration == 120


def test_the_fit_is_that_of_the_moment() -> None:
    early = structs.replace(samples.overfitting(), past=Viewpoint(iteration=52, newest=480), iteration=52)
    measured = fit.measure_fit(evaluations_shown(early))
    assert measured is not None
    assert measured.saved == 0.0
    assert "nothing to save" in text("fit", early)
    assert "would have saved" in text("fit", samples.overfitting())


def test_the_share_of_right_answers_is_that_of_the_moment() -> None:
    latest = evaluations_shown(moments.past()).latest
    assert latest is not None
    assert f"training {latest.train_accuracy:.0%} right" in text("data", moments.past())
    assert latest.train_accuracy != samples.overfitting().losses.evaluations.latest.train_accuracy  # type: ignore[union-attr]


def test_the_curve_goes_on_dimmed_behind_the_moment() -> None:
    cells = loss_curve.draw(moments.past(), first_view(), 80, 20, DARK)
    row = "\n".join(cells.lines())
    column = next(line.index("┃") for line in row.splitlines() if "┃" in line)
    curve = (cells.codes > 0x2800) & (cells.codes < 0x2900)
    behind, before = curve[:, column + 1 :], curve[:, :column]
    assert set(cells.styles[:, column + 1 :][behind].tolist()) <= {DARK.faint, DARK.envelope}
    assert DARK.faint not in cells.styles[3:-2, 10:column][before[3:-2, 10:]]


def test_a_future_that_was_left_stays_drawn_dimmed_and_named() -> None:
    shown = text("loss", moments.left(), 80)
    assert "abandoned" in shown
    assert "⠶ left" in text("loss", moments.left(), 31)
    cells = loss_curve.draw(moments.left(), first_view(), 80, 20, DARK)
    assert (cells.styles[2:-2, 10:-1] == DARK.faint).any()
    assert "abandoned" not in text("loss", samples.moons(), 80)


def test_a_change_of_a_setting_is_marked_on_every_time_plot() -> None:
    for panel in ("loss", "fit"):
        shown = text(panel, moments.left(), 80, 24)
        assert "learning rate 0.1 → 2" in shown
        assert shown.count("┆") > 3


def between_evaluations(validation_loss: float) -> Snapshot:
    """A moment measured because somebody looks at it, whose validation loss is so much of the best one's."""
    snapshot = samples.moons()
    latest, best = snapshot.losses.evaluations.latest, snapshot.losses.evaluations.best
    assert latest is not None
    assert best is not None
    assert best.validation_loss is not None
    here = made_up.replaced(latest, validation_loss=best.validation_loss * validation_loss, base_loss=1.0)
    return structs.replace(snapshot, evaluation=here)


def test_looking_at_a_moment_makes_it_the_latest_and_never_the_best() -> None:
    """The best is that of the evaluations which the configuration asks for, whoever looked where before."""
    snapshot = between_evaluations(0.9)
    shown, measured = evaluations_shown(snapshot), snapshot.losses.evaluations
    assert shown.latest is snapshot.evaluation
    assert shown.best is measured.best
    assert "now, below the best evaluation: " in text("fit", snapshot, 80)


def test_a_small_rise_is_told_as_what_it_costs() -> None:
    snapshot = between_evaluations(1.1)
    best = snapshot.losses.evaluations.best
    assert best is not None
    assert best.validation_loss is not None
    shown = text("fit", snapshot, 80)
    assert f"stopping there would have saved {best.validation_loss * 0.1:.2g} only" in shown
    assert "its best" not in shown
