"""The meaning of a key at a moment: its action in the view's table, the actions that the footer names, and those that
can do nothing, with the reason."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from tui_trainer.dashboard.keys.arrows import owner_of_arrows
from tui_trainer.dashboard.keys.lesson_keys import awaited
from tui_trainer.dashboard.keys.rebinding import is_key
from tui_trainer.dashboard.panels import PANELS
from tui_trainer.dashboard.view import OF_PANEL, FooterKey, KeyAction, View, key_sign, no_words
from tui_trainer.lessons.walk import Stage, Walk
from tui_trainer.telemetry import Snapshot, Status

_LACKING = {
    "control": "this run goes its own way",
    "phases": "this run cannot stop within an iteration",
    "settings": "the settings of this run cannot be changed",
    "restart": "this run cannot be started again",
    "seek": "this run cannot go back in time",
    "arms": "this run cannot be forked",
    "gradient_check": "this run cannot check its gradient",
    "examination": "this run cannot be examined",
    "seeds": "this run has one seed only",
}


def action_for(key: str, view: View) -> KeyAction | None:
    """The action that `key` means at the moment, greyed out or not; None for a key without a meaning."""
    owner = owner_of_arrows(view)
    means = [action for action in view.keymap if key in action.keys and action.works_for(owner, view.stage)]
    of_lesson = [action for action in means if action.during and action.id not in view.greyed]
    return next((action for action in (*of_lesson, *means)), None)


def footer(snapshot: Snapshot, view: View) -> tuple[FooterKey, ...]:
    """The keys that the footer names at the moment, in the order of the table, without those that can do nothing. The
    focused panel's own keys come before the others."""
    own = {action.id for action in PANELS[view.focus].keys if not action.where}
    named = []
    for action in _nameable(view.keymap, owner_of_arrows(view), view.stage, view.greyed, view.awaits):
        word, rank = action.footer_now(snapshot, view) if action.footer_now else (action.footer, action.rank)
        if word := word or (action.label if action.id == view.awaits else ""):
            signs = action.signs or key_sign(action.keys[0])
            rank = 0 if action.id == view.awaits else min(rank, OF_PANEL) if action.id in own else rank
            named.append(FooterKey(action.id, signs, word, rank))
    return tuple(named)


@lru_cache(maxsize=32)
def _nameable(
    keymap: tuple[KeyAction, ...], owner: str, stage: str, greyed: frozenset[str], awaits: str
) -> list[KeyAction]:
    """The actions that a footer may name while `owner` has the arrows: they work, and the lesson does not take their
    keys. Cached, since they are the same in most frames."""
    works = [action for action in keymap if action.works_for(owner, stage) and action.id not in greyed]
    taken = {key for action in works if action.during for key in action.keys}
    return [
        action
        for action in works
        if (action.footer or action.footer_now or action.id == awaits)
        and (action.during or not taken.intersection(action.keys))
    ]


def why_idle(action: KeyAction, snapshot: Snapshot, view: View, capabilities: Iterable[str]) -> str:
    """Why an action can do nothing at the moment: the run lacks the capability, or there is nothing to act on; "" where
    it can."""
    if view.lesson is not None and (reason := _not_yet(action, snapshot, view, view.lesson)):
        return reason
    if not action.needs or action.needs in capabilities:
        return action.idle(snapshot, view)
    if snapshot.is_recorded:
        return f"a recording stays as it was; {view.sign('copy_command')} copies a command that goes on from here"
    return _LACKING[action.needs]


def _not_yet(action: KeyAction, snapshot: Snapshot, view: View, walk: Walk) -> str:
    """Why a lesson does not allow an action at the moment; "" if it does."""
    holds_settings = walk.is_closed_case or bool(walk.held_settings)
    if walk.holds_back and action.tells and (action.tells != "settings" or holds_settings):
        return "that is held back until the answer is shown"
    if walk.is_uncured_case and action.tells == "cure":
        return "the cure of a case is yours to find"
    if walk.asks and not walk.lesson.hidden and action.moves:
        return "answer first"
    if action.moves and action.id != view.awaits:
        if walk.stage is Stage.KEY:
            return awaited(view)
        if walk.stands_by_key and snapshot.status is not Status.RUNNING:
            return f"{view.sign('lesson_on')} goes on first"
    return ""


def greyed_actions(snapshot: Snapshot, view: View, capabilities: Iterable[str]) -> frozenset[str]:
    """Ids of the actions that can do nothing at the moment."""
    having = frozenset(capabilities)
    may_be_idle = view.keymap if view.lesson is not None else _at_times_idle(view.keymap)
    return frozenset(action.id for action in may_be_idle if why_idle(action, snapshot, view, having))


@lru_cache(maxsize=8)
def _at_times_idle(keymap: tuple[KeyAction, ...]) -> list[KeyAction]:
    """The actions that can do nothing at some moment outside of a lesson."""
    return [action for action in keymap if action.needs or action.idle is not no_words]


_KEYPAD_5 = "kp_begin"
"""The name of that key without num lock. Those around it move something."""


def does_nothing(key: str, view: View) -> str:
    """A sentence that the key has no meaning here, and where the keys are listed.

    "" for a key with control, and for one that no table has (shift alone, a media key): nobody meant these as a
    command.
    """
    if key == _KEYPAD_5:
        return "the 5 of the keypad moves nothing: it types with num lock on"
    if not is_key(key) or key.startswith("ctrl+"):
        return ""
    return f"{key_sign(key)} does nothing here · {view.sign('help')} lists the keys"
