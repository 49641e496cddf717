"""The one table of keys. What a key does, the footer, the help screen, the command palette and the README all
read it, so that none of them can promise a key that another does not have. What a key means where and when is
in `key_meaning`."""

from __future__ import annotations

from msgspec import Struct

CURSOR = "cursor"
"""The place of arrows and enter while the loss panel's value cursor is out."""

FIT_ALONE = "fit alone"
"""The place of arrows and enter while nothing is seen but the fit panel, which has nothing to choose."""

LIST = ("settings", "fit")
"""Where arrows work on the settings list: the fit panel has nothing of its own to choose."""

LAYERED = ("weights", "gradients", "data")
CURVE = ("loss", CURSOR)

FOCUS_HELP = "Focus a panel; again to fill the screen."


class KeyAction(Struct, frozen=True):
    """One thing that a person can do, and the keys for it."""

    id: str
    typed: str
    """The keys, parted by spaces. A printable one is its own character, others have Textual's name
    ("ctrl+c")."""
    label: str
    """A few words: help screen and palette."""
    help: str
    """A sentence for the help screen; two keys that are a pair have the same one and share its line."""
    group: str
    own: str = ""
    """A sentence for the command palette where `help` is that of a pair; see `sentence`."""
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
    def sentence(self) -> str:
        """What this action does, and no other one."""
        return self.own or self.help

    @property
    def keys(self) -> tuple[str, ...]:
        """Each of the keys."""
        return tuple(self.typed.split())


