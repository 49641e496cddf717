"""The list of settings with the values in force: the everyday ones first, the others folded under headings.

Below it the chosen line is explained."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from itertools import groupby

from msgspec import structs

from tui_trainer.dashboard.layout import Rect, Wish
from tui_trainer.dashboard.panels.border import open_panel
from tui_trainer.dashboard.panels.panel import LIST, Panel
from tui_trainer.dashboard.panels.stability import stability_words
from tui_trainer.dashboard.setting_values import can_step, in_force, stepped, value_in_force
from tui_trainer.dashboard.view import HOME, LEFT_AS_IT_IS, Act, KeyAction, Reply, View, focus, viewing
from tui_trainer.drawing.ascii import spelled_out
from tui_trainer.drawing.cells import Cells, text_width
from tui_trainer.drawing.text_fitting import Wordings, limited, wrapped
from tui_trainer.drawing.theme import Theme
from tui_trainer.experiment.declared import Setting
from tui_trainer.experiment.words import short_value, value_words
from tui_trainer.lessons.walk import Stage
from tui_trainer.setting import LEARNING_RATE
from tui_trainer.telemetry import Snapshot
from tui_trainer.telemetry.commands import ChangeSetting

RESTARTS = "↻"
"""The sign of a setting whose change restarts the run."""

LOCKED = "–"
"""The sign of a setting that the lesson does not let a person change."""

_HELP_ROWS = 5
"""Rows below a long enough list for the explanation of the chosen line."""

_WIDEST = 48
"""The most cells of a line: in a wider one, label and value would be too far apart."""


def draw(snapshot: Snapshot, view: View, width: int, height: int, theme: Theme) -> Cells:
    """The panel at this size."""
    shown, lines, focused = visible(view, height), unfolded(view), view.focus == HOME
    settings, chosen = view.settings, view.setting
    note = f"{chosen + 1} of {len(settings)}" if len(shown) < len(settings) else ""
    cells = open_panel(HOME, "Settings", view, width, height, theme, note=note)
    if not shown or width < 8:
        return cells
    room = min(width, _WIDEST) - 2
    for y, index in enumerate(shown, start=1):
        if isinstance(index, str):
            _draw_heading(cells, y, index, view, theme)
            continue
        setting, is_automatic = settings[index], settings[index].key in snapshot.resolved_defaults
        value = snapshot.values.get(setting.key, "–")
        words = value_in_force(snapshot, setting.key)
        short = _repeated(short_value(value, setting.key)) if words == value_words(value, setting.key) else words
        if setting.key in view.held_settings:
            words = short = HELD
        line = _line(
            setting,
            (words, short),
            room,
            theme,
            automatic=is_automatic,
            chosen=index == chosen,
            focused=focused,
            locked=setting.key in view.locked,
        )
        cells.paste(line, 1, y)
    if shown[0] != lines[0]:
        cells.text(width - 1, 1, "▴", theme.key)
    if shown[-1] != lines[-1]:
        cells.text(width - 1, len(shown), "▾", theme.key)
    if chosen in shown:
        setting = settings[chosen]
        cost = "acts at once" if setting.live else f"{RESTARTS} restarts the run"
        below = Wordings(LEFT_AS_IT_IS if setting.key in view.locked else cost)
        if setting.key == LEARNING_RATE and (limit := stability_words(snapshot)):
            below = Wordings(f"{below[0]}, {limit}", limit, limit.replace("below", "<"))
        _draw_help(cells, len(shown) + 1, setting, below, theme)
    return cells


HELD = "…"
"""In place of a value that a question of a lesson holds back."""

Line = int | str
"""A line of the list: the index of a setting, or the heading of a group."""


def unfolded(view: View) -> tuple[Line, ...]:
    """All lines of the list. The group of the chosen setting is unfolded, so choosing goes through all settings."""
    settings = view.settings
    chosen = settings[view.setting].group if settings else ""
    lines: list[Line] = []
    for group, members in groupby(range(len(settings)), lambda index: settings[index].group):
        lines += [group] if group else []
        lines += members if group in ("", chosen) else ()
    return tuple(lines)


def visible(view: View, height: int) -> tuple[Line, ...]:
    """The lines that a panel of this height shows, always with the chosen one; line i is in row i + 1."""
    lines, rows = unfolded(view), max(height - 2, 0)
    rows -= _HELP_ROWS + 1 if rows > 24 else _HELP_ROWS if rows > 16 else 0
    if len(lines) <= rows:
        return lines
    first = min(max(lines.index(view.setting) - rows // 2, 0), len(lines) - rows)
    return lines[first : first + rows]


def _draw_heading(cells: Cells, y: int, group: str, view: View, theme: Theme) -> None:
    """ "▸ optimizer · 4", or "▾ optimizer" over its settings."""
    is_folded = group != view.settings[view.setting].group
    x = cells.text(1, y, f"{'▸' if is_folded else '▾'} {group}", theme.key, width=cells.width - 2)
    if is_folded:
        count = sum(setting.group == group for setting in view.settings)
        cells.text(x, y, f" · {count}", theme.muted, width=max(cells.width - 1 - x, 0))


def _repeated(value: str) -> str:
    """ "relu relu relu" as "3 × relu"; anything else as it is."""
    words = value.split()
    alike = len(words) > 1 and len(set(words)) == 1 and not words[0][0].isdigit()
    return f"{len(words)} × {words[0]}" if alike else value


@lru_cache(maxsize=256)
def _line(
    setting: Setting,
    values: tuple[str, str],
    width: int,
    theme: Theme,
    *,
    automatic: bool,
    chosen: bool,
    focused: bool,
    locked: bool,
) -> Cells:
    """ "▸label value ↻" (the sign only where a change restarts), the value in full or in short.

    Cached: most lines are the same as in the last frame.
    """
    style = theme.chosen if chosen and focused else theme.strong if chosen else theme.text
    cells = Cells(width, 1, theme.chosen if chosen and focused else theme.text)
    cells.text(0, 0, "▸" if chosen else " ", theme.on_ground(theme.key, style))
    room = width - 3
    words = Wordings(setting.label, setting.short or setting.label)
    value = values[text_width(words[-1]) + 1 + text_width(values[0]) > room]
    name = words.fitting(room - text_width(value) - 1)
    value_room = min(text_width(value), max(room - text_width(name) - 1, room // 2))
    label_style = style if chosen else theme.faint if locked else theme.muted
    cells.text(1, 0, name, label_style, width=max(room - value_room - 1, 0))
    value_style = theme.muted if (automatic or locked) and not chosen else style
    cells.text(1 + room - value_room, 0, value, value_style, width=value_room)
    if locked:
        cells.text(width - 1, 0, LOCKED, theme.on_ground(theme.muted, style))
    elif not setting.live:
        cells.text(width - 1, 0, RESTARTS, theme.on_ground(theme.muted, style))
    return cells


def _draw_help(cells: Cells, y: int, setting: Setting, cost: Wordings, theme: Theme) -> None:
    """Draw the explanation of the chosen setting below the list, and what a change costs, where there is room."""
    room, rows = cells.width - 4, cells.height - 2 - y
    if room < 12 or rows < 2:
        return
    cells.text(1, y, "─" * (cells.width - 2), theme.border)
    text = spelled_out(setting.help) if theme.ascii else setting.help
    lines = limited(wrapped(text, room), rows)
    for number, line in enumerate(lines, start=1):
        cells.text(2, y + number, line, theme.muted, width=room)
    rest = rows - len(lines)
    below = limited(wrapped(cost.fitting_rows(room, rest), room), rest) if rest else []
    for number, line in enumerate(below, start=len(lines) + 1):
        cells.text(2, y + number, line, theme.note, width=room)


def choose_setting(view: View, index: int) -> View:
    """Choose a line of the list; beyond its ends, the last one there."""
    return structs.replace(view, setting=min(max(index, 0), max(len(view.settings) - 1, 0)))


def step_setting(direction: int, key: str = "") -> Act:
    """Change the setting `key` by one sensible step; "" for the chosen line of the list."""

    def act(snapshot: Snapshot, view: View) -> Reply:
        setting = view.settings[view.setting] if not key else next((s for s in view.settings if s.key == key), None)
        if setting is None:
            return view, ()
        old = in_force(snapshot, setting.key)
        new = stepped(setting, old, direction, 0 if snapshot.progress is None else snapshot.progress.examples)
        # At the end of the range the run says so; a value that it chose itself stays automatic.
        return view, () if new == old and setting.key in snapshot.resolved_defaults else (
            ChangeSetting(setting.key, new),
        )

    return act


def _line_at(distance: int) -> Act:
    return viewing(lambda snapshot, view: choose_setting(view, view.setting + distance))


def _no_settings(snapshot: Snapshot, view: View) -> str:
    return "" if view.settings else "there is nothing to set"


def _fixed(snapshot: Snapshot, view: View) -> str:
    """Why the chosen setting cannot be changed; "" if it can."""
    if not view.settings:
        return _no_settings(snapshot, view)
    return LEFT_AS_IT_IS if view.settings[view.setting].key in view.locked else ""


def _typed_only(snapshot: Snapshot, view: View) -> str:
    if not view.settings:
        return _no_settings(snapshot, view)
    setting = view.settings[view.setting]
    if can_step(setting, in_force(snapshot, setting.key)):
        return ""
    return f"{setting.label}: press {view.sign('setting_edit')} to type a value"


def _clicked(snapshot: Snapshot, view: View, column: int, row: int, rect: Rect) -> tuple[View, str]:
    """A click chooses a line or unfolds a group; a click on the chosen line edits its value."""
    shown = visible(view, rect.height)
    if not 0 < row <= len(shown):
        return focus(view, HOME), ""
    line = shown[row - 1]
    if isinstance(line, str):
        line = [setting.group for setting in view.settings].index(line)
    elif view.focus == HOME and view.setting == line:
        return view, "setting_edit"
    return choose_setting(focus(view, HOME), line), ""


def _in_footer(word: str, rank: int) -> Callable[[Snapshot, View], tuple[str, int]]:
    """The word in the footer, and before most others during a task, which may ask for a setting."""
    return lambda snapshot, view: (word, 1 if view.stage == Stage.TASK else rank)


# fmt: off
_KEYS = (
    KeyAction("setting_previous", "up", "setting above", "Settings: choose one.", "focus", _line_at(-1),
              where=(HOME, LIST), idle=_no_settings,
              footer_now=_in_footer("setting", 4), signs="↑↓", own="Settings: choose the one above."),
    KeyAction("setting_next", "down", "setting below", "Settings: choose one.", "focus", _line_at(1),
              where=(HOME, LIST), idle=_no_settings, own="Settings: choose the one below."),
    KeyAction("setting_less", "left", "setting a step down", "Settings: change it by a sensible step.", "focus",
              step_setting(-1), needs="settings", where=(HOME, LIST), idle=_typed_only,
              footer="change", signs="←→", rank=4, own="Settings: a sensible step down."),
    KeyAction("setting_more", "right", "setting a step up", "Settings: change it by a sensible step.", "focus",
              step_setting(1), needs="settings", where=(HOME, LIST), idle=_typed_only,
              own="Settings: a sensible step up."),
    KeyAction("find_setting", "/", "find a setting", "Find a setting by a word; in any list: type to search.", "panels",
              idle=_no_settings, tells="settings"),
    KeyAction("setting_edit", "enter", "type a value", "Settings: type a value.", "focus",
              needs="settings", where=(HOME,), idle=_fixed, footer_now=_in_footer("type", 10), tells="settings"),
)
# fmt: on


def _wish(snapshot: Snapshot, view: View) -> Wish:
    """The size for all lines and the explanation of the chosen one. It is that of the largest
    group, so that it does not change with the choice."""
    groups = Counter(setting.group for setting in view.settings)
    everyday = groups.pop("", 0)
    rows = everyday + len(groups) + max(groups.values(), default=0) + _HELP_ROWS + 3
    return Wish(HOME, 2, least=(24, rows), wanted=(25, rows), widest=34)


_SIGNS = (
    ("▸", "The chosen setting: its value can be changed, and the lines below the list explain it."),
    ("↻", "A change restarts the run with the same seed; others act at once. – is locked by the lesson."),
    ("▸ data · 5", "Settings that are rarely needed, folded; choosing on through the list unfolds them."),
    ("pale", "A pale value was chosen by the run itself."),
    ("verdict", "Above all panels: how the run does, in a sentence. Each panel has a number, which focuses it."),
)

PANEL = Panel(
    id=HOME,
    title="Settings",
    signs=_SIGNS,
    draw=draw,
    wish=_wish,
    requires=("settings",),
    shows="words",
    keys=_KEYS,
    arrows=HOME,
    in_a_case="closed",
    wheel=("setting_previous", "setting_next"),
    click=_clicked,
)
