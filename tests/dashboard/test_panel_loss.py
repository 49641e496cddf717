"""The loss panel: what is drawn, where, and what the cursor reads."""

from __future__ import annotations

import re
from itertools import pairwise

import made_up
import numpy as np
import pytest
import sample_moments as moments
import short_runs as samples
from msgspec import structs

from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.panels import loss_curve
from tui_trainer.dashboard.panels.time_plot import draw_events, run_axis
from tui_trainer.drawing.charts.axis import value_axis
from tui_trainer.drawing.charts.plot import Plot
from tui_trainer.drawing.theme import make_theme
from tui_trainer.telemetry import Event, Phase, SettingChange, Snapshot, Viewpoint

DARK = make_theme()


def lines(snapshot: Snapshot, width: int = 80, height: int = 20, **view) -> list[str]:
    """On a logarithmic axis where nothing else is said."""
    return loss_curve.draw(snapshot, first_view(**{"log_y": True} | view), width, height, DARK).lines()


def test_before_anything_it_says_what_to_do() -> None:
    empty = structs.replace(samples.moons(0), losses=_no_losses())
    assert any("press space" in line for line in lines(empty))


def _no_losses():
    log, history = samples.EvaluationLog(), samples.History(start=1)
    return structs.replace(
        samples.moons().losses, batch=history.buckets(), epoch=history.buckets(), evaluations=log.view()
    )


def test_the_axes_have_numbers_and_the_key_y_changes_them() -> None:
    shown = lines(samples.moons())
    assert "log y" in shown[0]
    assert any("0.1 ┤" in line for line in shown)
    assert "100" in shown[-2]
    assert "400" in shown[-2]
    straight = lines(samples.moons(), log_y=False)
    assert "linear y" in straight[0]
    assert any(" 0 ┤" in line for line in straight)


def test_the_best_validation_point_is_marked_and_named() -> None:
    shown = lines(samples.overfitting())
    best = samples.overfitting().losses.evaluations.best
    assert best is not None
    assert f"best {best.validation_loss:.3f} at {best.iteration}" in shown[1]
    assert sum(line.count("▲") for line in shown[2:]) == 1


def test_without_validation_nothing_is_said_about_it() -> None:
    text = "\n".join(lines(samples.sine()))
    assert "validation" not in text
    assert "▲" not in text
    assert "●" not in text


def rate_changes(*at: int) -> tuple[SettingChange, ...]:
    rates = (0.01, 0.02, 0.05, 0.02)
    return tuple(
        SettingChange(
            iteration=i, label=f"learning rate {old} → {new}", key="optimizer.learning_rate", old=old, new=new
        )
        for i, (old, new) in zip(at, pairwise(rates), strict=False)
    )


def test_changes_of_one_setting_at_one_place_have_one_label() -> None:
    events = rate_changes(200, 201)
    shown = lines(structs.replace(samples.overfitting(), events=events), 100)
    assert "learning rate 0.01 → 0.05" in "".join(shown)


def test_changes_of_one_setting_near_each_other_keep_their_marks_and_share_a_label() -> None:
    events = rate_changes(200, 215)
    shown = lines(structs.replace(samples.overfitting(), events=events), 100)
    assert "┆learning rate 0.01 → 0.02 → 0.05" in "".join(shown)
    assert any(line.count("┆") == 2 for line in shown[3:])


def schedule_change(iteration: int, old: str, new: str) -> SettingChange:
    words = f"schedule {old} → {new}".replace("_", " ")
    return SettingChange(iteration=iteration, label=words, key="schedule.name", old=old, new=new)


def test_a_value_of_several_words_is_told_from_the_name_of_its_setting() -> None:
    change = schedule_change(200, "one_cycle", "constant")
    assert change.label == "schedule one cycle → constant"
    shown = structs.replace(samples.overfitting(), events=(change,))
    assert "┆schedule one cycle → constant" in "".join(lines(shown, 100))
    assert "┆sched. → constant" in "".join(lines(shown, 34))
    back = structs.replace(shown, events=(change, schedule_change(215, "constant", "one_cycle")))
    assert "┆schedule one cycle → constant → one cycle" in "".join(lines(back, 100))


def test_a_change_of_a_setting_leaves_a_mark_with_its_label() -> None:
    shown = lines(samples.overfitting())
    assert "┆learning rate 0.01 → 0.05" in shown[2]
    assert sum("┆" in line for line in shown) > 8


def test_labels_between_marks_that_are_too_close_cross_them_in_rows_of_their_own() -> None:
    marks = tuple(Event(iteration=200 + i, label=f"label {i}") for i in (0, 12, 24))
    shown = lines(structs.replace(samples.overfitting(), events=marks))
    rows = [next(n for n, line in enumerate(shown) if label in line) for label in ("label 0", "label 12", "label 24")]
    assert len(set(rows)) > 1
    assert all(sum(f"label {i}" in line for line in shown) == 1 for i in (0, 12, 24))


