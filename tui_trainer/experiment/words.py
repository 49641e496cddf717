"""Settings and their values in words, for lists, messages, marks and sentences alike."""

from __future__ import annotations

from collections.abc import Mapping

from tui_trainer.experiment.declared import Setting, settings
from tui_trainer.experiment.toml_tables import TABLES
from tui_trainer.setting_error import SettingError, shortened
from tui_trainer.wording import plain_number

AUTO = "auto"
"""Shown for a value that the run chooses itself."""


def setting_of(key: str) -> Setting:
    """The setting of a dotted key. A key that no struct declares (of another program) is labelled by its name."""
    declared = settings().get(key)
    if declared is not None:
        return declared
    label = key.rpartition(".")[2].replace("_", " ")
    return Setting(key=key, label=label, help="")


def words_of(key: str) -> str:
    """A dotted key in words: "learning rate", "dataset"."""
    return setting_of(key).label


def value_words(value: object, key: str = "") -> str:
    """A value in words: "yes", "1e-5", "1,500", "16 8". `key` decides the word for None."""
    if isinstance(value, bool | dict):
        return "yes" if value or isinstance(value, dict) else "no"
    if isinstance(value, float):
        return plain_number(value)
    if isinstance(value, int):
        return f"{value:,}".replace("-", "−")
    if isinstance(value, list | tuple):
        return f"{len(value):,}" if key and setting_of(key).counted else " ".join(map(value_words, value)) or "none"
    if value is None:
        setting = setting_of(key)
        return "no" if setting.is_table else AUTO if setting.automatic else "none"
    return str(value).replace("_", " ")


def short_value(value: object, key: str) -> str:
    """`value_words` for a narrow space: the short name of an item of a registry."""
    table, _, field = key.partition(".")
    if field == "name" and table in TABLES:
        chosen = TABLES[table].structs.get(str(value))
        return getattr(chosen, "short", "") or value_words(value, key)
    return value_words(value, key)


def change_words(key: str, old: object, new: object) -> str:
    """A change of a setting, "learning rate 0.1 → 0.2", or of a weight, "w[1→4] of layer 2: 0.1 → 0.2"."""
    return f"{words_of(key)}{'' if '.' in key else ':'} {value_words(old, key)} → {value_words(new, key)}"


def error_words(error: SettingError) -> str:
    """An error in the words of the settings list, for a person who has pressed keys and written no file."""
    given = "" if error.value is None else f" {shortened(value_words(error.value, error.key))}"
    return f"{words_of(error.key)}{given}: {error.allowed.replace('_', ' ')}"


def settings_words(settings: Mapping[str, object]) -> str:
    """Settings and their values: "dropout 0.3", "optimizer adam, learning rate 0.01"."""
    words = ", ".join(f"{words_of(key)} {value_words(value, key)}" for key, value in settings.items())
    return f"early stopping, {words}" if any(key.startswith("training.early_stopping.") for key in settings) else words


def is_seed(key: str) -> bool:
    """Whether the setting is a seed, of the whole run or of a part."""
    return key.rpartition(".")[2] == "seed"
