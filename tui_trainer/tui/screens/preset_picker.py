"""The list of lessons: titles and questions on the left, what the chosen one is about on the right."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui_trainer.tui.catalogue import PresetEntry
from tui_trainer.tui.cells import printable

TO_THE_LIST = {"up": "cursor_up", "down": "cursor_down", "pageup": "page_up", "pagedown": "page_down"}
"""Keys that move in the list while the text goes to the filter."""


class PresetPicker(Screen[str | None]):
    """Gives the title of the chosen preset back, or None when it was left with escape."""

    BINDINGS = [("escape", "leave", "leave")]  # noqa: RUF012 (Textual's own way)
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (64, "-wide")]  # noqa: RUF012
    CSS = """
    PresetPicker { background: $background; }
    PresetPicker Input { border: none; height: 1; padding: 0 1; background: $panel; }
    PresetPicker Horizontal { height: 1fr; }
    PresetPicker OptionList { width: 2fr; height: 1fr; border: none; padding: 0; background: $background; }
    PresetPicker OptionList > .option-list--option { padding: 0 1; }
    PresetPicker #about { width: 3fr; padding: 0 1 0 2; border-left: solid $border; }
    PresetPicker #text { max-width: 76; }
    PresetPicker.-narrow #about { display: none; }
    PresetPicker #about Static { height: auto; }
    PresetPicker #keys { height: 1; padding: 0 1; color: $foreground 70%; }
    """

    def __init__(self, presets: tuple[PresetEntry, ...], current: str) -> None:
        """`current` is the title of the run that is open: chosen at the start."""
        super().__init__()
        self._presets = tuple(sorted(presets, key=lambda preset: preset.order))
        self._current = current
        self._listed: tuple[PresetEntry, ...] = ()

    def compose(self) -> ComposeResult:
        field = Input(placeholder="Presets: type to filter")
        field.cursor_blink = False
        yield field
        with Horizontal():
            yield OptionList(markup=False)
            with VerticalScroll(id="about", can_focus=False):
                yield Static(id="text", markup=False)
        yield Static("↑↓ choose · enter loads · esc leaves", id="keys", markup=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).can_focus = False
        self._list("")
        self.query_one(Input).focus()

    def _list(self, words: str) -> None:
        """Show the presets in whose title or question every word occurs."""
        options = self.query_one(OptionList)
        wanted = words.casefold().split()
        self._listed = tuple(
            preset
            for preset in self._presets
            if all(word in f"{preset.title} {preset.question}".casefold() for word in wanted)
        )
        options.clear_options()
        options.add_options([Option(_line(preset)) for preset in self._listed])
        titles = [preset.title for preset in self._listed]
        if titles:
            options.highlighted = titles.index(self._current) if self._current in titles else 0
        else:
            self.query_one("#text", Static).update("No preset has these words.")

    def on_input_changed(self, event: Input.Changed) -> None:
        self._list(event.value)

    def on_key(self, event: events.Key) -> None:
        if event.key in TO_THE_LIST:
            event.stop()
            event.prevent_default()
            getattr(self.query_one(OptionList), f"action_{TO_THE_LIST[event.key]}")()

    def on_input_submitted(self) -> None:
        index = self.query_one(OptionList).highlighted
        if index is not None and self._listed:
            self.dismiss(self._listed[index].title)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._listed[event.option_index].title)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        self.query_one("#text", Static).update(_about(self._listed[event.option_index]))
        self.query_one("#about").scroll_home(animate=False)

    def action_leave(self) -> None:
        self.dismiss(None)


def _line(preset: PresetEntry) -> Content:
    return Content.assemble((printable(preset.title), "bold"), "\n", (printable(preset.question), "dim"))


def _about(preset: PresetEntry) -> Content:
    """Title, question, what to watch, and the lesson; the words of a paragraph flow."""
    parts: list[str | tuple[str, str]] = [
        (printable(preset.title), "bold"),
        "\n\n",
        printable(preset.question),
    ]
    if preset.watch:
        parts += ["\n\n", ("Watch: ", "bold"), printable(preset.watch)]
    for paragraph in preset.text.split("\n\n"):
        if words := paragraph.split():
            parts += ["\n\n", printable(" ".join(words))]
    return Content.assemble(*parts)