@pytest.mark.parametrize(
    ("size", "labels"),
    [
        ((200, 20), ("learning rate 0.01 → 0.02 ┆", "┆lr 0.02 → 0.05", "┆learning rate 0.05 → 0.02")),
        ((120, 20), ("learning rate 0.01 → 0.02 ┆", "┆lr → 0.05", "┆learning rate 0.05 → 0.02")),
        ((80, 12), ("lr 0.01 → 0.02 ┆", "┆lr→.05", "┆learning rate 0.05 → 0.02")),
        ((46, 20), ("lr → 0.02 ┆", "┆lr 0.02 → 0.05", "┆lr 0.05 → 0.02")),
        ((30, 20), ("┆lr → 0.02",)),
    ],
)
def test_every_mark_has_a_label_however_little_room_there_is(size: tuple[int, int], labels: tuple[str, ...]) -> None:
    events = rate_changes(250, 320, 390)
    shown = "\n".join(lines(structs.replace(samples.overfitting(), events=events), *size))
    for label in labels:
        assert label in shown, shown


def test_a_mark_without_room_for_its_label_has_a_number_that_the_legend_explains() -> None:
    assert any("┆1 " in line for line in lines(structs.replace(samples.overfitting(), events=rate_changes(150)), 24, 8))
    snapshot = structs.replace(samples.overfitting(), events=rate_changes(20, 600))
    plot = Plot(60, 8, run_axis(snapshot), value_axis(np.array([0.0, 1.0])), DARK)
    crowded = plot.cells.codes[: plot.rows, plot.left : 40]
    crowded[:] = ord("x")
    crowded[2, :4] = ord(" ")
    (entry,) = draw_events(plot, snapshot)
    assert (entry.sign, entry.wordings[-2]) == ("┆1", "lr → 0.02")
    assert "┆1" in plot.cells.lines()[2]


def test_a_label_covers_nothing() -> None:
    """Near the start the curve is at the top: there the label stands lower."""
    marks = (Event(iteration=1, label="a label"), Event(iteration=8, label="another, longer"))
    snapshot = structs.replace(samples.overfitting(), events=())
    before, after = (
        loss_curve.draw(s, first_view(), 70, 14, DARK).codes
        for s in (snapshot, structs.replace(snapshot, events=marks))
    )
    changed = after[before != after]
    assert set(before[before != after].tolist()) == {ord(" ")}
    assert {ord("┆"), ord("b")} <= set(changed.tolist())


def test_changes_that_cancel_are_told_as_the_last_of_them() -> None:
    key = "optimizer.learning_rate"
    there = SettingChange(iteration=200, label="learning rate 1 → 2", key=key, old=1, new=2)
    back = SettingChange(iteration=201, label="learning rate 2 → 1", key=key, old=2, new=1)
    shown = "".join(lines(structs.replace(samples.overfitting(), events=(there, back)), 100))
    assert "learning rate 2 → 1" in shown
    assert "1 → 1" not in shown


def test_labels_of_neighbouring_marks_make_room_for_each_other_that_of_a_setting_first() -> None:
    change = rate_changes(300)[0]
    apart = lines(structs.replace(samples.overfitting(), events=(change, Event(iteration=320, label="finished"))), 100)
    assert any(re.search("learning rate 0.01 → 0.02 ┆ +┆finished", line) for line in apart)
    at_once = lines(
        structs.replace(samples.overfitting(), events=(change, Event(iteration=300, label="finished"))), 100
    )
    rows = [
        next(n for n, line in enumerate(at_once) if label in line) for label in ("┆learning rate 0.01", "┆finished")
    ]
    assert rows == sorted(rows)


def test_non_finite_losses_are_crossed() -> None:
    assert lines(short_run([1.0] * 40 + [np.nan] * 40))[2].count("✗") >= 5
    assert "✗" not in "".join(lines(samples.moons()))


def test_the_cursor_reads_values_from_the_keyboard() -> None:
    snapshot = samples.overfitting()
    shown = lines(snapshot, cursor=100)
    value = snapshot.losses.batch.mean[99]
    assert f"at 100 · batch loss {value:.3f} · validation" in shown[1]
    assert "lr 0.01" in shown[1]
    assert any("│" in line[8:-1] for line in shown[2:-2])
    assert "✗ not finite" in lines(short_run([1.0, np.nan, np.inf]), cursor=2)[1]


def short_run(values: list[float]) -> Snapshot:
    """A run of as many iterations, whose batches had these losses; it has not been evaluated."""
    history = samples.History(start=1)
    history.extend(np.array(values))
    losses = structs.replace(_no_losses(), batch=history.buckets())
    return made_up.changed(samples.moons(), iteration=len(values), target_iterations=len(values), losses=losses)


