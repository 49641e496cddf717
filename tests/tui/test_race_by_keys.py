"""Fork, race, look at the other arm, give one up, take it back: by keys, with the real engine behind the app."""

from __future__ import annotations

import numpy as np
from driven_run import REAL_CATALOGUE, TABLES, DrivenRun, opened, press
from waiting import until

from tui_trainer.dashboard.catalogue import OpenRequest
from tui_trainer.telemetry import Status
from tui_trainer.telemetry import commands as do
from tui_trainer.training import build, with_setting
from tui_trainer.tui.app import TrainerApp


def test_fork_change_run_look_and_give_up() -> None:
    run = DrivenRun()
    state = opened(run)
    run.driver.obey(do.StepIterations(20))
    snapshot = press(state, ",", ",", "b")
    assert [arm.name for arm in snapshot.arms] == ["A", "B"]
    assert snapshot.iteration == 18
    snapshot = press(state, "+", *"....")
    assert snapshot.race.parting is not None
    assert snapshot.race.parting.iteration == 19
    assert [arm.iteration for arm in snapshot.arms] == [22, 22]
    assert press(state, "o").arms[0].focused
    assert press(state, "o").arms[1].focused
    assert press(state, "O").arms == ()
    assert press(state, "u").arms[1].focused
    assert press(state, "home").iteration == 0
    assert [arm.iteration for arm in state.snapshot.arms] == [0, 0]


def test_a_change_in_the_past_keeps_the_future_that_undo_returns_to() -> None:
    run = DrivenRun()
    state = opened(run)
    run.driver.obey(do.StepIterations(30))
    before = run.driver.control.run.trainer.vectors.parameters.copy()
    snapshot = press(state, ",", "+")
    assert (snapshot.iteration, snapshot.past) == (29, None)
    assert snapshot.abandoned is not None
    assert snapshot.abandoned.batch.count == 30
    snapshot = press(state, "u")
    assert snapshot.abandoned is None
    assert press(state, "end").iteration == 30
    assert np.array_equal(run.driver.control.run.trainer.vectors.parameters, before)


async def test_a_race_from_its_preset_in_the_app() -> None:
    experiment = build(TABLES, "a race")
    rates = (0.005, 0.02, 0.1)
    run = DrivenRun([(f"lr {rate:g}", with_setting(experiment, "optimizer.learning_rate", rate)) for rate in rates])
    app = TrainerApp(lambda request: run, REAL_CATALOGUE, OpenRequest(preset="a race", paused=True))

    def shown() -> str:
        return "\n".join(app.state.frame.cells.lines()) if app.state.frame else ""

    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "arm A of 3: lr 0.005" in shown())
        await pilot.press("o")
        await until(pilot, lambda: "arm B of 3: lr 0.02" in shown())
        run.driver.obey(do.StepIterations(40))
        await until(pilot, lambda: "A and B part at iteration 1, most in layer" in shown())
        legend = next(line for line in shown().splitlines() if "B ⠶⠶⠀" in line)
        assert "C ⠶⠀⠶ lr 0.1" in legend
        for word in ("Guess", "Measure", "Blame", "Fix"):
            await pilot.press("p")
            await until(pilot, lambda word=word: f"[{word}]" in shown())  # type: ignore[misc]
        assert [arm.iteration for arm in app.state.snapshot.arms] == [41, 41, 41]
        assert app.state.snapshot.status is Status.PAUSED
        await pilot.press("w", "w", "w", "w")
        await until(pilot, lambda: "Weights B − A" in shown())
