"""What a key means at this moment: which action of the view's table it stands for, which ones the footer names, and
which can do nothing now, and why."""

from __future__ import annotations

from collections.abc import Iterable

from tui_trainer.dashboard import smoothing
from tui_trainer.dashboard.keys.keymap import CURSOR, FIT_ALONE, KeyAction, key_sign
from tui_trainer.dashboard.keys.rebinding import is_key
from tui_trainer.dashboard.panels.accuracy_curve import has_accuracy
from tui_trainer.dashboard.panels.curve import curve_after
from tui_trainer.dashboard.proposal import proposed
from tui_trainer.dashboard.setting_values import can_step, in_force
from tui_trainer.dashboard.time_keys import PACES, best_moment, broke
from tui_trainer.dashboard.view import View
from tui_trainer.drawing.charts.numbers import count
from tui_trainer.setting import LEARNING_RATE
from tui_trainer.telemetry import DecisionMap, Snapshot, Status

_OWN_KEYS = {"weights": ("weights_mode", "numbers"), "loss": ("log_y", "next_curve")}
"""Actions of one panel, whose keys work everywhere."""
_OF_PANEL = 5
"""The rank of those while it is in focus."""


def place(view: View) -> str:
    """What the arrows and enter belong to: the focused panel, or CURSOR while the value cursor is out."""
    if view.focus == "fit" and (view.zoomed or view.narrow):
        return FIT_ALONE
    return CURSOR if view.focus == "loss" and view.cursor is not None else view.focus


def action_for(key: str, view: View) -> KeyAction | None:
    """The action that `key` means at this moment, greyed or not; None for a key that means nothing."""
    here = place(view)
    for action in view.keymap:
        if key in action.keys and (not action.where or here in action.where):
            return action
    return None


def footer_word(action: KeyAction, snapshot: Snapshot, view: View) -> tuple[str, int]:
    """The footer's word for an action at this moment, and its rank: where a run broke, there is little else to do, and
    a panel's own keys go before the others while it is in focus."""
    if action.id == "fix" and broke(snapshot):
        return "rescue", 1
    if action.id == "next_curve":
        word = curve_after(snapshot, view).replace("_", " ")
        return word, _OF_PANEL if view.focus == "loss" else action.rank
    if action.id == "undo" and snapshot.undo_leads_to is not None:
        return f"undo, to {count(snapshot.undo_leads_to)}", action.rank
    return action.footer, _OF_PANEL if action.id in _OWN_KEYS.get(view.focus, ()) else action.rank


def footer_actions(view: View) -> tuple[KeyAction, ...]:
    """The actions that the footer names at this moment, in the order of the table."""
    here = place(view)
    shown = tuple(a for a in view.keymap if a.footer and (not a.where or here in a.where))
    return shown if view.narrow else tuple(a for a in shown if a.id != "next_panel")


def greyed_actions(snapshot: Snapshot, view: View, capabilities: Iterable[str]) -> frozenset[str]:
    """Ids of the actions that can do nothing now: the run lacks the capability, or there is nothing to act
    on."""
    having = frozenset(capabilities)
    off = {action.id for action in view.keymap if action.needs and action.needs not in having}
    if not snapshot.can_undo:
        off.add("undo")
    if not snapshot.can_redo:
        off.add("redo")
    if not broke(snapshot) and proposed(snapshot) is None:
        off.add("fix")
    if snapshot.autopsy is not None:
        off.add("check_gradient")
    if is_lost(snapshot):
        off |= ONWARDS
    if not snapshot.iteration and snapshot.phase is None and snapshot.going is None:
        off |= BACKWARDS
    if snapshot.past is None:
        off.add("live")
    if best_moment(snapshot) in (None, snapshot.iteration):
        off.add("best")
    if not snapshot.arms:
        off |= {"other_arm", "drop_arm"}
    if not _has_others(snapshot, view):
        off |= CHOOSING
    if view.curve != "loss":
        off |= SMOOTHING
    if view.curve == "accuracy" and view.focus not in ("gradients", "fit"):
        off.add("log_y")
    if view.focus == "step" and snapshot.step is None:
        off |= FOLLOWING
    if LEARNING_RATE not in snapshot.settings:
        off |= {"rate_up", "rate_down"}
    if not view.settings:
        off |= {"setting_previous", "setting_next", "setting_less", "setting_more", "setting_edit"}
    elif not can_step(setting := view.settings[view.setting], in_force(snapshot, setting.key)):
        off |= {"setting_less", "setting_more"}
    return frozenset(off)


