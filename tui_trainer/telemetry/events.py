"""Things that happened to a run at an iteration: the marks on the time plots."""

from __future__ import annotations

from msgspec import Struct, structs

from tui_trainer.telemetry.settings import value_words, words_of


class Event(Struct, frozen=True, kw_only=True):
    """Something worth a mark: a changed setting, or how the run ended ("finished", "stopped early", "diverged")."""

    iteration: int
    label: str


class SettingChange(Event, frozen=True, kw_only=True):
    """A setting was changed after `iteration` updates; it is in force from the next one on."""

    key: str
    """Dotted TOML key."""
    old: object
    new: object

    def since(self, first: SettingChange) -> SettingChange:
        """This change and the one before it, of the same setting, as one."""
        old, new = (value_words(value, self.key) for value in (first.old, self.new))
        return structs.replace(self, old=first.old, label=f"{words_of(self.key)} {old} → {new}")
