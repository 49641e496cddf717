"""The meaning of a key at a moment: its action in the view's table, the actions that the footer names, and those that
can do nothing, with the reason."""

from __future__ import annotations

from collections.abc import Iterable

from tui_trainer.dashboard.keys.arrows import owner_of_arrows
from tui_trainer.dashboard.keys.lesson_keys import CLOSED, HELD_BACK, MOVES
from tui_trainer.dashboard.keys.rebinding import is_key
from tui_trainer.dashboard.panels import PANELS
from tui_trainer.dashboard.view import FooterKey, KeyAction, View, key_sign
from tui_trainer.telemetry import Snapshot

_OF_PANEL = 5
"""The rank in the footer of the focused panel's own keys."""

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
    owner, own = owner_of_arrows(view), {action.id for action in PANELS[view.focus].keys if not action.where}
    works = [action for action in view.keymap if action.works_for(owner, view.stage) and action.id not in view.greyed]
    taken = {key for action in works if action.during for key in action.keys}
    named = []
    for action in works:
        word, rank = action.footer_now(snapshot, view) if action.footer_now else (action.footer, action.rank)
        word = word or (action.label if action.id == view.awaits else "")
        if word and (action.during or not taken.intersection(action.keys)):
            signs = action.signs or key_sign(action.keys[0])
            rank = 0 if action.id == view.awaits else _OF_PANEL if action.id in own else rank
            named.append(FooterKey(action.id, signs, word, rank))
    return tuple(named)


def why_idle(action: KeyAction, snapshot: Snapshot, view: View, capabilities: Iterable[str]) -> str:
    """Why an action can do nothing at the moment: the run lacks the capability, or there is nothing to act on; "" where
    it can."""
    walk = view.lesson
    if walk is not None and walk.holds_back and action.id in HELD_BACK + CLOSED * walk.is_closed_case:
        return "that is held back until the answer is shown"
    if walk is not None and walk.asks and not walk.lesson.hidden and action.id in MOVES:
        return "answer first"
    lacks = action.needs and action.needs not in capabilities
    return _LACKING[action.needs] if lacks else action.idle(snapshot, view)


def greyed_actions(snapshot: Snapshot, view: View, capabilities: Iterable[str]) -> frozenset[str]:
    """Ids of the actions that can do nothing at the moment."""
    having = frozenset(capabilities)
    return frozenset(action.id for action in view.keymap if why_idle(action, snapshot, view, having))


def does_nothing(key: str, view: View) -> str:
    """A sentence that the key has no meaning here, and where the keys are listed.

    "" for a key with control, and for one that no table has (shift alone, a media key): nobody meant these as a
    command.
    """
    if not is_key(key) or key.startswith("ctrl+"):
        return ""
    return f"{key_sign(key)} does nothing here · {view.sign('help')} lists the keys"
