"""A source that tells little: the whole screen is drawn from what there is, and a panel says what it lacks."""

from __future__ import annotations

from itertools import combinations

import made_up
import numpy as np
import pytest
import sample_moments as moments
import short_runs as samples
from msgspec import structs

from tui_trainer.dashboard.keys.arrows import owner_of_arrows
from tui_trainer.dashboard.keys.key_meaning import footer, greyed_actions, why_idle
from tui_trainer.dashboard.keys.keymap import first_view, keymap
from tui_trainer.dashboard.panels import PANELS
from tui_trainer.dashboard.view import CURVES, WEIGHTS_MODES
from tui_trainer.dashboard.whole_screen import draw_dashboard
from tui_trainer.drawing.theme import make_theme
from tui_trainer.telemetry import LayerView, NetworkView, Notice, Snapshot, Status
from tui_trainer.telemetry.losses import Unit

SIZES = ((10, 3), (20, 6), (30, 12), (39, 20), (59, 20), (80, 24), (100, 30), (120, 40), (200, 60), (298, 97))
THEMES = (make_theme(), make_theme(ascii_only=True))
PARTS = ("progress", "settings", "network", "data", "step", "race", "control")

EVERY_FIFTY = "step,train,validation\n50,1.2,1.3\n100,0.8,0.9\n150,0.5,0.8\n200,0.4,0.85"
EPOCHS = "epoch,train,validation,accuracy\n1,0.9,1.0,0.5\n2,0.7,0.9,0.6\n3,0.4,0.95,0.7"
STAMPS = "seconds,train\n0.5,3\n1.25,2\n61,nan\n3600,1"
TABLES = (
    made_up.logged("step,train"),
    made_up.logged("step,train\n1,0.5"),
    made_up.logged("step,validation\n10,0.5\n20,0.4"),
    made_up.logged("step,accuracy\n10,0.5\n20,0.6"),
    made_up.logged("step,train,validation\n10,nan,inf\n20,-3,1e300"),
    made_up.logged(EVERY_FIFTY),
    made_up.logged(EPOCHS, counts="epochs"),
    made_up.logged(STAMPS, counts="seconds"),
    made_up.logged("step"),
)


def screen(snapshot: Snapshot, size: tuple[int, int] = (120, 40), **view: object) -> str:
    """The whole screen as the session draws it, in words."""
    shown = first_view(**view)
    shown = structs.replace(shown, greyed=greyed_actions(snapshot, shown, frozenset()))
    pictures = [draw_dashboard(snapshot, shown, *size, theme, footer(snapshot, shown)) for theme in THEMES]
    assert all(line.isascii() for line in pictures[1].cells.lines())
    return "\n".join(pictures[0].cells.lines())


