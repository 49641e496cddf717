"""A list from which a person chooses by typing a part of a name: presets, and the actions of the palette."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui_trainer.dashboard.catalogue import PresetEntry
from tui_trainer.dashboard.view import View, key_sign
from tui_trainer.drawing.cells import printable
from tui_trainer.tui.screens.asking import Asking, Field

TO_THE_LIST = {
    "up": "cursor_up",
    "down": "cursor_down",
    "pageup": "page_up",
    "pagedown": "page_down",
    "home": "first",
    "end": "last",
}
"""Keys that move in the list while the text goes to the field."""


class Entry(Struct, frozen=True, kw_only=True):
    """A line of the list. Its texts are shown literally."""

    key: str
    """The result of choosing it."""
    title: str
    sentence: str
    watch: str = ""
    aliases: str = ""
    """Other words by which it is found."""
    is_dimmed: bool = False
    """Whether it can do nothing now. It can be chosen all the same, and then says why."""
    text: str = ""
    """Paragraphs parted by empty lines; the words of a paragraph flow."""


class Options(OptionList):
    """A list that survives a click on a line that the filter has just taken away."""

    def on_click(self, event: events.Click) -> None:
        if event.style.meta.get("option", 0) >= self.option_count:
            event.prevent_default()


class FilteredList(Asking[str]):
    """Returns the key of the chosen entry. The text of an entry stands at the right, where there is room."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (64, "-wide")]  # noqa: RUF012 (Textual's own way)
    CSS = """
    FilteredList { background: $background; }
    FilteredList Input { border: none; height: 1; padding: 0 1; background: $panel; }
    FilteredList Input > .input--placeholder { color: $quiet; }
    FilteredList Horizontal { height: 1fr; }
    FilteredList OptionList { width: 2fr; height: 1fr; border: none; padding: 0; background: $background; }
    FilteredList OptionList > .option-list--option { padding: 0 1; }
    FilteredList #about { width: 3fr; padding: 0 1 0 2; border-left: solid $border; }
    FilteredList #text { max-width: 76; height: auto; }
    FilteredList.-narrow #about, FilteredList.-short #about { display: none; }
    FilteredList #keys { height: 1; padding: 0 1; color: $quiet; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self, entries: Iterable[Entry], *, current: str, unit: str, asks: str, does: str) -> None:
        """`current`: key of the entry that is open, chosen at the start. `unit`: what is counted. `asks`: in the empty
        field. `does`: what enter does."""
        super().__init__()
        self._entries = tuple(entries)
        self._current, self._unit, self._asks, self._does = current, unit, asks, does
        self._listed: tuple[Entry, ...] = ()
        self._listed_for = ""
        # Held rather than looked up: keys typed fast can close the screen before it is complete.
        self._options = Options(markup=False)
        self._options.can_focus = False
        self._about = VerticalScroll(id="about", can_focus=False)
        self._text = Static(id="text", markup=False)
        self._keys = Static(id="keys", markup=False)
        self.set_class(not any(entry.text or entry.watch for entry in self._entries), "-short")

    def compose(self) -> ComposeResult:
        yield Field(self, placeholder=self._asks)
        with Horizontal():
            yield self._options
            with self._about:
                yield self._text
        yield self._keys

    def on_mount(self) -> None:
        self._list("")
        self.call_after_refresh(self._options.scroll_to_highlight)  # now it knows how high it is

    def _list(self, typed: str) -> None:
        """Show the entries in whose title or sentence every typed word occurs."""
        options = self._options
        self._listed_for = typed
        wanted = typed.casefold().split()
        self._listed = tuple(
            entry
            for entry in self._entries
            if all(word in f"{entry.title} {entry.sentence} {entry.aliases}".casefold() for word in wanted)
        )
        options.clear_options()
        options.add_options([Option(_line(entry, entry.key == self._current)) for entry in self._listed])
        of_all = f" of {len(self._entries)}" if len(self._listed) < len(self._entries) else ""
        count = f"{len(self._listed)}{of_all} {self._unit}"
        self._keys.update(f"{count} · ↑↓ choose · enter {self._does} · esc leaves")
        keys = [entry.key for entry in self._listed]
        if keys:
            options.highlighted = keys.index(self._current) if self._current in keys else 0
        else:
            options.add_option(Option("Nothing has these words.", disabled=True))
            self._text.update("")

    def on_input_changed(self, event: Field.Changed) -> None:
        if event.value != self._listed_for:
            self._list(event.value)

    def takes(self, event: events.Key) -> bool:
        if event.key not in TO_THE_LIST:
            return False
        getattr(self._options, f"action_{TO_THE_LIST[event.key]}")()
        return True

    def submitted(self, text: str) -> None:
        if text != self._listed_for:  # typed just before, the list has not heard of it yet
            self._list(text)
        if self._options.highlighted is not None:
            self._choose(self._options.highlighted)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self._choose(event.option_index)

    def _choose(self, index: int) -> None:
        if index < len(self._listed):
            self.answer(self._listed[index].key)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_index < len(self._listed):
            self._text.update(_content(self._listed[event.option_index]))
            self._about.scroll_home(animate=False)


def preset_picker(presets: Iterable[PresetEntry], current: str) -> FilteredList:
    """The presets, the easiest first; returns what opens one. `current`: the title of the run that is open."""
    entries = [
        Entry(
            key=preset.opens or preset.title,
            title=preset.title,
            sentence=preset.question,
            watch=preset.watch,
            text=preset.text,
        )
        for preset in sorted(presets, key=lambda preset: preset.order)
    ]
    is_open = next((entry.key for entry in entries if entry.title == current), "")
    return FilteredList(entries, current=is_open, unit="lessons", asks="Presets: type to filter", does="loads")


def action_palette(view: View) -> FilteredList:
    """The actions of the keymap, last those that can do nothing now; gives an id back."""
    actions = [action for action in view.keymap if not (action.where or action.unless) and action.id != "palette"]
    entries = (
        Entry(
            key=action.id,
            title=f"{action.label}  ({key_sign(action.keys[0])})",
            sentence=action.sentence,
            aliases=" ".join(other.footer for other in actions if other.help == action.help),
            is_dimmed=action.id in view.greyed,
        )
        for action in sorted(actions, key=lambda action: action.id in view.greyed)
    )
    return FilteredList(entries, current="", unit="actions", asks="Actions: type to filter", does="carries it out")


def _line(entry: Entry, is_open: bool) -> Content:
    mark = ("  · open now", "italic") if is_open else ("  · not now", "$quiet") if entry.is_dimmed else ""
    title = (printable(entry.title), "$quiet" if entry.is_dimmed else "bold")
    return Content.assemble(title, mark, "\n", (printable(entry.sentence), "$quiet"))


def _content(entry: Entry) -> Content:
    """Title, sentence, what to watch, and the text."""
    parts: list[str | tuple[str, str]] = [(printable(entry.title), "bold"), "\n\n", printable(entry.sentence)]
    if entry.watch:
        parts += ["\n\n", ("Watch: ", "bold"), printable(entry.watch)]
    for paragraph in entry.text.split("\n\n"):
        if words := paragraph.split():
            parts += ["\n\n", printable(" ".join(words))]
    return Content.assemble(*parts)
