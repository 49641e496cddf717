"""The stability limit where somebody looks: the measure itself, by iteration, and only where it takes no long time."""

from __future__ import annotations

import pytest
import short_runs as samples
from msgspec import structs

from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.panels import PANELS
from tui_trainer.dashboard.panels.stability import stability_words
from tui_trainer.drawing.charts.numbers import plain
from tui_trainer.drawing.theme import make_theme
from tui_trainer.experiment import with_setting
from tui_trainer.inspection.stability import StabilityCurve
from tui_trainer.presets import find
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.telemetry import PictureRequest, SettingChange, Snapshot, Viewpoint
from tui_trainer.telemetry.commands import ChangeWeight
from tui_trainer.training import Trainer, build

EDGE = find("edge of stability").experiment()


def shown(run: DiagnosedRun, *, looks: bool) -> Snapshot:
    return run.snapshot(PictureRequest(stable_rate=looks), version=1, status=run.standing)


def test_the_limit_of_an_evaluation_is_that_of_its_sharpness_and_looking_gives_the_same() -> None:
    trainer = Trainer(EDGE)
    first = trainer.evaluations.first
    assert first is not None
    assert first.values["stable_rate"] == pytest.approx(2 / first.values["sharpness"])
    assert StabilityCurve().seen_from(trainer) == ((0, pytest.approx(first.values["stable_rate"])),)


def test_it_is_measured_once_a_stretch_of_iterations_and_a_look_again_costs_nothing() -> None:
    trainer, curve = Trainer(EDGE), StabilityCurve()
    for _ in range(30):
        known = curve.seen_from(trainer)
        assert curve.seen_from(trainer) == known
        trainer.run(1)
    assert [iteration for iteration, _ in known] == [0, 6, 12, 18, 24]  # a two-hundredth of 1,200


def test_only_a_run_that_is_looked_at_measures_and_what_it_trains_stays_the_same() -> None:
    looked, left = DiagnosedRun(EDGE), DiagnosedRun(EDGE)
    for run in (looked, left):
        for _ in range(4):
            run.advance(25)
            assert bool(shown(run, looks=run is looked).stable_rates) == (run is looked)
    assert (looked.trainer.vectors.parameters == left.trainer.vectors.parameters).all()


def test_pairs_large_networks_and_adaptive_optimizers_have_none() -> None:
    for tables in (
        {"data": {"name": "phrases"}},
        {"data": {"name": "digits"}, "network": {"hidden": [400]}},
        {"data": {"name": "moons"}, "optimizer": {"name": "adam"}},
    ):
        assert StabilityCurve().seen_from(Trainer(build(tables))) == ()


def test_the_screen_tells_limit_and_iteration_beside_the_rate_and_draws_it() -> None:
    run = DiagnosedRun(EDGE)
    run.advance(300)
    snapshot = shown(run, looks=True)
    iterations, limits = snapshot.stable_limits
    assert iterations[-1] == 300
    words = stability_words(snapshot)
    assert words.startswith("stable below 0.")
    assert words.endswith(" at 300")
    view = first_view(curve="learning_rate", settings=())
    lines = PANELS["loss"].draw(snapshot, view, 100, 20, make_theme()).lines()
    assert any(words in line for line in lines)
    past = structs.replace(snapshot, iteration=10, past=Viewpoint(iteration=10, newest=snapshot.iteration))
    assert past.stable_limits[0].max(initial=0) <= 10
    nothing = samples.overfitting()  # Adam
    assert stability_words(nothing) == ""
    assert not limits[limits <= 0].size


def test_a_change_by_hand_forgets_the_limit_where_it_stands() -> None:
    run = DiagnosedRun(EDGE)

    def changed(key: str, value: object) -> str:
        event = SettingChange(iteration=run.iteration, label=key, key=key, old=None, new=value)
        run.change(with_setting(run.experiment, key, value), event)
        return stability_words(shown(run, looks=True))

    run.advance(300)
    shown(run, looks=True)
    for key, value in (("optimizer.l2", 0.5), ("optimizer.name", "momentum"), ("optimizer.momentum", 0.2)):
        fresh = StabilityCurve().seen_from
        words = changed(key, value)
        (known,) = fresh(run.trainer)
        assert words == f"stable below {plain(known[1], 2)} at 300", key
    before = dict(shown(run, looks=True).stable_rates)[300]
    run.change_weight(ChangeWeight(1, 0, 0, 30.0))
    assert dict(shown(run, looks=True).stable_rates)[300] != before
    assert stability_words(shown(run, looks=False)) == ""  # what an evaluation before the change has measured
    run.advance(1)
    assert stability_words(shown(run, looks=True)).endswith(" at 300")
    assert changed("optimizer.name", "adam") == ""
    run.advance(200)
    assert stability_words(shown(run, looks=True)) == ""
    view = first_view(curve="learning_rate", settings=())
    lines = PANELS["loss"].draw(shown(run, looks=True), view, 100, 20, make_theme()).lines()
    assert any("stable below, before a change" in line for line in lines)
    run.seek(200)
    assert stability_words(shown(run, looks=True)).endswith(" at 200")
