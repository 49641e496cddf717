"""What the person has chosen to see, and what keys make of it: plain data that panels get beside the snapshot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

from msgspec import Struct, structs

from tui_trainer.experiment.declared import Setting
from tui_trainer.telemetry import Command, Look, Notice, Snapshot

HOME = "settings"
"""The panel in focus at the start, and to which escape comes back."""

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

    action: str
    """Id of the action."""
    key: str
    """As it is shown: "space", "↑↓"."""
    label: str
    rank: int = 0
    """Where room is short, the largest rank leaves first; among equals the rightmost."""


class View(Struct, frozen=True, kw_only=True):
    """One state of the screen. `msgspec.structs.replace` makes the next one."""

    keymap: tuple[KeyAction, ...]
    """The keys in force: the program's own, or those that the person has chosen."""
    focus: str = HOME
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

    def sign(self, action_id: str) -> str:
        """How the first key of an action is written, for texts that name it."""
        return sign_of(action_id, self.keymap)

    def in_words(self, notice: Notice) -> str:
        """What a run says, with the keys that hold for the actions that help: "arm B is given up; u brings it back"."""
        helps = (f"{self.sign(action)} {does}" for action, does in notice.actions)
        return "; ".join(filter(None, (notice.text, *helps)))


Outcome = tuple[View, tuple[Command, ...]]
"""What a key comes to: the next view, and commands for the run."""
Act = Callable[[Snapshot, View], Outcome]
Words = Callable[[Snapshot, View], str]


def _no_words(snapshot: Snapshot, view: View) -> str:
    return ""


class KeyAction(Struct, frozen=True):
    """One thing that a person can do: its keys, what is said of it, and what it does."""

    id: str
    typed: str
    """The keys, parted by spaces. A printable one is its own character, others have Textual's name
    ("ctrl+c")."""
    label: str
    """A few words: help screen and palette."""
    help: str
    """A sentence for the help screen; two keys that are a pair have the same one and share its line."""
    group: str
    """Under which heading of the help it stands."""
    act: Act | None = None
    """What it does; None where it opens a screen or acts on the program, which is the app's."""
    own: str = ""
    """A sentence for the command palette where `help` is that of a pair; see `sentence`."""
    needs: str = ""
    """Capability of the run without which the action is greyed."""
    idle: Words = _no_words
    """Why it can do nothing now; "" where it can."""
    unseen: Words = _no_words
    """What it came to, from the snapshot before and the view after it, where no picture shows that; else ""."""
    where: tuple[str, ...] = ()
    """Whose the arrows must be (see `keys.arrows`) for the keys to mean this; empty for anybody's."""
    unless: tuple[str, ...] = ()
    """Whose they must not be."""
    footer: str = ""
    """The footer's word for it; empty for keys that only the help screen names."""
    footer_now: Callable[[Snapshot, View], tuple[str, int]] | None = None
    """The footer's word (or none) and rank where they depend on the moment."""
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

    def works_for(self, owner: str) -> bool:
        """Whether its keys mean this while the arrows are `owner`'s."""
        return (not self.where or owner in self.where) and owner not in self.unless


def sending(*commands: Command) -> Act:
    """The action that sends these commands."""
    return lambda snapshot, view: (view, commands)


def viewing(change: Callable[[Snapshot, View], View]) -> Act:
    """The action that changes nothing but what is seen."""
    return lambda snapshot, view: (change(snapshot, view), ())


def focus(view: View, panel: str) -> View:
    """Focus a panel; the value cursor leaves with the focus of the panel that it belongs to."""
    return structs.replace(view, focus=panel, cursor=view.cursor if panel == view.focus else None)


def zoom(view: View) -> View:
    """The focused panel fills the screen, or no longer does."""
    return structs.replace(view, zoomed=not view.zoomed)


_SIGNS = {"up": "↑", "down": "↓", "left": "←", "right": "→", "escape": "esc"}


def key_sign(key: str) -> str:
    """How a key is written for people: "↑", "esc", "."""
    return _SIGNS.get(key, key)


def sign_of(action_id: str, keymap: tuple[KeyAction, ...]) -> str:
    """How the first key of an action is written; "" of one that has none."""
    return next((key_sign(action.keys[0]) for action in keymap if action.id == action_id), "")