@pytest.mark.parametrize("snapshot", TABLES)
def test_a_table_of_losses_is_a_screen_of_any_size(snapshot: Snapshot) -> None:
    assert all(getattr(snapshot, part) is None for part in PARTS)
    for size in SIZES:
        for focus in PANELS:
            for zoomed in (False, True):
                screen(snapshot, size, focus=focus, zoomed=zoomed)
        for curve in CURVES:
            screen(snapshot, size, curve=curve, cursor=snapshot.iteration // 2, focus="loss")


@pytest.mark.parametrize("sample", [samples.moons, samples.digits, samples.diverged, moments.race, moments.broke])
def test_whichever_parts_are_missing_the_rest_is_drawn(sample) -> None:
    whole = sample()
    gone = [*((part,) for part in PARTS), *combinations(PARTS, 2), *combinations(PARTS, 6)]
    for parts in gone:
        snapshot = structs.replace(whole, **dict.fromkeys(parts))
        for focus in ("weights", "data", "step"):
            screen(snapshot, (59, 20), focus=focus)  # one panel at a time
        for size in ((80, 24), (200, 60)):
            screen(snapshot, size, focus="step")


@pytest.mark.parametrize("snapshot", TABLES)
def test_keys_that_need_what_is_missing_are_greyed_and_the_others_work(snapshot: Snapshot) -> None:
    looks = set()
    for focus in PANELS:
        view = first_view(focus=focus, cursor=0 if focus == "loss" else None)
        view = structs.replace(view, greyed=greyed_actions(snapshot, view, frozenset()))
        assert {action.id for action in keymap() if action.needs} <= view.greyed
        for action in keymap():
            if not action.works_for(owner_of_arrows(view)):
                continue
            if action.id in view.greyed:
                assert why_idle(action, snapshot, view, frozenset())
            elif action.act is not None:
                after, commands = action.act(snapshot, view)
                assert not commands
                looks.add((after.focus, after.curve, after.weights_mode))
    for focus, curve, weights_mode in looks:
        screen(snapshot, focus=focus, curve=curve, weights_mode=weights_mode)


def test_each_panel_says_what_its_source_does_not_tell() -> None:
    shown = " ".join(screen(made_up.logged(EVERY_FIFTY), (200, 60)).replace("│", " ").split())
    assert shown.count("This run does not tell its network.") == 2
    for what in ("its data", "its settings", "single steps"):
        assert f"This run does not tell {what}." in shown, what


def test_what_a_table_tells_is_on_the_screen() -> None:
    shown = screen(made_up.logged(EVERY_FIFTY), (120, 40))
    assert "losses.csv" in shown
    assert "200 iterations done" in shown
    assert "validation loss 0.850" in shown
    assert "epochs done" in screen(made_up.logged(EPOCHS, counts="epochs"))
    assert "seconds done" in screen(made_up.logged(STAMPS, counts="seconds"))
    assert "Nothing learnt" not in screen(made_up.logged("step,train"))


def test_the_axis_of_a_log_goes_as_far_as_its_positions() -> None:
    wide = screen(made_up.logged(EVERY_FIFTY), focus="loss", zoomed=True).splitlines()
    assert "200" in wide[-3]
    assert "╰─ iterations ─" in wide[-2]
    read = screen(made_up.logged(EVERY_FIFTY), focus="loss", zoomed=True, cursor=120)
    assert "at 120 · batch loss of 100 0.800" in read


def falling(first: float, step: float) -> str:
    """Forty rows of a table from the position `first` on, `step` apart."""
    return "at,train,validation\n" + "\n".join(
        f"{first + n * step:.10g},{3 / (n + 1)},{4 / (n + 1)}" for n in range(40)
    )


def test_fractions_of_a_second_do_not_fall_together() -> None:
    log = made_up.logged(falling(0.02, 0.02), counts="seconds")
    assert np.allclose(log.losses.evaluations.positions, log.losses.batch.positions)
    shown = screen(log, focus="loss", zoomed=True)
    assert "best 0.100 at 0.8" in shown
    assert "0.2" in shown.splitlines()[-3]


@pytest.mark.parametrize(
    ("first", "step", "counts", "begins", "said"),
    [
        (1764374412.5, 7.3, "seconds", "+0", "seconds since 1,764,374,400"),
        (10_000, 50, "iterations", "10k", "iterations"),
    ],
)
def test_an_axis_begins_where_the_data_begin(first: float, step: float, counts: Unit, begins: str, said: str) -> None:
    shown = screen(made_up.logged(falling(first, step), counts=counts), focus="loss", zoomed=True).splitlines()
    assert shown[-3].strip("│ ").startswith(begins)
    assert f"╰─ {said} ─" in shown[-2]


def test_a_log_of_evaluations_alone_draws_its_training_losses() -> None:
    table = "step,train\n50,1.2\n100,0.8\n150,0.5\n200,0.4"
    drawn = screen(made_up.logged(table, batches=False), focus="loss", zoomed=True)
    assert sum("\u2800" < sign <= "\u28ff" for sign in drawn) > 50
    read = screen(made_up.logged(table, batches=False), focus="loss", zoomed=True, cursor=120)
    assert "at 120 · training loss of 100 0.800" in read


@pytest.mark.parametrize(
    ("status", "said"), [(Status.WAITING, "waiting"), (Status.STALLED, "stalled"), (Status.CRASHED, "crashed")]
)
def test_a_source_that_stands_still_by_itself_says_so_everywhere(status: Status, said: str) -> None:
    for whole in (made_up.logged(EVERY_FIFTY), made_up.logged("step,train"), samples.moons()):
        snapshot = structs.replace(whole, status=status, message=Notice("no news since 12:40"))
        for size in SIZES[2:]:
            assert said in screen(snapshot, size).casefold()
        view = first_view()
        greyed = greyed_actions(snapshot, view, {"control", "phases", "seek", "settings"})
        toggle = next(action for action in keymap() if action.id == "toggle")
        assert {"toggle", "step", "phase", "epoch", "slow_motion"} <= greyed
        assert said in why_idle(toggle, snapshot, view, {"control"})
    assert "no news since 12:40" in screen(snapshot)
    assert "⚠ STALLED: no news for a while" in screen(made_up.logged(EVERY_FIFTY, status=Status.STALLED))


def of_layer(weight: np.ndarray, **changes: object) -> Snapshot:
    layer = LayerView(name="conv1", index=0, count=2, weight=weight, **changes)
    return structs.replace(made_up.logged(EVERY_FIFTY), network=NetworkView(layer=layer))


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ((3, 3, 8, 16), "3×3×8×16 folded to 72×16"),
        ((16,), "16 folded to 1×16"),
        ((), "1 folded to 1×1"),
        ((4, 2), "conv1 · 4×2"),
    ],
)
def test_weights_of_any_shape_are_folded_and_it_is_said(shape: tuple[int, ...], said: str) -> None:
    snapshot = of_layer(np.linspace(-1, 1, int(np.prod(shape))).reshape(shape))
    for size in SIZES:
        for mode in WEIGHTS_MODES:
            for numbers in (False, True):
                screen(snapshot, size, focus="weights", zoomed=True, weights_mode=mode, numbers=numbers)
    shown = screen(snapshot, focus="weights", zoomed=True)
    assert said in shown
    assert "min -1" in shown.replace("−", "-") or shape == ()


