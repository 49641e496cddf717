"""What an action of the table of keys does, by its id."""

from tui_trainer.dashboard.keys.keymap import keymap
from tui_trainer.dashboard.view import Act


def act(action_id: str) -> Act:
    """Raises `KeyError` for one that opens a screen or acts on the program."""
    acts = {action.id: action.act for action in keymap() if action.act is not None}
    return acts[action_id]
