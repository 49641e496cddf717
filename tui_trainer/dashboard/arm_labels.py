"""The names of a race's arms on screen: a letter, which stands at the curve and in every sentence, and the settings
that make the arm different."""

from __future__ import annotations

from collections.abc import Sequence

from tui_trainer.drawing.charts.numbers import count
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.experiment.words import value_words, words_of
from tui_trainer.telemetry import ArmView, SettingHistory

_MOST_VALUES = 3
"""Values of one setting that a label lists; of more it lists the first and the last."""


def letter_of(arms: Sequence[ArmView], name: str) -> str:
    return next((arm.letter for arm in arms if arm.name == name), name)


def number_of(letter: str) -> int:
    """0 for A, 1 for B, …. Colour and dash follow this number, so an arm keeps them when another arm is dropped."""
    return ord(letter) - ord("A")


def arm_wordings(arm: ArmView) -> Wordings:
    """What distinguishes this arm from the others; empty where nothing does.

    An arm of a preset has the preset's name until one of its settings is changed; then the change is named too. A fork
    is described by the history of its differing settings: a setting that is back at its old value still has another
    past.
    """
    if len(arm.name) > 1:
        if not arm.changed:
            return Wordings(arm.name, _short(arm.name), *beginnings(_short(arm.name)))
        now = ", ".join(map(_now, arm.changed))
        return Wordings(f"{arm.name}, now {now}", f"{arm.name}, now {_short(now)}", f"now {_short(now)}")
    if arm.like:
        return Wordings(f"as {arm.like} so far", f"as {arm.like}")
    if not arm.differs:
        return Wordings()
    histories = [[write(setting) for setting in arm.differs] for write in (_in_full, _in_short, _by_arrows)]
    full, short, arrows = (
        ("; " if any(", " in each for each in all_of) else ", ").join(all_of) for all_of in histories
    )
    return Wordings(full, short, _short(short), _short(arrows))


def _in_full(setting: SettingHistory) -> str:
    """learning rate 2, then 0.5 from 61."""
    (_, first), *later = setting.values
    text = f"{words_of(setting.key)} {value_words(first, setting.key)}"
    if len(setting.values) > _MOST_VALUES:
        text, later = f"{text}, …", later[-1:]
    return text + "".join(f", then {value_words(value, setting.key)} from {count(after + 1)}" for after, value in later)


def _in_short(setting: SettingHistory) -> str:
    """learning rate 2, then 0.5."""
    (_, first), *later = setting.values
    then = f", {'…, ' if len(later) > 1 else ''}then {value_words(later[-1][1], setting.key)}" if later else ""
    return f"{words_of(setting.key)} {value_words(first, setting.key)}{then}"


def _by_arrows(setting: SettingHistory) -> str:
    """learning rate 2→0.5."""
    values = [value_words(value, setting.key) for _, value in setting.values]
    shown = values if len(values) <= _MOST_VALUES else [values[0], "…", values[-1]]
    return f"{words_of(setting.key)} {'→'.join(shown)}"


def _now(setting: SettingHistory) -> str:
    (_, first), *_, (_, last) = setting.values
    return f"{words_of(setting.key)} {value_words(last, setting.key)}{' again' if last == first else ''}"


def beginnings(name: str) -> list[str]:
    """plain SGD with a long name: "plain SGD with a long…", …, "plain SGD…"."""
    words = name.split()
    return [" ".join(words[:stop]).rstrip(",:;") + "…" for stop in range(len(words) - 1, 1, -1)]


def _short(words: str) -> str:
    return words.replace("learning rate ", "lr ")


def focused_arm(arms: Sequence[ArmView]) -> int:
    """The index of the arm that the snapshot shows."""
    return next((number for number, arm in enumerate(arms) if arm.focused), 0)
