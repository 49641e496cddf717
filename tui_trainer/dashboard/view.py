"""What the person has chosen to see, and how keys change it: plain data that panels get beside the snapshot."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Literal, get_args

from msgspec import Struct, structs

from tui_trainer.experiment.declared import Setting
from tui_trainer.lessons.walk import Walk
from tui_trainer.telemetry import Command, EarlierRun, Notice, PictureRequest, Snapshot, WeightAddress

LEFT_AS_IT_IS = "this lesson leaves it as it is"
"""Of a setting that may not be changed."""

LOSS, FIT, GRADIENTS, DATA, WEIGHTS, STEP = "loss", "fit", "gradients", "data", "weights", "step"
"""Ids of panels."""
HOME = "settings"
"""The panel with the focus at the start, to which escape returns."""

PROPOSAL = "proposal"
"""The owner of enter and escape while a fix is proposed."""

OF_PANEL = 5
"""The rank in the footer of the focused panel's own keys."""

ONE_EPOCH, SMOOTHEST = 4, 10
"""The `View.smoothing` that is one epoch, and the largest."""

WeightsMode = Literal["weights", "gradients", "update", "difference", "network"]
WEIGHTS_MODES: tuple[WeightsMode, ...] = get_args(WeightsMode)
"""The modes of the weights panel; the difference between arms only in a race."""


CurveKind = Literal["loss", "accuracy", "learning_rate"]
CURVES: tuple[CurveKind, ...] = get_args(CurveKind)
"""The curves of the loss panel; accuracy only where the network predicts classes."""


class PhraseNumber(Struct, frozen=True):
    """A point of an embedding, counted from 0; the person's own text comes after the others."""

    number: int


Cursor = int | tuple[float, float] | WeightAddress | PhraseNumber
"""An iteration of a curve; a point of a map, as raw inputs, or of a fitted curve, as input and value; a weight; a
phrase."""


class FooterKey(Struct, frozen=True):
    """One key of the footer, with its present meaning."""

    action: str
    key: str
    """As the footer writes it: "space", "↑↓"."""
    label: str
    rank: int = 0
    """Where room is short, the largest rank is left out first; among equals the rightmost."""


class Introduction(Struct, frozen=True):
    """What a run is about, for a person who has just opened it."""

    question: str
    watch: str = ""
    """What to watch while it runs."""
    is_read: bool = False
    """Whether a person has had time for the question, so that one line may tell what to watch instead."""


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
    """Whether axes of values are logarithmic, by the preferences; None leaves it to the preset and the data."""
    log_y_here: bool | None = None
    """The same by a key: for this run, and before all other choices."""
    turned: int | None = None
    """The run whose axis once turned logarithmic because of its data; it stays so."""
    curve: CurveKind = "loss"
    """The curve that the loss panel draws."""
    smoothing: int = ONE_EPOCH
    """The window of the smoothed line in epochs: 1/8 for 1, doubled by each more; 0 is no smoothing."""
    numbers: bool = False
    """Numbers instead of colours: in the weights panel and its diagram."""
    weights_mode: WeightsMode = "weights"
    blamed: int | None = None
    """The layers, counted from the output, that the blame has reached while the diagram shows it on its way back; None
    shows it in all."""
    cursor: Cursor | None = None
    """What the focused panel's cursor is on; None while it is not out."""
    values_from: int = 0
    """The first character that a list of examples shows of their values while the cursor is out."""
    setting: int = 0
    """Index into `settings` of the chosen line."""
    settings: tuple[Setting, ...] = ()
    without_settings: bool = False
    """Whether the list of settings is hidden."""
    greyed: frozenset[str] = frozenset()
    """Actions that can do nothing now: the run cannot serve them, or there is nothing to act on."""
    request: PictureRequest = PictureRequest()
    """What the trainer should picture: layer, example, weight, neuron."""
    pace_before: float = 20.0
    """Iterations a second to which `m` returns from full speed."""
    pace_before_slow: float | None = 20.0
    """The pace to which `a` returns from slow motion."""
    stood_before_slow: bool = False
    """Whether the run was paused before slow motion, and pauses again when `a` ends it."""
    introduction: Introduction | None = None
    """Shown in the verdict's place until the first key, or for some seconds."""
    is_new: bool = False
    """Whether a line tells a person who is new to the program where to begin."""
    lesson: Walk | None = None
    """Where the person is in a lesson; None outside of one."""
    left: tuple[str, str] | None = None
    """What goes on with the lesson that was just left, in words, and how it is opened."""
    awaits: str = ""
    """Id of the action whose key the lesson waits for; "" where it waits for none."""
    locked: frozenset[str] = frozenset()
    """Keys of settings that the lesson does not let a person change."""
    is_proposing: bool = False
    """Whether the run proposes a fix."""
    earlier: tuple[EarlierRun, ...] = ()
    """The earlier runs of the preset that stand behind the loss curve."""
    stale: bool = False
    """Whether the trainer's newest snapshot is overdue (a long computation); the screen says so."""

    @property
    def iteration_at_cursor(self) -> int | None:
        return self.cursor if isinstance(self.cursor, int) else None

    @property
    def is_closed_case(self) -> bool:
        """Whether a case hides its settings, and the panels that were not opened yet."""
        return self.lesson is not None and self.lesson.is_closed_case

    @property
    def held_settings(self) -> frozenset[str]:
        """Dotted keys of the settings whose values a question of a lesson holds back."""
        return frozenset() if self.lesson is None else self.lesson.held_settings

    def has_place(self, panel: str) -> bool:
        """Whether a panel may be on the screen: a step of a lesson may speak of some panels only, until another one is
        focused, and the list of settings can be put away, as it is while a case keeps it closed."""
        only = () if self.lesson is None else self.lesson.panels
        if self.focus in only:
            return panel in only
        return panel in (self.focus, *only) or panel != HOME or not (self.without_settings or self.is_closed_case)

    @property
    def stage(self) -> str:
        """What the lesson waits for; "" outside of one."""
        return "" if self.lesson is None else self.lesson.stage

    def sign(self, action_id: str) -> str:
        """The first key of an action as texts write it."""
        return sign_of(action_id, self.keymap)

    def in_words(self, notice: Notice) -> str:
        """A notice, with the keys of the actions that help: "arm B is given up; u brings it back"."""
        helps = (f"{self.sign(action)} {does}" for action, does in notice.actions)
        return "; ".join(filter(None, (notice.text, *helps)))


