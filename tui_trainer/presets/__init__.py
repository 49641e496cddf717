"""Presets: TOML files with an experiment, explaining texts, the steps of a lesson, and what must be seen; and the same
as a word to share."""

from __future__ import annotations

from tui_trainer.presets.preset import Preset, PresetError, bundled, clinic, course, find, load, of_table, own

__all__ = ["Preset", "PresetError", "bundled", "clinic", "course", "find", "load", "of_table", "own"]
