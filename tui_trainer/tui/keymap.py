"""The one table of keys. What a key does, the footer, the help screen, the command palette and the README all
read it, so that none of them can promise a key that another does not have."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from tui_trainer.telemetry import Snapshot
from tui_trainer.tui.setting_values import can_step
from tui_trainer.tui.view import View

CURSOR = "cursor"
"""The place of arrows and enter while the loss panel's value cursor is out."""

LIST = ("settings", "fit")
"""Where arrows and enter work on the settings list: the fit panel has nothing of its own to choose."""

LAYERED = ("weights", "gradients", "data")
CURVE = ("loss", CURSOR)


class KeyAction(Struct, frozen=True):
    """One thing that a person can do, and the keys for it."""

    id: str
    typed: str
    """The keys, parted by spaces. A printable one is its own character, others have Textual's name
    ("ctrl+c")."""
    label: str
    """A few words: help screen and palette."""
    help: str
    """One sentence for someone who has never seen the program."""
    group: str
    needs: str = ""
    """Capability of the run without which the action is greyed."""
    where: tuple[str, ...] = ()
    """Places (see `place`) where the keys mean this; empty is everywhere. The first match in the table
    wins."""
    footer: str = ""
    """The footer's word for it; empty for keys that only the help screen names."""
    signs: str = ""
    """How the footer writes the keys, where one entry stands for a pair of them."""
    rank: int = 50
    """What the footer keeps when it has no room for all: the lowest."""
    everywhere: bool = False
    """Whether the key works also over every other screen, text fields included."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Each of the keys."""
        return tuple(self.typed.split())


