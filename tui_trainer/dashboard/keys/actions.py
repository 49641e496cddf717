"""What each key does, as pure functions (snapshot, view) → (next view, commands for the run). No function
here knows the app; what opens a screen or ends the program is in `app`."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import structs

from tui_trainer.dashboard import smoothing
from tui_trainer.dashboard.panels.curve import curve_after
from tui_trainer.dashboard.panels.scale import shown_scale
from tui_trainer.dashboard.proposal import proposed
from tui_trainer.dashboard.setting_values import in_force, stepped
from tui_trainer.dashboard.time_keys import broke, faster, full_speed, slow_motion, slower, to_best
from tui_trainer.dashboard.view import PANELS, WEIGHTS_MODES, Act, Outcome, View
from tui_trainer.setting import LEARNING_RATE
from tui_trainer.telemetry import Look, NeuronAddress, Snapshot, WeightAddress
from tui_trainer.telemetry.commands import (
    CancelSeek,
    ChangeSetting,
    CheckGradient,
    Command,
    DropArm,
    FocusArm,
    Fork,
    Redo,
    Rescue,
    Restart,
    Seek,
    SeekLive,
    SeekRelative,
    StepEpoch,
    StepIterations,
    StepPhase,
    TogglePause,
    Undo,
)

SEED = "training.seed"

SEEDS = 2**32
"""How many seeds there are, from 0 on."""

CURSOR_STEPS = 100
"""Presses of an arrow that take the value cursor over the whole curve."""


def _sending(*commands: Command) -> Act:
    return lambda snapshot, view: (view, commands)


def _viewing(change: Callable[[Snapshot, View], View]) -> Act:
    return lambda snapshot, view: (change(snapshot, view), ())


def new_seed(snapshot: Snapshot, view: View) -> Outcome:
    """The next number, so that a class that presses the key as often sees the same run; 0 after the last."""
    seed = snapshot.settings.get(SEED, 0)
    return view, (Restart((seed + 1) % SEEDS if isinstance(seed, int) else 1),)


def apply_fix(snapshot: Snapshot, view: View) -> Outcome:
    """Change what the verdict proposes; a run that broke first goes back to where it was whole."""
    if broke(snapshot):
        return view, (Rescue(),)
    remedy = proposed(snapshot)
    if remedy is None:
        return view, ()
    return view, tuple(ChangeSetting(key, value) for key, value in remedy.settings.items())


def step_setting(key: str, direction: int) -> Act:
    """Change the setting `key` a sensible step; "" is the chosen line of the list."""

    def act(snapshot: Snapshot, view: View) -> Outcome:
        setting = view.settings[view.setting] if not key else next((s for s in view.settings if s.key == key), None)
        if setting is None:
            return view, ()
        old = in_force(snapshot, setting.key)
        new = stepped(setting, old, direction, snapshot.examples)
        # At the end of the range the run says that it is there already; what it has chosen itself stays its own.
        return view, () if new == old and setting.key in snapshot.automatic else (ChangeSetting(setting.key, new),)

    return act


def choose_setting(view: View, index: int) -> View:
    """Choose a line of the settings list, the ends hold."""
    return structs.replace(view, setting=min(max(index, 0), max(len(view.settings) - 1, 0)))


def focus(view: View, panel: str) -> View:
    """Focus a panel; the value cursor belongs to the loss panel and goes with its focus."""
    cursor = view.cursor if panel == "loss" else None
    return structs.replace(view, focus=panel, cursor=cursor)


def focus_or_zoom(view: View, panel: str) -> View:
    """Focus a panel, or switch the full screen when it has the focus already."""
    return zoom(view) if view.focus == panel else focus(view, panel)


def zoom(view: View) -> View:
    """The focused panel fills the screen, or no longer does."""
    return structs.replace(view, zoomed=not view.zoomed)


def leave(snapshot: Snapshot, view: View) -> Outcome:
    """One step back: from a jump on its way, the cursor, the full screen, the focus."""
    if snapshot.going is not None:
        return view, (CancelSeek(),)
    if view.cursor is not None:
        return structs.replace(view, cursor=None), ()
    if view.zoomed:
        return structs.replace(view, zoomed=False), ()
    return focus(view, "settings"), ()


def _next_panel(direction: int) -> Act:
    return _viewing(lambda snapshot, view: focus(view, PANELS[(PANELS.index(view.focus) + direction) % len(PANELS)]))


def _smoothing(direction: int) -> Act:
    return _viewing(
        lambda snapshot, view: structs.replace(view, smoothing=smoothing.turned(snapshot, view.smoothing, direction))
    )


def flip_axis(snapshot: Snapshot, view: View) -> View:
    """The other axis than the one that is shown; the choice ends where that is the one without it."""
    before, unchosen = shown_scale(snapshot, view), structs.replace(view, log_y_here=None)
    if shown_scale(snapshot, unchosen).logarithmic != before.logarithmic:
        return unchosen
    return structs.replace(view, log_y_here=not before.logarithmic)


def next_curve(snapshot: Snapshot, view: View) -> View:
    """Loss, accuracy where there is one, learning rate, and round."""
    return structs.replace(view, curve=curve_after(snapshot, view))


def weights_mode(snapshot: Snapshot, view: View) -> Outcome:
    """Weights, gradients, update, in a race what the arms differ in, the network, and round."""
    modes = tuple(mode for mode in WEIGHTS_MODES if mode != "difference" or snapshot.arms)
    place = modes.index(view.weights_mode) if view.weights_mode in modes else 0
    return structs.replace(view, weights_mode=modes[(place + 1) % len(modes)]), ()


def toggle_cursor(snapshot: Snapshot, view: View) -> Outcome:
    """Put the value cursor on the newest iteration, with the loss panel focused, or take it away."""
    if view.cursor is not None:
        return structs.replace(view, cursor=None), ()
    return structs.replace(view, focus="loss", cursor=snapshot.iteration), ()


def _move_cursor(direction: int) -> Act:
    def act(snapshot: Snapshot, view: View) -> Outcome:
        newest = snapshot.past.newest if snapshot.past else snapshot.iteration
        step = direction * max(1, newest // CURSOR_STEPS)
        at = snapshot.iteration if view.cursor is None else view.cursor
        return structs.replace(view, cursor=min(max(at + step, 0), newest)), ()

    return act


def seek_cursor(snapshot: Snapshot, view: View) -> Outcome:
    """Show the moment at the cursor."""
    return view, () if view.cursor is None else (Seek(view.cursor),)


def _item(direction: int) -> Act:
    """The next thing of the kind that the focused panel shows one of."""

    def act(snapshot: Snapshot, view: View) -> Outcome:
        if view.focus == "data":
            look = _next_neuron(snapshot, view.look, direction)
        elif view.focus == "step":
            # Those of the batch that the panel shows, which may be of another size than the next.
            examples = max(snapshot.step.batch_size if snapshot.step else snapshot.batch_size, 1)
            shown = snapshot.step.example if snapshot.step else 0
            chosen = shown if view.look.example is None else view.look.example
            look = structs.replace(view.look, example=(chosen + direction) % examples)
        else:
            layer = (snapshot.layer.index + direction) % max(snapshot.layer.count, 1)
            look = structs.replace(view.look, weights_layer=layer)
        return structs.replace(view, look=look), ()

    return act


def _next_neuron(snapshot: Snapshot, look: Look, direction: int) -> Look:
    """The network's answer, then every hidden unit of every layer, and round."""
    units = [
        None,
        *(NeuronAddress(i, j) for i, width in enumerate(snapshot.shape[1:-1]) for j in range(width)),
    ]
    index = units.index(look.neuron) if look.neuron in units else 0
    return structs.replace(look, neuron=units[(index + direction) % len(units)])