def test_arrays_that_a_source_does_not_tell_are_a_sentence() -> None:
    snapshot = of_layer(np.ones((2, 2)))
    shown = PANELS["weights"].drawn(snapshot, first_view(weights_mode="gradients"), 60, 12, THEMES[0]).lines()
    assert any("does not tell the weight gradients of conv1" in line for line in shown)
    empty = PANELS["weights"].drawn(of_layer(np.ones((0, 4))), first_view(), 60, 12, THEMES[0]).lines()
    assert any("does not tell the weights of conv1" in line for line in empty)


def test_what_is_no_chain_of_matrices_has_no_diagram() -> None:
    for weights in ((np.ones((3, 3, 1, 4)), np.ones((4, 2))), (np.ones((2, 4)),)):
        network = NetworkView(shape=(2, 4, 2), weights=weights)
        shown = (
            PANELS["weights"]
            .drawn(
                structs.replace(made_up.logged(EVERY_FIFTY), network=network),
                first_view(weights_mode="network"),
                60,
                12,
                THEMES[0],
            )
            .lines()
        )
        assert any("Only fully connected layers" in line for line in shown)


def test_layers_are_called_as_their_source_calls_them() -> None:
    names = ("encoder.layers.0.self_attn", "head")
    measures = tuple(made_up.layer(name, gradient_norm=0.1, update_ratio=1e-3, weight_norm=2.0) for name in names)
    snapshot = structs.replace(made_up.logged(EVERY_FIFTY), network=NetworkView(measures=measures))
    for size in ((60, 4), (60, 8), (60, 20), (200, 60), (20, 5)):
        shown = "\n".join(PANELS["gradients"].drawn(snapshot, first_view(), *size, THEMES[0]).lines())
        assert "head" in shown
        assert "encoder" in shown
    for none in (NetworkView(), NetworkView(shape=(2, 3))):
        shown = (
            PANELS["gradients"].drawn(structs.replace(snapshot, network=none), first_view(), 60, 8, THEMES[0]).lines()
        )
        assert any("does not tell its gradients" in line for line in shown)
