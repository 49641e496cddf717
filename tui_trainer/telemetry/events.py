"""Events of a run at an iteration: the marks on the time plots."""

from __future__ import annotations

from msgspec import Struct


class Event(Struct, frozen=True, kw_only=True):
    """Something worth a mark: a changed setting, or how the run ended ("finished", "stopped early", "diverged")."""

    iteration: int
    label: str


class SettingChange(Event, frozen=True, kw_only=True):
    """A setting, or one weight, was changed after `iteration` updates. The new value is in force from the next one
    on."""

    key: str
    """Dotted TOML key, or the name of a weight: "w[1→4] of layer 2"."""
    old: object
    new: object