@pytest.mark.parametrize(("peak", "sign"), [(9.0, ""), (np.nan, "✗")])
def test_a_loss_stands_where_the_cursor_reads_it(peak: float, sign: str) -> None:
    snapshot = short_run([1.0, 1.0, 1.0, peak, 1.0, 1.0, 1.0, 1.0])
    marked = next(line for line in lines(snapshot, smoothing=0)[2:] if any(_is_drawn(c, sign) for c in line))
    columns = [x for x, c in enumerate(marked) if _is_drawn(c, sign)]
    read = lines(snapshot, smoothing=0, cursor=4)
    assert f"batch loss {'✗' if sign else '9.00'}" in read[1]
    assert np.mean(columns) == pytest.approx(read[-4].index("│", 8), abs=1)


def _is_drawn(character: str, sign: str) -> bool:
    return character == sign if sign else 0x2800 < ord(character) < 0x2900


def test_in_the_past_the_curve_is_bright_up_to_the_update_that_is_shown() -> None:
    snapshot = structs.replace(short_run([1.0] * 8), past=Viewpoint(iteration=4, newest=8))
    cells = loss_curve.draw(snapshot, first_view(smoothing=0), 80, 20, DARK)
    moment = next(line.index("┃") for line in cells.lines() if "┃" in line)
    bright, dim = (np.flatnonzero((cells.styles[2:-2] == style).any(axis=0)) for style in (DARK.train, DARK.faint))
    assert bright.max() == moment
    assert dim.min() == moment + 1


def test_a_narrow_cursor_still_reads_the_validation_loss() -> None:
    shown = lines(samples.overfitting(), 48, 14, cursor=100)[1]
    assert "valid" in shown
    assert "…" not in shown


@pytest.mark.parametrize("width", range(20, 60))
def test_the_cursor_always_says_where_it_is(width: int) -> None:
    snapshot = samples.overfitting()
    shown = lines(snapshot, width, 14, cursor=100)[1]
    assert "100 " in shown
    assert f"{snapshot.losses.batch.mean[99]:.3f}" in shown
    assert ("val" in shown) == (width >= 28)


@pytest.mark.parametrize("width", range(20, 130))
def test_the_cursor_tells_no_validation_loss_of_another_iteration_as_its_own(width: int) -> None:
    snapshot = samples.overfitting()
    measured = snapshot.losses.evaluations.iteration
    cursor = int(measured[-2]) + 1
    assert cursor not in measured
    shown = lines(snapshot, width, 14, cursor=cursor)[1]
    assert ("val" in shown) == (f"(of {cursor - 1})" in shown)
    assert "val" in shown or width < 50
    if "val" not in shown and width >= 32:
        assert "batch loss" in shown


def test_the_spread_of_a_wide_bucket_is_read_too() -> None:
    snapshot = samples.moons()
    history = samples.History(4, start=1)
    history.extend(np.array([1.0, 3.0] * 4))
    wide = structs.replace(snapshot, losses=structs.replace(snapshot.losses, batch=history.buckets()))
    assert "batch losses 2.00 (1.00 to 3.00)" in lines(wide, 120, cursor=5)[1]


def test_a_moment_of_the_past_is_marked() -> None:
    past = structs.replace(samples.moons(), past=Viewpoint(iteration=60, newest=240), iteration=60)
    shown = lines(past)
    columns = {line.index("┃") for line in shown if "┃" in line}
    assert len(columns) == 1
    # 60 of an axis up to 400, behind a gutter of a few cells.
    assert columns.pop() == pytest.approx(7 + 0.15 * 71, abs=3)


def test_a_lucky_batch_does_not_stretch_the_axis() -> None:
    snapshot = samples.moons()
    values = np.full(100, 0.5)
    values[50] = 1e-12
    history = samples.History(start=1)
    history.extend(values)
    lucky = structs.replace(snapshot, losses=structs.replace(snapshot.losses, batch=history.buckets()))
    assert not any("1e-" in line for line in lines(lucky))


def test_the_picture_lights_up_when_the_loss_was_just_measured() -> None:
    fresh = made_up.changed(samples.moons(), phase=Phase.LOSS)
    cells = loss_curve.draw(fresh, first_view(), 40, 12, DARK)
    assert cells.styles[0, 0] == DARK.fresh
    assert loss_curve.draw(samples.moons(), first_view(), 40, 12, DARK).styles[0, 0] == DARK.border


def test_where_a_run_broke_there_is_a_cross_although_its_loss_is_in_no_curve() -> None:
    snapshot = structs.replace(samples.moons(), autopsy=moments.broke().autopsy)
    assert not snapshot.losses.batch.non_finite.any()
    assert any("✗" in line for line in lines(snapshot))
    assert not any("✗" in line for line in lines(structs.replace(snapshot, autopsy=None)))


def test_the_best_evaluation_is_named_in_the_narrowest_panel_of_a_small_screen() -> None:
    assert "▲ best" in loss_curve.draw(samples.overfitting(), first_view(), 28, 10, make_theme()).lines()[1]