# fmt: off
KEYMAP: tuple[KeyAction, ...] = (
    KeyAction("toggle", "space", "run / pause",
              "Let the training run, or hold it after the present iteration.",
              "time", needs="control", footer="run/pause", rank=1),
    KeyAction("step", ".", "one iteration",
              "Run one iteration (guess, measure, blame, fix on one mini-batch) and pause.",
              "time", needs="control", footer="step", rank=2),
    KeyAction("back", ",", "one iteration back",
              "Go back to the moment before the last iteration.",
              "time", needs="seek", footer="back", rank=12),
    KeyAction("phase", "p", "next phase",
              "Run the next of the four phases of an iteration and pause.",
              "time", needs="phases", footer="phase", rank=3),
    KeyAction("phase_back", "P", "one phase back",
              "Go back to the moment before the last phase.",
              "time", needs="seek"),
    KeyAction("epoch", "e", "one epoch",
              "Run to the end of the present epoch, when each example has been seen once more, and pause.",
              "time", needs="control", footer="epoch", rank=11),
    KeyAction("start", "home", "to the start",
              "Go back to the moment before the first iteration.",
              "time", needs="seek"),
    KeyAction("live", "end", "to the newest iteration",
              "Return from the past to where the training stands.",
              "time", needs="seek"),
    KeyAction("slower", "[ <", "slower",
              "Fewer iterations a second.",
              "time", needs="control", footer="speed", signs="[ ]", rank=6),
    KeyAction("faster", "] >", "faster",
              "More iterations a second.",
              "time", needs="control"),
    KeyAction("full_speed", "m", "full speed and back",
              "As many iterations a second as the machine can do; again for the speed before.",
              "time", needs="control", footer="full speed", rank=13),

    KeyAction("restart", "r", "restart",
              "Start again from the same seed: the same data and the same first weights.",
              "run", needs="control", footer="restart", rank=9),
    KeyAction("new_seed", "R", "restart with a new seed",
              "Start again with the next seed: other weights, another order, another draw of the data.",
              "run", needs="control"),
    KeyAction("fix", "f", "apply the proposed fix",
              "Change the settings as the verdict line proposes.",
              "run", needs="settings", footer="fix", rank=8),
    KeyAction("presets", "l", "presets",
              "Choose a lesson from the list.",
              "run", footer="presets", rank=5),

    KeyAction("setting_previous", "up", "setting above",
              "Choose the setting above.",
              "settings", where=LIST, footer="setting", signs="↑↓", rank=4),
    KeyAction("setting_next", "down", "setting below",
              "Choose the setting below.",
              "settings", where=LIST),
    KeyAction("setting_less", "left", "a step down",
              "Change the chosen setting a sensible step down, or to the choice before.",
              "settings", needs="settings", where=LIST, footer="change", signs="←→", rank=4),
    KeyAction("setting_more", "right", "a step up",
              "Change the chosen setting a sensible step up, or to the next choice.",
              "settings", needs="settings", where=LIST),
    KeyAction("setting_edit", "enter", "type a value",
              "Type a value for the chosen setting.",
              "settings", needs="settings", where=LIST, footer="type", rank=10),
    KeyAction("rate_up", "+ =", "learning rate up",
              "Raise the learning rate a step, whatever has the focus.",
              "settings", needs="settings", footer="learning rate", signs="+ -", rank=7),
    KeyAction("rate_down", "- _", "learning rate down",
              "Lower the learning rate a step, whatever has the focus.",
              "settings", needs="settings"),
    KeyAction("undo", "u", "undo",
              "Take the last change of a setting, restart or new seed back.",
              "settings", needs="settings", footer="undo", rank=14),
    KeyAction("redo", "U", "redo",
              "Do again what was undone.",
              "settings", needs="settings"),

    KeyAction("focus_loss", "1", "loss panel", "Focus the loss curve; again to fill the screen.", "panels"),
    KeyAction("focus_weights", "2", "weights panel",
              "Focus the weights; again to fill the screen.", "panels"),
    KeyAction("focus_gradients", "3", "gradients panel",
              "Focus the gradients; again to fill the screen.", "panels"),
    KeyAction("focus_fit", "4", "fit panel", "Focus the fit; again to fill the screen.", "panels"),
    KeyAction("focus_data", "5", "data panel", "Focus the data; again to fill the screen.", "panels"),
    KeyAction("focus_step", "6", "this step panel", "Focus this step; again to fill the screen.", "panels"),
    KeyAction("zoom", "z", "fill the screen",
              "Fill the screen with the focused panel, and back.",
              "panels", footer="zoom", rank=15),
    KeyAction("zoom_focused", "enter", "fill the screen",
              "Fill the screen with the focused panel, and back.",
              "panels", where=("loss", *LAYERED, "step")),
    KeyAction("next_panel", "tab", "next panel", "Focus the next panel.", "panels"),
    KeyAction("previous_panel", "shift+tab", "previous panel", "Focus the panel before.", "panels"),
    KeyAction("leave", "escape", "back",
              "Leave the cursor, then the full screen, then the panel for the settings.",
              "panels"),
    KeyAction("log_y", "y", "log y",
              "Draw the losses on a logarithmic or on a plain axis.",
              "panels", footer="log y", rank=16),
    KeyAction("smoother", "s", "smoother",
              "Smooth the line of the loss curve over a wider window.",
              "panels"),
    KeyAction("rougher", "S", "rougher",
              "Smooth the line of the loss curve over a narrower window.",
              "panels"),
    KeyAction("curve_smoother", "up", "smoother",
              "With the loss curve focused: smooth its line over a wider window.",
              "panels", where=CURVE, footer="smoothing", signs="↑↓", rank=4),
    KeyAction("curve_rougher", "down", "rougher",
              "With the loss curve focused: smooth its line over a narrower window.",
              "panels", where=CURVE),
    KeyAction("cursor", "c", "value cursor",
              "Read values from the loss curve: ← → move the cursor, esc leaves it.",
              "panels"),
    KeyAction("cursor_left", "left", "cursor to the left",
              "With the loss curve focused: move the value cursor to earlier iterations.",
              "panels", where=CURVE, footer="cursor", signs="←→", rank=4),
    KeyAction("cursor_right", "right", "cursor to the right",
              "With the loss curve focused: move the value cursor to later iterations.",
              "panels", where=CURVE),
    KeyAction("cursor_seek", "enter", "go to the cursor",
              "Show the moment at the value cursor of the loss curve.",
              "panels", needs="seek", where=(CURSOR,), footer="go there", rank=4),
    KeyAction("numbers", "v", "numbers",
              "Write the weights as numbers instead of colours.",
              "panels"),
    KeyAction("weights_mode", "w", "weights / gradients / update",
              "Show the weights, their gradients, or what the last update added.",
              "panels", footer="weights/gradients", rank=17),
    KeyAction("next_item", "n", "next layer, neuron or example",
              "The next layer (weights, gradients), hidden neuron (data) or example (this step).",
              "panels", footer="next layer", rank=18),
    KeyAction("previous_item", "N", "previous layer, neuron or example",
              "The layer, neuron or example before.",
              "panels"),
    KeyAction("item_left", "left up", "previous layer or neuron",
              "With weights, gradients or data focused: the layer or hidden neuron before.",
              "panels", where=LAYERED, footer="choose", signs="←→", rank=4),
    KeyAction("item_right", "right down", "next layer or neuron",
              "With weights, gradients or data focused: the next layer or hidden neuron.",
              "panels", where=LAYERED),
    KeyAction("example_previous", "left", "previous example",
              "With this step focused: follow the example of the mini-batch before.",
              "panels", where=("step",), footer="example", signs="←→", rank=4),
    KeyAction("example_next", "right", "next example",
              "With this step focused: follow the next example of the mini-batch.",
              "panels", where=("step",)),
    KeyAction("weight_previous", "up", "previous weight",
              "With this step focused: follow the weight before.",
              "panels", where=("step",), footer="weight", signs="↑↓", rank=4),
    KeyAction("weight_next", "down", "next weight",
              "With this step focused: follow the next weight.",
              "panels", where=("step",)),

    KeyAction("theme", "t", "theme", "The next colour theme.", "other", footer="theme", rank=19),
    KeyAction("palette", "ctrl+p", "command palette",
              "Find an action by typing a part of its name.",
              "other"),
    KeyAction("help", "? h", "help", "All keys, with what they do.", "other", footer="help", rank=0),
    KeyAction("quit", "q", "quit", "Leave the program.", "other", footer="quit", rank=0),
    KeyAction("quit_at_once", "ctrl+c", "quit",
              "Leave the program, from wherever you are.",
              "other", everywhere=True),
    KeyAction("suspend", "ctrl+z", "suspend",
              "Go to the shell; its command fg comes back.",
              "other", everywhere=True),
)
# fmt: on

