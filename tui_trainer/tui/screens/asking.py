"""A screen that asks something and gives one answer back."""

from __future__ import annotations

from typing import TypeVar

from textual.screen import ModalScreen

Result = TypeVar("Result")


class Asking(ModalScreen[Result | None]):
    """Gives its answer to who opened it, or None when it was left with escape."""

    BINDINGS = [("escape", "leave", "leave")]  # noqa: RUF012 (Textual's own way)

    def answer(self, result: Result | None) -> None:
        """Close with an answer. A second one, typed or clicked before the screen was gone, is nobody's."""
        if self.app.screen is self:
            self.dismiss(result)

    def action_leave(self) -> None:
        self.answer(None)