def is_lost(snapshot: Snapshot) -> bool:
    """Whether nothing can come after this moment: the run has diverged, in a race all arms have."""
    return broke(snapshot) and all(arm.status is Status.DIVERGED for arm in snapshot.arms)


ONWARDS = frozenset({"toggle", "step", "phase", "epoch", "slow_motion"})
"""Actions that go on from where the run stands."""
BACKWARDS = frozenset({"back", "phase_back", "start"})
CHOOSING = frozenset({"item_left", "item_right", "next_item", "previous_item", "example_previous", "example_next"})
"""Actions that choose a layer, the neuron whose map is shown, or an example."""
SMOOTHING = frozenset({"smoother", "rougher", "curve_smoother", "curve_rougher"})
FOLLOWING = frozenset({"weight_previous", "weight_next"})
"""Actions that choose the weight whose step is told."""


def _has_others(snapshot: Snapshot, view: View) -> bool:
    """Whether the focused panel could show another layer, neuron or example than it does."""
    if view.focus == "data":
        return isinstance(snapshot.picture, DecisionMap)
    if view.focus == "step":
        return snapshot.step is not None and snapshot.step.batch_size > 1
    return snapshot.layer.count > 1 and (view.focus, view.weights_mode) != ("weights", "network")


def unseen(action: KeyAction, snapshot: Snapshot, view: View) -> str:
    """What an action comes to, where no picture says it; else "". `snapshot`: before it; `view`: after it."""
    if action.id == "slower" and snapshot.pace == PACES[0]:
        return "this is the slowest pace: a phase a second"
    if action.id == "faster" and snapshot.pace is None:
        return "this is full speed already"
    if action.id == "next_curve" and view.curve == "learning_rate" and not has_accuracy(snapshot):
        return "there is no accuracy: only answers that are classes can be right"
    if action.id not in SMOOTHING:
        return ""
    if snapshot.arms:
        return "a race draws evaluations, which are not smoothed; only the batches behind them are, full screen"
    return f"smoothing: {smoothing.words(snapshot, smoothing.window(snapshot, view.smoothing))[0]}"


def does_nothing(key: str, view: View) -> str:
    """That a key means nothing here, and where those stand that do. "" for one with control held, and for what is no
    key of the table at all (shift alone, a key for music): nobody meant that for a command."""
    if not is_key(key) or key.startswith("ctrl+"):
        return ""
    return f"{key_sign(key)} does nothing here · {view.sign('help')} lists the keys"


_LACKING = {
    "control": "this run goes its own way",
    "phases": "this run cannot stop within an iteration",
    "settings": "the settings of this run cannot be changed",
    "seek": "this run cannot go back in time",
    "arms": "this run cannot be forked",
    "gradient_check": "this run cannot check its gradient",
}
_NO_STEP = "there is no step yet; {step} makes one"
_NOTHING = {
    "undo": "there is nothing to undo",
    "redo": "there is nothing to redo",
    "fix": "nothing to mend, the verdict proposes nothing",
    "check_gradient": "here the loss is no finite number",
    "live": "this is the newest iteration",
    **dict.fromkeys(ONWARDS, "diverged, nothing comes after; {back} goes back, {fix} mends"),
    **dict.fromkeys(BACKWARDS, "this is the start"),
    **dict.fromkeys(FOLLOWING, _NO_STEP),
    "best": "this is the best evaluation so far",
    "log_y": "accuracies have a plain axis; {next_curve} goes on",
    **dict.fromkeys(SMOOTHING, "only the loss is smoothed; {next_curve} goes on to it"),
    "other_arm": "there is one arm only; {fork} forks it",
    "drop_arm": "there is one arm only; {fork} forks it",
}


def why_greyed(action: KeyAction, view: View, capabilities: Iterable[str]) -> str:
    """What cannot be done now and why, for a person."""
    if action.needs and action.needs not in capabilities:
        return f"{action.label}: {_LACKING[action.needs]}"
    if action.id in CHOOSING:
        return f"{action.label}: {view.naming_keys(_no_others(view))}"
    if action.id in _NOTHING:
        return f"{action.label}: {view.naming_keys(_NOTHING[action.id])}"
    label = view.settings[view.setting].label if view.settings else "settings"
    return f"{label}: press {view.sign('setting_edit')} to type a value"


def _no_others(view: View) -> str:
    """Why the focused panel has nothing to choose from."""
    if view.focus == "weights" and view.weights_mode == "network":
        return "the network is shown with all its layers"
    if view.focus == "data":
        return "there are no maps of neurons to choose from here"
    if view.focus == "step":
        return _NO_STEP if view.greyed >= FOLLOWING else "the batch has one example only"
    return "the network has one layer only"
