"""A list that is filtered by typing: the presets, and the actions of the palette."""

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


class ListEntry(Struct, frozen=True, kw_only=True):
    """An entry of the list. Its texts are shown literally."""

    key: str
    """The result if the entry is chosen."""
    title: str
    sentence: str
    watch: str = ""
    aliases: str = ""
    """Other words that find the entry."""
    is_dimmed: bool = False
    """Whether the action is impossible now. It can still be chosen, and then says why."""
    text: str = ""
    """Paragraphs separated by empty lines; each paragraph is wrapped."""


class Options(OptionList):
    """A list that survives a click on a line that the filter has just removed."""

    def on_click(self, event: events.Click) -> None:
        if event.style.meta.get("option", 0) >= self.option_count:
            event.prevent_default()


class FilteredList(Asking[str]):
    """Returns the key of the chosen entry. The text of an entry is shown on the right if there is room."""

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

    def __init__(self, entries: Iterable[ListEntry], *, current: str, unit: str, asks: str, does: str) -> None:
        """`current`: key of the open entry, selected at the start. `unit`: name of the counted entries. `asks`: text in
        the empty field. `does`: the effect of enter."""
        super().__init__()
        self._entries = tuple(entries)
        self._current, self._unit, self._asks, self._does = current, unit, asks, does
        self._listed: tuple[ListEntry, ...] = ()
        self._listed_for = ""
        # Kept in fields, not queried: keys typed fast can close the screen before it is complete.
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
        self.call_after_refresh(self._options.scroll_to_highlight)  # the list needs its height first

    def _list(self, typed: str) -> None:
        """Show the entries whose title, sentence or aliases contain every typed word."""
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
        if text != self._listed_for:  # the list has not been filtered by the last characters yet
            self._list(text)
        if self._options.highlighted is not None:
            self._choose(self._options.highlighted)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self._choose(event.option_index)

    def _choose(self, index: int) -> None:
        if index < len(self._listed):
            self.close_with(self._listed[index].key)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_index < len(self._listed):
            self._text.update(_content(self._listed[event.option_index]))
            self._about.scroll_home(animate=False)


def preset_picker(presets: Iterable[PresetEntry], current: str) -> FilteredList:
    """The presets, the easiest first. Returns the title or path of one. `current`: the title of the open run."""
    entries = [
        ListEntry(
            key=preset.opens or preset.title,
            title=preset.title,
            sentence=preset.question,
            watch=preset.watch,
            text=preset.text,
        )
        for preset in sorted(presets, key=lambda preset: preset.order)
    ]
    is_open = next((entry.key for entry in entries if entry.title == current), "")
    return FilteredList(entries, current=is_open, unit="presets", asks="Presets: type to filter", does="loads")


def action_palette(view: View) -> FilteredList:
    """The actions of the keymap, the impossible ones last. Returns an id."""
    actions = [action for action in view.keymap if not (action.where or action.unless) and action.id != "palette"]
    entries = (
        ListEntry(
            key=action.id,
            title=f"{action.label}  ({key_sign(action.keys[0])})",
            sentence=action.sentence,
            aliases=" ".join(other.footer for other in actions if other.help == action.help),
            is_dimmed=action.id in view.greyed,
        )
        for action in sorted(actions, key=lambda action: action.id in view.greyed)
    )
    return FilteredList(entries, current="", unit="actions", asks="Actions: type to filter", does="carries it out")


def _line(entry: ListEntry, is_open: bool) -> Content:
    mark = ("  · open now", "italic") if is_open else ("  · not now", "$quiet") if entry.is_dimmed else ""
    title = (printable(entry.title), "$quiet" if entry.is_dimmed else "bold")
    return Content.assemble(title, mark, "\n", (printable(entry.sentence), "$quiet"))


def _content(entry: ListEntry) -> Content:
    """Title, sentence, what to watch, and text of an entry."""
    parts: list[str | tuple[str, str]] = [(printable(entry.title), "bold"), "\n\n", printable(entry.sentence)]
    if entry.watch:
        parts += ["\n\n", ("Watch: ", "bold"), printable(entry.watch)]
    for paragraph in entry.text.split("\n\n"):
        if words := paragraph.split():
            parts += ["\n\n", printable(" ".join(words))]
    return Content.assemble(*parts)
