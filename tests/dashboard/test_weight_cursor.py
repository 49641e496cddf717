"""The cursor of the weights panel: it meets every weight and bias, shows its numbers, and keys change it."""

from __future__ import annotations

import numpy as np
import pytest
from driven_run import DrivenRun, opened, press
from msgspec import structs

from tui_trainer.dashboard.panels import weights
from tui_trainer.dashboard.screen_state import ScreenState
from tui_trainer.drawing.theme import make_theme
from tui_trainer.telemetry import WeightAddress
from tui_trainer.telemetry import commands as do
from tui_trainer.training import build

THEME = make_theme("dark", "24-bit")
ARTICLE = build({"data": {"name": "glasses_or_ring"}})


def lines(state: ScreenState, *, ascii_only: bool = False, width: int = 50, height: int = 14) -> list[str]:
    theme = make_theme("dark", "24-bit", ascii_only=ascii_only)
    return weights.draw(state.snapshot, state.view, width, height, theme).lines()


def test_a_weight_is_changed_in_steps_and_taken_back() -> None:
    """The article's weights start at 0.5: a step is a tenth of that."""
    run = DrivenRun(ARTICLE)
    state = opened(run)
    trainer = run.driver.control.run.trainer
    press(state, "2", "w", "c")  # the diagram is what a small network begins with
    assert "w[1→1] of layer 1 from heaviness = 0.500" in lines(state)[1]
    assert "w[1→1] = 0.500" in lines(state, width=26)[1]
    press(state, "right")
    assert state.view.request.weight == WeightAddress(0, 1, 0)
    for key in "++":
        press(state, key)
    assert trainer.parameters[0][0][:, 0].tolist() == [0.5, 0.6]
    assert state.snapshot.message.text.startswith("w[2→1] of layer 1: 0.55 → 0.6")
    press(state, "u", "-")
    assert trainer.parameters[0][0][:, 0].tolist() == [0.5, 0.5]
    press(state, "right", "+")
    assert trainer.parameters[0][1].tolist() == [0.05]
    assert "b[1] of layer 1 (bias) = 0.0500" in lines(state)[1]
    press(state, "escape", "+")
    assert state.snapshot.values["optimizer.learning_rate"] == 0.2


def test_the_step_says_that_a_hand_has_changed_its_weight_since() -> None:
    run = DrivenRun(ARTICLE)
    state = opened(run)
    press(state, "2", "c", "right", "left", ".")
    assert state.snapshot.step.weight.by_hand is None  # type: ignore[union-attr]
    press(state, "+")
    step = state.snapshot.step
    assert step is not None
    assert step.weight.by_hand == run.driver.control.run.trainer.parameters[0][0][0, 0] != step.weight.new
    press(state, ".")
    assert state.snapshot.step.weight.by_hand is None  # type: ignore[union-attr]


def test_keys_that_come_faster_than_the_run_count_on() -> None:
    state = opened(DrivenRun(ARTICLE))
    press(state, "2", "c")
    action = next(each for each in state.view.keymap if each.id == "weight_up")
    sent: list[do.Command] = []
    state.run.send = sent.append  # type: ignore[method-assign]
    for _ in range(3):
        state.perform(action)
    changes = [each.value for each in sent if isinstance(each, do.ChangeWeight)]
    assert changes == [0.55, 0.6, 0.65]


@pytest.mark.parametrize("ascii_only", [False, True])
@pytest.mark.parametrize(("hidden", "numbers"), [([4], False), ([12, 3], False), ([5, 4], True)])
def test_the_mark_is_on_the_weight_that_is_read(hidden: list[int], numbers: bool, ascii_only: bool) -> None:
    """Every weight and bias of every layer has a place of its own, and the cursor comes back after a round."""
    run = DrivenRun(build({"data": {"name": "moons"}, "network": {"hidden": hidden}}))
    state = opened(run)
    state.change(structs.replace(state.view, weights_mode="weights"))
    press(state, "2", *("v" if numbers else ""), "c")
    badge = make_theme("dark", "24-bit", ascii_only=ascii_only).badge
    for layer, (inputs, units) in enumerate(run.driver.control.run.trainer.network.shapes):
        places = set()
        for source in range(inputs):
            for unit in range(units):
                at = WeightAddress(layer, source, unit)
                request = structs.replace(state.view.request, weights_layer=layer, weight=at)
                state.change(structs.replace(state.view, cursor=at, request=request))
                state.poll()
                theme = make_theme("dark", "24-bit", ascii_only=ascii_only)
                cells = weights.draw(state.snapshot, state.view, 76, 22, theme)
                which = f"b[{unit + 1}]" if source == inputs - 1 else f"w[{source + 1}→{unit + 1}]"
                assert f"{which} of layer {layer + 1}" in cells.lines()[1]
                places.add(tuple(np.argwhere(cells.styles == badge)[0].tolist()))
        assert len(places) == inputs * units


def test_in_the_diagram_the_line_of_the_weight_stands_out() -> None:
    run = DrivenRun()
    state = opened(run)
    state.draw(120, 40, THEME)
    press(state, "2", "c")
    assert state.view.weights_mode == "network"
    state.draw(120, 40, THEME)
    state.poll()
    seen = []
    for key in ("down", "right", "down"):
        press(state, key)
        cells = weights.draw(state.snapshot, state.view, 60, 20, THEME)
        seen.append(frozenset(map(tuple, np.argwhere(cells.styles[2:-1] == THEME.fresh).tolist())))
        assert len(seen[-1]) > 10
    assert len(set(seen)) == 3
    assert state.view.cursor == WeightAddress(1, 1, 0)
    assert " of layer 2 = " in lines(state, width=60, height=20)[1]
