"""A list that is filtered by typing, with headings that fold: presets, settings, and the actions of the palette."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import groupby

from msgspec import Struct
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui_trainer.dashboard.catalogue import PresetEntry
from tui_trainer.dashboard.keys.arrows import owner_of_arrows
from tui_trainer.dashboard.setting_values import allowed
from tui_trainer.dashboard.view import View, key_sign
from tui_trainer.drawing.cells import printable
from tui_trainer.experiment.words import value_words
from tui_trainer.tui.screens.asking import Asking, Field
from tui_trainer.tui.screens.lesson_text import lesson_text

TO_THE_LIST = {
    "up": "cursor_up",
    "down": "cursor_down",
    "pageup": "page_up",
    "pagedown": "page_down",
    "home": "first",
    "end": "last",
}
"""Keys that move in the list while the text goes to the field."""

NUMBERING = re.compile(r"(\d+ · )?(the )?")
"""What nobody types of a title."""


class ListEntry(Struct, frozen=True, kw_only=True):
    """An entry of the list. Its texts are shown literally."""

    key: str
    """The result if the entry is chosen."""
    title: str
    family: str = ""
    """The heading under which it stands; "" for none."""
    sentence: str
    watch: str = ""
    aliases: str = ""
    """Other words that find the entry."""
    is_dimmed: bool = False
    """Whether the action is impossible now. It can still be chosen, and then says why."""
    text: str = ""
    """Paragraphs separated by empty lines; each paragraph is wrapped."""
    unseen: str = ""
    """Text that is found, but not shown."""
    teaches: bool = False
    """Whether it is chosen before others that the same words name."""

    def has(self, words: Iterable[str], *, anywhere: bool = False) -> bool:
        """Whether its title, sentence and aliases contain every word, or `anywhere` all of its texts."""
        texts = [self.title, self.family, self.sentence, self.aliases]
        texts += [self.watch, self.text, self.unseen] if anywhere else []
        within = " ".join(" ".join(texts).split()).casefold()
        return all(word in within for word in words)

    def nearness(self, typed: str) -> tuple[bool, bool, bool]:
        """How little it is what a person means who has typed this, among entries that have its words: smaller is
        nearer."""
        title = self.title.casefold()
        begins = NUMBERING.sub("", title, count=1).startswith(typed)
        return not begins, not self.teaches, not all(word in title for word in typed.split())


Row = ListEntry | str
"""A line of the list: an entry, or the name of a family."""

ELSEWHERE = "Named in the text of"
"""The heading over entries that have the typed words in their text alone."""

FOLDED, UNFOLDED = "▸", "▾"


class Options(OptionList):
    """A list that survives a click on a line that the filter has just removed."""

    def on_click(self, event: events.Click) -> None:
        if event.style.meta.get("option", 0) >= self.option_count:
            event.prevent_default()


class FilteredList(Asking[str]):
    """Returns the key of the chosen entry. The chosen line's text is shown on the right, or below it on a narrow
    screen."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (64, "-wide")]  # noqa: RUF012 (Textual's own way)
    CSS = """
    FilteredList { background: $background; }
    FilteredList Input { border: none; height: 1; padding: 0 1; background: $panel; }
    FilteredList Input > .input--placeholder { color: $quiet; }
    FilteredList Horizontal { height: 1fr; }
    FilteredList.-narrow Horizontal { layout: vertical; }
    FilteredList OptionList { width: 43; max-width: 60%; height: 1fr; border: none; padding: 0;
                              background: $background; text-wrap: nowrap; text-overflow: ellipsis; }
    FilteredList OptionList > .option-list--option { padding: 0 1; }
    FilteredList #about { width: 1fr; padding: 0 1 0 2; border-left: solid $border; }
    FilteredList #text { max-width: 76; height: auto; }
    FilteredList.-narrow OptionList { width: 100%; max-width: 100%; }
    FilteredList.-narrow #about { width: 100%; height: 45%; padding: 0 1;
                                  border-left: none; border-top: solid $border; }
    FilteredList.-short OptionList { width: 100%; max-width: 100%; text-wrap: wrap; }
    FilteredList.-short #about { display: none; }
    FilteredList #keys { height: 1; padding: 0 1; color: $quiet; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(
        self, entries: Iterable[ListEntry], *, current: str, mark: str = "", unit: str, asks: str, does: str
    ) -> None:
        """`current`: key of the entry selected at the start, which the words `mark` mark. `unit`: name of the counted
        entries. `asks`: text in the empty field. `does`: the effect of enter."""
        super().__init__()
        self._entries = tuple(entries)
        self._current, self._mark, self._unit, self._asks, self._does = current, mark, unit, asks, does
        self._rows: tuple[Row, ...] = ()
        self._folded: set[str] = set()
        self._listed_for = ""
        # Kept in fields, not queried: keys typed fast can close the screen before it is complete.
        self._options = Options(markup=False)
        self._options.can_focus = False
        self._about = VerticalScroll(id="about", can_focus=False)
        self._text = Static(id="text", markup=False)
        self._keys = Static(id="keys", markup=False)
        self._is_short = not any(entry.text or entry.watch for entry in self._entries)
        """Whether the entries have no text, so that their sentence stands in the list."""
        self._has_families = any(entry.family for entry in self._entries)
        self.set_class(self._is_short, "-short")

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

    def _list(self, typed: str, keep: str = "") -> None:
        """Show the entries that contain every typed word: first those that say so in their title or sentence. `keep`:
        key or family of the line to stay at."""
        self._listed_for = typed
        words = (typed := typed.casefold().removeprefix("/").strip()).split()
        found = [entry for entry in self._entries if entry.has(words)]
        elsewhere = [entry for entry in self._entries if entry not in found and entry.has(words, anywhere=True)]
        rows: list[Row] = []
        for family, members in groupby(found, lambda entry: entry.family):
            rows += [family] if family else []
            rows += members if words or family not in self._folded else ()
        self._rows = (*rows, *([ELSEWHERE] if elsewhere else ()), *elsewhere)
        options = self._options
        options.clear_options()
        options.add_options([self._option(row, is_filtered=bool(words)) for row in self._rows])
        shown = len(found) + len(elsewhere)
        of_all = f" of {len(self._entries)}" if shown < len(self._entries) else ""
        folds = " · ← → fold" if self._has_families and not words else ""
        self._keys.update(f"{shown}{of_all} {self._unit} · ↑↓ choose{folds} · enter {self._does} · esc leaves")
        nearest = min(found, key=lambda entry: entry.nearness(typed), default=None)
        wanted = keep or self._current if not words else nearest.key if nearest else ""
        line = next((at for at, row in enumerate(self._rows) if wanted and _key_of(row) == wanted), None)
        if line is not None:
            options.highlighted = line
        elif shown:
            options.action_first()
        else:
            options.add_option(Option("Nothing has these words.", disabled=True))
            self._text.update("")

    def _option(self, row: Row, *, is_filtered: bool) -> Option:
        """One line of the list; a heading can be chosen only while its family is folded."""
        if isinstance(row, ListEntry):
            return Option(self._line(row))
        if is_filtered or row not in self._folded:
            return Option(Content.styled(f"{UNFOLDED} {printable(row)}", "bold $primary"), disabled=True)
        size = sum(entry.family == row for entry in self._entries)
        return Option(Content.assemble((f"{FOLDED} {printable(row)}", "bold $primary"), (f" · {size}", "$quiet")))

    def _line(self, entry: ListEntry) -> Content:
        is_open = bool(entry.key) and entry.key == self._current
        mark = (f"  · {self._mark}", "italic") if is_open else ("  · not now", "$quiet") if entry.is_dimmed else ""
        indent = "  " if self._has_families else ""
        title = (printable(entry.title), "$quiet" if entry.is_dimmed else "bold" if self._is_short else "")
        sentence = ("\n", (printable(entry.sentence), "$quiet")) if self._is_short and entry.sentence else ()
        return Content.assemble(indent, title, mark, *sentence)

    def on_input_changed(self, event: Field.Changed) -> None:
        if event.value != self._listed_for:
            self._list(event.value)

    def takes(self, event: events.Key) -> bool:
        if event.key in TO_THE_LIST:
            getattr(self._options, f"action_{TO_THE_LIST[event.key]}")()
            return True
        if event.key in ("left", "right") and self._has_families and not self._listed_for:
            self._fold(event.key == "left")
            return True
        return False

    def _fold(self, away: bool) -> None:
        """Fold the family of the chosen line, or unfold it."""
        row = self._chosen
        if row is None:
            return
        family = row.family if isinstance(row, ListEntry) else row
        if away and family:
            self._folded.add(family)
        elif not away and family in self._folded:
            self._folded.remove(family)
        else:
            return
        first = next(entry.key for entry in self._entries if entry.family == family)
        self._list("", keep=family if away else first)

    @property
    def _chosen(self) -> Row | None:
        line = self._options.highlighted
        return self._rows[line] if line is not None and line < len(self._rows) else None

    def submitted(self, text: str) -> None:
        if text != self._listed_for:  # the list has not been filtered by the last characters yet
            self._list(text)
        self._choose(self._chosen)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if event.option_index < len(self._rows):
            self._choose(self._rows[event.option_index])

    def _choose(self, row: Row | None) -> None:
        if isinstance(row, ListEntry):
            self.close_with(row.key)
        elif row is not None:
            self._fold(False)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        row = self._rows[event.option_index] if event.option_index < len(self._rows) else None
        if isinstance(row, ListEntry):
            self._text.update(_content(row, self._listed_for))
        elif row is not None:
            members = [printable(entry.title) for entry in self._entries if entry.family == row]
            self._text.update(Content.assemble((printable(row), "bold"), "\n\n", "\n".join(members)))
        self._about.scroll_home(animate=False)


def _key_of(row: Row) -> str:
    return row.key if isinstance(row, ListEntry) else row


def preset_picker(presets: Iterable[PresetEntry], current: str) -> FilteredList:
    """The presets and recordings, each family where its first member stands. Returns a title or a path. `current`: the
    title of the open run."""
    presets = tuple(presets)
    families = list(dict.fromkeys(preset.family for preset in presets))
    entries = [
        ListEntry(
            key=preset.opens or preset.title,
            title=preset.title,
            family=preset.family,
            sentence=preset.question,
            watch=preset.watch,
            text=preset.text,
            unseen=preset.steps,
            teaches=bool(preset.steps),
        )
        for preset in sorted(presets, key=lambda preset: families.index(preset.family))
    ]
    is_open = next((entry.key for entry in entries if entry.title == current), "")
    return FilteredList(
        entries, current=is_open, mark="open now", unit="entries", asks="Presets: type to filter", does="loads"
    )


def setting_picker(view: View, values: Mapping[str, object]) -> FilteredList:
    """The settings of the run with the values in force. Returns a dotted key."""
    entries = [
        ListEntry(
            key=setting.key,
            title=setting.label,
            family=setting.group or "everyday",
            sentence=setting.help,
            aliases=setting.key,
            text=f"Now: {value_words(values.get(setting.key), setting.key)}\n\n"
            f"Allowed: {allowed(setting, values.get(setting.key))}\n\n"
            f"In a file or with --set: {setting.key}",
        )
        for setting in view.settings
    ]
    chosen = view.settings[view.setting].key
    return FilteredList(
        entries, current=chosen, mark="chosen", unit="settings", asks="Settings: type to filter", does="goes there"
    )


def export_picker(formats: Iterable[tuple[str, str, str]], panel: str) -> FilteredList:
    """The kinds of files, each with the package that is missing for it or "". Returns an ending, or an ending, a blank
    and `panel` for a picture of this panel alone."""
    entries = []
    for ending, title, missing in formats:
        is_picture = title.startswith("picture")
        choices = {ending: " of the whole screen" if is_picture else ""}
        if is_picture and panel:
            choices[f"{ending} {panel}"] = f" of the {panel} panel"
        sentence = f"needs the package {missing}, which is not installed" if missing else ""
        entries += [
            ListEntry(key=key, title=f"{ending}  {title}{what}", sentence=sentence, is_dimmed=bool(missing))
            for key, what in choices.items()
        ]
    return FilteredList(entries, current="", unit="kinds", asks="Export: type to filter", does="writes a new file here")


def action_palette(view: View) -> FilteredList:
    """The actions of the keymap that do not depend on the focus, the impossible ones last. Returns an id."""
    owner = owner_of_arrows(view)
    actions = [a for a in view.keymap if not a.where and a.works_for(owner) and a.id != "palette"]
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


def _content(entry: ListEntry, typed: str) -> Content:
    """The texts of an entry, the typed words marked."""
    content = lesson_text(entry.title, entry.sentence, entry.watch, entry.text)
    if words := typed.removeprefix("/").split():
        content = content.highlight_regex(f"(?i){'|'.join(map(re.escape, words))}", style="reverse")
    return content