def _weight(direction: int) -> Act:
    """The next weight: along the inputs of a unit, its bias last, then unit by unit, layer by layer, and
    round."""

    def act(snapshot: Snapshot, view: View) -> Outcome:
        counts = [(fan_in + 1) * units for fan_in, units in zip(snapshot.shape, snapshot.shape[1:], strict=False)]
        followed = snapshot.step.weight if snapshot.step else WeightAddress(0, 0, 0)
        address = view.look.weight or followed
        layer = min(address.layer, len(counts) - 1)
        index = sum(counts[:layer]) + address.unit * (snapshot.shape[layer] + 1) + address.source
        index = (index + direction) % sum(counts)
        layer = 0
        while index >= counts[layer]:
            index -= counts[layer]
            layer += 1
        unit, source = divmod(index, snapshot.shape[layer] + 1)
        look = structs.replace(view.look, weight=WeightAddress(layer, source, unit))
        return structs.replace(view, look=look), ()

    return act


ACTIONS: dict[str, Act] = {
    "toggle": _sending(TogglePause()),
    "step": _sending(StepIterations(1)),
    "back": _sending(SeekRelative(-1)),
    "phase": _sending(StepPhase(1)),
    "phase_back": _sending(StepPhase(-1)),
    "epoch": _sending(StepEpoch()),
    "start": _sending(Seek(0)),
    "live": _sending(SeekLive()),
    "slower": slower,
    "faster": faster,
    "full_speed": full_speed,
    "slow_motion": slow_motion,
    "best": to_best,
    "fork": _sending(Fork()),
    "other_arm": _sending(FocusArm()),
    "drop_arm": _sending(DropArm()),
    "check_gradient": _sending(CheckGradient()),
    "restart": _sending(Restart()),
    "new_seed": new_seed,
    "fix": apply_fix,
    "setting_previous": _viewing(lambda snapshot, view: choose_setting(view, view.setting - 1)),
    "setting_next": _viewing(lambda snapshot, view: choose_setting(view, view.setting + 1)),
    "setting_less": step_setting("", -1),
    "setting_more": step_setting("", 1),
    "rate_up": step_setting(LEARNING_RATE, 1),
    "rate_down": step_setting(LEARNING_RATE, -1),
    "undo": _sending(Undo()),
    "redo": _sending(Redo()),
    **{
        f"focus_{panel}": _viewing(lambda snapshot, view, panel=panel: focus_or_zoom(view, panel))  # type: ignore[misc]
        for panel in PANELS
        if panel != "settings"
    },
    "zoom": _viewing(lambda snapshot, view: zoom(view)),
    "zoom_focused": _viewing(lambda snapshot, view: zoom(view)),
    "next_panel": _next_panel(1),
    "previous_panel": _next_panel(-1),
    "leave": leave,
    "log_y": _viewing(flip_axis),
    "next_curve": _viewing(next_curve),
    "smoother": _smoothing(1),
    "rougher": _smoothing(-1),
    "curve_smoother": _smoothing(1),
    "curve_rougher": _smoothing(-1),
    "numbers": _viewing(lambda snapshot, view: structs.replace(view, numbers=not view.numbers)),
    "weights_mode": weights_mode,
    "cursor": toggle_cursor,
    "cursor_left": _move_cursor(-1),
    "cursor_right": _move_cursor(1),
    "cursor_seek": seek_cursor,
    "next_item": _item(1),
    "previous_item": _item(-1),
    "item_left": _item(-1),
    "item_right": _item(1),
    "example_previous": _item(-1),
    "example_next": _item(1),
    "weight_previous": _weight(-1),
    "weight_next": _weight(1),
}
"""Action id of the keymap → what it does. Actions that are not here open a screen or act on the program."""
