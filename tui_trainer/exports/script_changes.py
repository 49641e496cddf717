"""What a person has changed on the way, where a script can change it too: the learning rate, and single weights."""

from __future__ import annotations

from tui_trainer.exports.format import Source
from tui_trainer.telemetry import JournalEntry
from tui_trainer.telemetry.commands import ChangeWeight

RATE = "optimizer.learning_rate"

SETTING_BY_HAND = '''\
BY_HAND = [{changes}]  # iteration, array, index, value


def set_by_hand(parameters, iteration):
    """Set the weights and biases that a person has set before this iteration."""
    for at, array, index, value in BY_HAND:
        if at == iteration:
            parameters[array][index] = value'''


def journal_of(source: Source) -> tuple[JournalEntry, ...]:
    """What a person has changed up to this moment."""
    recipe = source.snapshot.recipe
    return () if recipe is None else recipe.journal


def are_made_again(journal: tuple[JournalEntry, ...]) -> bool:
    """Whether a script makes all these changes: it has one set of settings, apart from the learning rate."""
    return all(isinstance(entry.change, ChangeWeight) or entry.change.key == RATE for entry in journal)


def rates_by_hand(source: Source) -> dict[int, object]:
    """Iteration → base learning rate from it on; empty if it is one for the whole script."""
    recipe, journal = source.snapshot.recipe, journal_of(source)
    changed = {
        entry.iteration: entry.change.value
        for entry in journal
        if not isinstance(entry.change, ChangeWeight) and entry.change.key == RATE
    }
    if recipe is None or not changed or not are_made_again(journal):
        return {}
    return {0: recipe.tables["optimizer"]["learning_rate"]} | changed


def weights_by_hand(source: Source) -> str:
    """The source of a function that sets weights, given the list of weights (inputs, units) and biases (units,), layer
    after layer; "" if none was set by hand, or if the script leaves that out."""
    journal = journal_of(source)
    if not are_made_again(journal):
        return ""
    changes = []
    for iteration, change in ((entry.iteration, entry.change) for entry in journal):
        if isinstance(change, ChangeWeight):
            is_bias = change.source == source.experiment.layer_sizes[change.layer]
            index = (change.unit,) if is_bias else (change.source, change.unit)
            changes.append((iteration, 2 * change.layer + is_bias, index, change.value))
    return SETTING_BY_HAND.format(changes=", ".join(map(str, changes))) if changes else ""
