"""What `--set KEY=VALUE` means: a value as TOML has it, words without their quotes, lists without their brackets."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping

from tui_trainer.training import Experiment, SettingError, with_setting


def parsed(texts: Iterable[str]) -> dict[str, object]:
    """ "KEY=VALUE" texts as dotted keys and values; of a key given twice the last counts.

    Raises `SettingError` for a text without "=".
    """
    settings: dict[str, object] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise SettingError("--set", text, "allowed: KEY=VALUE, such as optimizer.learning_rate=0.1")
        settings[key.strip()] = _value(value.strip())
    return settings


def applied(experiment: Experiment, settings: Mapping[str, object]) -> Experiment:
    """The experiment with all `settings` in force, whatever their order. Raises `SettingError`.

    A single value stands for a list of one where only a list is allowed.
    """
    # What is chosen by name decides which other keys there are. One setting may be possible only after another
    # (an output of the squared loss, say), so what fails is tried again while others succeed.
    waiting = sorted(settings.items(), key=lambda item: (not item[0].endswith(".name"), item[0] != "data.name"))
    while waiting:
        failed: list[tuple[str, object]] = []
        first_error: SettingError | None = None
        for key, value in waiting:
            try:
                experiment = _with(experiment, key, value)
            except SettingError as error:
                first_error = first_error or error
                failed.append((key, value))
        if first_error is not None and len(failed) == len(waiting):
            raise first_error
        waiting = failed
    return experiment


def _with(experiment: Experiment, key: str, value: object) -> Experiment:
    try:
        return with_setting(experiment, key, value)
    except SettingError:
        if isinstance(value, list | dict) or value is None:
            raise
        try:
            return with_setting(experiment, key, [value])
        except SettingError:
            pass
        raise


def _value(text: str) -> object:
    """A TOML value; else the entries of a list parted by commas; else the word itself, "none" for no value."""
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