Reply = tuple[View, tuple[Command, ...]]
"""The effect of a key: the next view, and commands for the run."""
Act = Callable[[Snapshot, View], Reply]
Words = Callable[[Snapshot, View], str]


def no_words(snapshot: Snapshot, view: View) -> str:
    """Nothing to say."""
    return ""


class KeyAction(Struct, frozen=True, cache_hash=True):
    """One thing that a person can do: its keys, its words, its effect."""

    id: str
    typed: str
    """The keys, separated by spaces. A printable one is its own character, others have Textual's name ("ctrl+c")."""
    label: str
    """A few words: help screen and palette."""
    help: str
    """A sentence for the help screen; a pair of keys has one sentence and shares its line."""
    group: str
    """Its heading in the help."""
    act: Act | None = None
    """Its effect; None where it opens a screen or acts on the program, which the app does."""
    own: str = ""
    """A sentence for the command palette where `help` is that of a pair; see `sentence`."""
    needs: str = ""
    """The capability of the run without which the action is greyed out."""
    idle: Words = no_words
    """Why it can do nothing at the moment; "" where it can."""
    unseen: Words = no_words
    """Its result in words, from the snapshot before and the view after it, where no picture shows it; else ""."""
    where: tuple[str, ...] = ()
    """Owners of the arrows (see `keys.arrows`) with which the keys mean this; empty for any."""
    unless: tuple[str, ...] = ()
    """Owners with which they do not."""
    during: tuple[str, ...] = ()
    """Stages of a lesson during which its keys mean this, before anything else; empty for any time."""
    tells: Literal["", "answer", "cure", "settings"] = ""
    """What it would tell too early in a lesson: the answer to an open question, that and the cure of a case, or
    the settings of a case whose cause is still to be named."""
    moves: bool = False
    """Whether it leads the run to another moment: before an answer that would show it, and the reveal speaks of this
    moment."""
    footer: str = ""
    """Its word in the footer; "" for keys that only the help names."""
    footer_now: Callable[[Snapshot, View], tuple[str, int]] | None = None
    """Its word (or none) and rank in the footer, where they depend on the moment."""
    signs: str = ""
    """The footer's text for the keys, where one entry stands for a pair of them."""
    rank: int = 50
    """Its rank in the footer, which keeps the lowest when it has no room for all."""
    everywhere: bool = False
    """Whether the key also works over every other screen, text fields included."""

    @property
    def sentence(self) -> str:
        """Its sentence, different from that of every other action."""
        return self.own or self.help

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(self.typed.split())

    def works_for(self, owner: str, stage: str = "") -> bool:
        """Whether its keys mean this while `owner` has the arrows, at this stage of a lesson."""
        at_stage = not self.during or stage in self.during
        return at_stage and (not self.where or owner in self.where) and owner not in self.unless


def sending(*commands: Command) -> Act:
    """An effect that sends these commands."""
    return lambda snapshot, view: (view, commands)


def viewing(change: Callable[[Snapshot, View], View]) -> Act:
    """An effect that changes only the view."""
    return lambda snapshot, view: (change(snapshot, view), ())


def focus(view: View, panel: str) -> View:
    """Focus a panel; a cursor goes with the focus of its panel."""
    hidden = view.without_settings and panel != HOME
    return structs.replace(
        view, focus=panel, without_settings=hidden, cursor=view.cursor if panel == view.focus else None
    )


def zoom(view: View) -> View:
    """The focused panel fills the screen, or no longer does."""
    return structs.replace(view, zoomed=not view.zoomed)


_SIGNS = {"up": "↑", "down": "↓", "left": "←", "right": "→", "escape": "esc"}


def key_sign(key: str) -> str:
    """A key as people write it: "↑", "esc", "."."""
    return _SIGNS.get(key, key)


@lru_cache(maxsize=256)
def sign_of(action_id: str, keymap: tuple[KeyAction, ...]) -> str:
    """The first key of an action as people write it; "" where it has none."""
    return next((key_sign(action.keys[0]) for action in keymap if action.id == action_id), "")
