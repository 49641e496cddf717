"""What the person has chosen to see: plain data that panels get beside the snapshot, changed only by keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

from msgspec import Struct

from tui_trainer.dashboard.keys.keymap import KEYMAP, KeyAction, key_sign
from tui_trainer.experiment.declared import Setting
from tui_trainer.telemetry import Command, Look, Notice, Snapshot

PANELS = ("loss", "weights", "gradients", "fit", "data", "step", "settings")
"""In the order of their keys; keys 1 to 6 name the first six, the settings list is the focus at the start."""

CHARTS = frozenset(PANELS) - {"settings"}
"""Panels that can wait when words are painted first."""

ONE_EPOCH, SMOOTHEST = 4, 10
"""The `View.smoothing` that is one epoch, and the largest."""

WeightsMode = Literal["weights", "gradients", "update", "difference", "network"]
WEIGHTS_MODES: tuple[WeightsMode, ...] = get_args(WeightsMode)
"""What the weights panel goes through; what two arms differ in, only in a race."""


CurveKind = Literal["loss", "accuracy", "learning_rate"]
CURVES: tuple[CurveKind, ...] = get_args(CurveKind)
"""What the loss panel goes through; accuracy only where answers are classes."""


class FooterKey(Struct, frozen=True):
    """One key of the footer with what it does where the focus is."""

    key: str
    """As it is shown: "space", "↑↓"."""
    label: str
    rank: int = 0
    """Where room is short, the largest rank leaves first; among equals the rightmost."""


class View(Struct, frozen=True, kw_only=True):
    """One state of the screen. `msgspec.structs.replace` makes the next one."""

    focus: str = "settings"
    zoomed: bool = False
    """Whether the focused panel fills the screen."""
    narrow: bool = False
    """Whether the screen has room for one panel only, and tabs."""
    log_y: bool | None = None
    """Whether axes of values are logarithmic, by the preferences; None leaves it to preset and picture."""
    log_y_here: bool | None = None
    """The same by a key, for this run and before all others."""
    turned: int | None = None
    """The run whose axis has once turned logarithmic by what was drawn; it stays so."""
    curve: CurveKind = "loss"
    """What the loss panel draws."""
    smoothing: int = ONE_EPOCH
    """How many epochs the smoothed line is a mean of: 1/8 for 1, twice as many for each more; 0 is no smoothing."""
    numbers: bool = False
    """Numbers instead of colours: in the weights panel and its diagram."""
    weights_mode: WeightsMode = "weights"
    cursor: int | None = None
    """Iteration at the loss curve's value cursor."""
    setting: int = 0
    """Index into `settings` of the chosen line."""
    settings: tuple[Setting, ...] = ()
    greyed: frozenset[str] = frozenset()
    """Actions that can do nothing now: the run cannot serve them, or there is nothing to act on."""
    look: Look = Look()
    """What the trainer is asked to picture: layer, example, weight, neuron."""
    pace_before: float = 20.0
    """Iterations a second to which `m` returns from full speed."""
    pace_before_slow: float | None = 20.0
    """The pace to which `a` returns from slow motion."""
    stood_before_slow: bool = False
    """Whether the run stood still before slow motion, to which `a` returns then."""
    stale: bool = False
    """True while the newest answer of the trainer is overdue (a long computation); the screen says so."""
    keymap: tuple[KeyAction, ...] = KEYMAP
    """The table of keys in force: the program's own, or with keys that the person has chosen."""

    def sign(self, action_id: str) -> str:
        """How the first key of an action is written, for texts that name it."""
        return next(key_sign(action.keys[0]) for action in self.keymap if action.id == action_id)

    def naming_keys(self, text: str) -> str:
        """`text` with the key of an action in place of its id in braces: "{toggle} goes on"."""
        return text.format_map({action.id: self.sign(action.id) for action in self.keymap})

    def in_words(self, notice: Notice) -> str:
        """What a run says, with the keys that hold for the actions that help: "arm B is given up; u brings it back"."""
        helps = (f"{self.sign(action)} {does}" for action, does in notice.actions)
        return "; ".join(filter(None, (notice.text, *helps)))


Outcome = tuple[View, tuple[Command, ...]]
"""What a key comes to: the next view, and commands for the run."""
Act = Callable[[Snapshot, View], Outcome]
