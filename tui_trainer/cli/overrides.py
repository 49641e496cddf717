"""Parses `--set KEY=VALUE`. The value is TOML, but words need no quotes, lists need no brackets, and a single value may
stand for a list."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable

from tui_trainer.dashboard.typed_number import read_number
from tui_trainer.experiment import SettingError
from tui_trainer.experiment.declared import Setting
from tui_trainer.experiment.words import setting_of


def parsed(texts: Iterable[str]) -> dict[str, object]:
    """Dotted key → value, from texts "KEY=VALUE". If a key is given twice, the last one counts.

    Raises `SettingError` for a text without "=".
    """
    settings: dict[str, object] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise SettingError("--set", text, "allowed: KEY=VALUE, such as optimizer.learning_rate=0.1")
        setting = setting_of(key.strip())
        meant = _as_number(setting, value.strip(), _value(value.strip()))
        only_lists = setting.is_list and not isinstance(meant, list | dict) and meant is not None
        settings[key.strip()] = [meant] if only_lists else meant
    return settings


def _as_number(setting: Setting, text: str, meant: object) -> object:
    """Read numbers that are not TOML (".05", "0,001") in the same way as the settings list.

    Raises `SettingError` for an ambiguous text ("1,000").
    """
    several = isinstance(meant, list)
    words = [each for each in (meant if isinstance(meant, list) else [meant]) if isinstance(each, str)]
    is_one_number = several and not setting.or_list and not text.startswith("[")  # with a comma in it
    if not (words or is_one_number) or setting.low is setting.high is None or setting.is_list or meant in setting.words:
        return meant
    try:
        return read_number(text, whole=setting.integer)
    except ValueError as error:
        if several and all(word.isdecimal() for word in words):
            raise SettingError(setting.key, text, str(error)) from None
        return meant


def _value(text: str) -> object:
    """A TOML value, or a list of entries separated by commas, or a plain word; None for the word "none"."""
    for candidate in (text, f"[{text}]" if "," in text else text):
        try:
            tables = tomllib.loads(f"value = {candidate}")
        except (ValueError, RecursionError):
            continue
        if tables.keys() == {"value"}:
            return tables["value"]
    if "," in text and not text.startswith(("[", "{", '"', "'")):
        return [_value(part.strip()) for part in text.split(",") if part.strip()]
    return None if text.casefold() == "none" else text