# fmt: off
KEYMAP: tuple[KeyAction, ...] = (
    KeyAction("toggle", "space", "run / pause", "Let the training run, or hold it.",
              "time", needs="control", footer="run/pause", rank=1),
    KeyAction("step", ".", "one iteration", "One iteration: guess, measure, blame, fix.",
              "time", needs="control", footer="step", rank=2),
    KeyAction("back", ",", "one iteration back", "To the weights before the last iteration.",
              "time", needs="seek", footer="back", rank=12),
    KeyAction("phase", "p", "next phase", "The next of an iteration's four phases, or back.",
              "time", needs="phases", footer="phase", rank=4, own="The next of an iteration's four phases."),
    KeyAction("phase_back", "P", "one phase back", "The next of an iteration's four phases, or back.",
              "time", needs="seek", own="Back to the phase before."),
    KeyAction("epoch", "e", "one epoch", "To the end of the epoch: all data seen once more.",
              "time", needs="control", footer="epoch", rank=11),
    KeyAction("start", "home", "to the start", "Back to the moment before the first iteration.",
              "time", needs="seek"),
    KeyAction("live", "end", "to the newest iteration", "From the past to the newest iteration.",
              "time", needs="seek"),
    KeyAction("slower", "[ <", "slower", "Slower, faster.",
              "time", needs="control", footer="speed", signs="[ ]", rank=6, own="Fewer iterations a second."),
    KeyAction("faster", "] >", "faster", "Slower, faster.",
              "time", needs="control", own="More iterations a second."),
    KeyAction("full_speed", "m", "full speed and back", "As fast as the machine can, and back.",
              "time", needs="control", footer="full speed", rank=13),
    KeyAction("slow_motion", "a", "slow motion", "Play guess, measure, blame, fix one by one, and back.",
              "time", needs="phases", footer="slow motion", rank=12),
    KeyAction("best", "B", "to the best evaluation", "Back to the best evaluation (or the last finite iteration).",
              "time", needs="seek", footer="best", rank=18),

    KeyAction("restart", "r", "restart", "Start again: the same data and first weights.",
              "run", needs="control", footer="restart", rank=9),
    KeyAction("new_seed", "R", "restart with a new seed", "Start again with other data and weights.",
              "run", needs="control"),
    KeyAction("fork", "b", "fork here", "Another arm from this moment: same weights and batches.",
              "run", needs="arms", footer="fork", rank=10),
    KeyAction("other_arm", "o", "other arm", "Look at the other arm of a race; give it up.",
              "run", needs="arms", footer="other arm", rank=4, own="Look at the other arm of a race."),
    KeyAction("drop_arm", "O", "give this arm up", "Look at the other arm of a race; give it up.",
              "run", needs="arms", own="Give up the arm that you look at."),
    KeyAction("presets", "l", "presets", "Choose a lesson from the list.",
              "run", footer="presets", rank=2),
    KeyAction("fix", "f", "apply the proposed fix", "Change what the verdict line proposes.",
              "run", needs="settings", footer="fix", rank=8),
    KeyAction("check_gradient", "G", "check the gradient", "Check the blame against the real slope of the loss.",
              "run", needs="gradient_check", footer="check blame", rank=20),
    KeyAction("rate_up", "+ =", "learning rate up", "Learning rate up, down.",
              "run", needs="settings", footer="learning rate", signs="+ -", rank=7,
              own="A sensible step up, from anywhere."),
    KeyAction("rate_down", "- _", "learning rate down", "Learning rate up, down.",
              "run", needs="settings", own="A sensible step down, from anywhere."),
    KeyAction("undo", "u", "undo", "Undo, redo a setting, restart, fork or lesson.",
              "run", needs="settings", footer="undo", rank=14, own="Undo a setting, restart, fork or lesson."),
    KeyAction("redo", "U", "redo", "Undo, redo a setting, restart, fork or lesson.",
              "run", needs="settings", own="Redo what was undone."),

    KeyAction("setting_previous", "up", "setting above", "Settings: choose one.",
              "focus", where=LIST, footer="setting", signs="↑↓", rank=4, own="Settings: choose the one above."),
    KeyAction("setting_next", "down", "setting below", "Settings: choose one.",
              "focus", where=LIST, own="Settings: choose the one below."),
    KeyAction("setting_less", "left", "setting a step down", "Settings: change it by a sensible step.",
              "focus", needs="settings", where=LIST, footer="change", signs="←→", rank=4,
              own="Settings: a sensible step down."),
    KeyAction("setting_more", "right", "setting a step up", "Settings: change it by a sensible step.",
              "focus", needs="settings", where=LIST, own="Settings: a sensible step up."),
    KeyAction("setting_edit", "enter", "type a value", "Settings: type a value.",
              "focus", needs="settings", where=("settings",), footer="type", rank=10),
    KeyAction("curve_smoother", "up", "smoother", "Loss: a smoother, a rougher line.",
              "focus", where=CURVE, footer="smoothing", signs="↑↓", rank=4, own="Loss: a smoother line."),
    KeyAction("curve_rougher", "down", "rougher", "Loss: a smoother, a rougher line.",
              "focus", where=CURVE, own="Loss: a rougher line."),
    KeyAction("cursor_left", "left", "cursor to the left", "Loss: move the value cursor.",
              "focus", where=CURVE, footer="cursor", signs="←→", rank=4, own="Loss: move the value cursor back."),
    KeyAction("cursor_right", "right", "cursor to the right", "Loss: move the value cursor.",
              "focus", where=CURVE, own="Loss: move the value cursor on."),
    KeyAction("cursor_seek", "enter", "go to the cursor", "Loss: go to the moment at the cursor.",
              "focus", needs="seek", where=(CURSOR,), footer="go there", rank=4),
    KeyAction("item_left", "left up", "previous layer or neuron", "Weights, gradients: layer. Data: neuron.",
              "focus", where=LAYERED, footer="choose", signs="←→", rank=4,
              own="Weights, gradients: layer before. Data: neuron."),
    KeyAction("item_right", "right down", "next layer or neuron", "Weights, gradients: layer. Data: neuron.",
              "focus", where=LAYERED, own="Weights, gradients: next layer. Data: neuron."),
    KeyAction("example_previous", "left", "previous example", "This step: another example of the batch.",
              "focus", where=("step",), footer="example", signs="←→", rank=4, own="This step: the example before."),
    KeyAction("example_next", "right", "next example", "This step: another example of the batch.",
              "focus", where=("step",), own="This step: the next example."),
    KeyAction("weight_previous", "up", "previous weight", "This step: another weight.",
              "focus", where=("step",), footer="weight", signs="↑↓", rank=4, own="This step: the weight before."),
    KeyAction("weight_next", "down", "next weight", "This step: another weight.",
              "focus", where=("step",), own="This step: the next weight."),
    KeyAction("zoom_focused", "enter", "fill the screen", "Other panels: fill the screen, and back.",
              "focus", where=("loss", *LAYERED, "step", "fit", FIT_ALONE)),

    KeyAction("focus_loss", "1", "loss panel", FOCUS_HELP, "panels"),
    KeyAction("focus_weights", "2", "weights panel", FOCUS_HELP, "panels"),
    KeyAction("focus_gradients", "3", "gradients panel", FOCUS_HELP, "panels"),
    KeyAction("focus_fit", "4", "fit panel", FOCUS_HELP, "panels"),
    KeyAction("focus_data", "5", "data panel", FOCUS_HELP, "panels"),
    KeyAction("focus_step", "6", "this step panel", FOCUS_HELP, "panels"),
    KeyAction("zoom", "z", "fill the screen", "Fill the screen with the panel, and back.",
              "panels", footer="zoom", rank=15),
    KeyAction("next_panel", "tab", "next panel", "The next panel.", "panels", footer="panel", rank=3),
    KeyAction("previous_panel", "shift+tab", "previous panel", "The panel before.", "panels"),
    KeyAction("leave", "escape", "back", "Back: out of cursor, full screen, panel.", "panels"),
    KeyAction("next_curve", "L", "loss / accuracy / learning rate", "Loss panel: loss, accuracy, learning rate.",
              "panels", footer="accuracy", rank=16),
    KeyAction("log_y", "y", "log y", "A logarithmic or a plain axis, for this run.",
              "panels", footer="log y", rank=16),
    KeyAction("smoother", "s", "smoother", "A smoother, a rougher loss curve.", "panels", own="A smoother loss curve."),
    KeyAction("rougher", "S", "rougher", "A smoother, a rougher loss curve.", "panels", own="A rougher loss curve."),
    KeyAction("cursor", "c", "value cursor", "Read values from the curve of the loss panel.", "panels"),
    KeyAction("weights_mode", "w", "weights / gradients / update / network",
              "Weights, gradients, update, how arms differ, network.", "panels", footer="weights/network", rank=17),
    KeyAction("numbers", "v", "numbers", "Weights as numbers, not colours, for this run.",
              "panels", footer="numbers", rank=19),
    KeyAction("next_item", "n", "next layer, neuron or example", "Next, previous layer, neuron or example.",
              "panels", footer="next layer", rank=18, own="The next one in the focused panel."),
    KeyAction("previous_item", "N", "previous layer, neuron or example",
              "Next, previous layer, neuron or example.", "panels", own="The one before in the focused panel."),

    KeyAction("theme", "t", "theme", "The next colour theme.", "other", footer="theme", rank=19),
    KeyAction("palette", "ctrl+p", "command palette", "Find an action by its name.", "other"),
    KeyAction("help", "? h", "help", "This list.", "other", footer="help", rank=0),
    KeyAction("quit", "q", "quit", "Leave the program.", "other", footer="quit", rank=0),
    KeyAction("repaint", "ctrl+l", "paint anew", "Paint all anew: something else wrote over it.",
              "other", everywhere=True),
    KeyAction("quit_at_once", "ctrl+c", "quit", "Leave the program, wherever you are.",
              "other", everywhere=True),
    KeyAction("suspend", "ctrl+z", "suspend", "To the shell; its command fg comes back.",
              "other", everywhere=True),
)
# fmt: on

_SIGNS = {"up": "↑", "down": "↓", "left": "←", "right": "→", "escape": "esc"}


def key_sign(key: str) -> str:
    """How a key is written for people: "↑", "esc", "."""
    return _SIGNS.get(key, key)