_SIGNS = {"up": "↑", "down": "↓", "left": "←", "right": "→", "escape": "esc", "shift+tab": "⇧tab"}


def key_sign(key: str) -> str:
    """How a key is written for people: "↑", "esc", "."""
    return _SIGNS.get(key, key)


def place(view: View) -> str:
    """What the arrows and enter belong to: the focused panel, or CURSOR while the value cursor is out."""
    return CURSOR if view.focus == "loss" and view.cursor is not None else view.focus


def action_for(key: str, view: View) -> KeyAction | None:
    """The action that `key` means at this moment, greyed or not; None for a key that means nothing."""
    here = place(view)
    for action in KEYMAP:
        if key in action.keys and (not action.where or here in action.where):
            return action
    return None


def footer_actions(view: View) -> tuple[KeyAction, ...]:
    """The actions that the footer names at this moment, in the order of the table."""
    here = place(view)
    return tuple(a for a in KEYMAP if a.footer and (not a.where or here in a.where))


def greyed_actions(snapshot: Snapshot, view: View, capabilities: Iterable[str]) -> frozenset[str]:
    """Ids of the actions that can do nothing now: the run lacks the capability, or there is nothing to act
    on."""
    having = frozenset(capabilities)
    off = {action.id for action in KEYMAP if action.needs and action.needs not in having}
    if not snapshot.can_undo:
        off.add("undo")
    if not snapshot.can_redo:
        off.add("redo")
    if not snapshot.findings or not snapshot.findings[0].remedies:
        off.add("fix")
    if snapshot.past is None:
        off.add("live")
    if "optimizer.learning_rate" not in snapshot.settings:
        off |= {"rate_up", "rate_down"}
    if not view.settings:
        off |= {"setting_previous", "setting_next", "setting_less", "setting_more", "setting_edit"}
    elif not can_step(setting := view.settings[view.setting], snapshot.settings[setting.key]):
        off |= {"setting_less", "setting_more"}
    return frozenset(off)


_LACKING = {
    "control": "this run goes its own way",
    "phases": "this run cannot stop within an iteration",
    "settings": "the settings of this run cannot be changed",
    "seek": "this run cannot go back in time",
}
_NOTHING = {
    "undo": "there is nothing to undo",
    "redo": "there is nothing to redo",
    "fix": "the verdict proposes nothing",
    "live": "this is the newest iteration",
}


def why_greyed(action: KeyAction, capabilities: Iterable[str]) -> str:
    """Why an action that is greyed can do nothing, for a person."""
    if action.needs and action.needs not in capabilities:
        return _LACKING[action.needs]
    return _NOTHING.get(action.id, "not for this setting; enter types a value")
