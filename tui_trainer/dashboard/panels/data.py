"""The data and the network's predictions: a map, a fitted curve, a table or a plot of predictions, an embedding."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from msgspec import structs

from tui_trainer.dashboard.evaluations_at import evaluations_shown
from tui_trainer.dashboard.layout import Wish
from tui_trainer.dashboard.panels.agreement import draw_agreement
from tui_trainer.dashboard.panels.border import Freshness, freshness, open_panel, say, title_room, write_foot
from tui_trainer.dashboard.panels.classes import names_of_set
from tui_trainer.dashboard.panels.decision_map import draw_map, write_reading
from tui_trainer.dashboard.panels.embedding import draw_embedding
from tui_trainer.dashboard.panels.hard_examples import draw_columns, draw_examples
from tui_trainer.dashboard.panels.legend import LegendEntry, draw_legend
from tui_trainer.dashboard.panels.map_columns import MAP_KEYS, has_map, map_title
from tui_trainer.dashboard.panels.panel import ITEMS, Items, Panel, PanelCursor
from tui_trainer.dashboard.panels.phrase_cursor import PHRASE_KEYS, chosen_phrase
from tui_trainer.dashboard.panels.phrase_cursor import start as first_phrase
from tui_trainer.dashboard.panels.point_cursor import (
    KEYS,
    NO_PLANE,
    POINT,
    at_cursor,
    chosen_example,
    clicked,
    map_size,
    start,
    values_of_curve,
)
from tui_trainer.dashboard.view import DATA, Cursor, View
from tui_trainer.drawing.cells import Cells, text_width
from tui_trainer.drawing.charts.axis import Axis
from tui_trainer.drawing.charts.confusion import draw_confusion
from tui_trainer.drawing.charts.numbers import compact, plain
from tui_trainer.drawing.charts.plot import Plot
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.drawing.theme import Theme
from tui_trainer.setting import TABLE
from tui_trainer.telemetry import (
    Agreement,
    ColumnWorth,
    Confusion,
    Curve,
    DataView,
    DecisionMap,
    Embedding,
    HardExamples,
    NeuronAddress,
    Phase,
    PictureKind,
    PictureRequest,
    Snapshot,
    present,
)
from tui_trainer.wording import date_in_words, percent


def draw(snapshot: Snapshot, view: View, width: int, height: int, theme: Theme) -> Cells:
    """The panel at this size."""
    # Only the update changes the predictions; no phase before it does.
    state: Freshness = "fresh" if freshness(snapshot, Phase.UPDATE) == "fresh" else "calm"
    cells = open_panel(
        DATA, _title(snapshot, width), view, width, height, theme, note=_note(snapshot, width), state=state
    )
    if width < 8 or height < 3:
        return cells
    data = present(snapshot.data)
    picture = data.picture
    if isinstance(picture, DecisionMap):
        draw_map(cells, picture, data, at_cursor(view), theme)
    elif isinstance(picture, Curve):
        _draw_curve(cells, picture, data, at_cursor(view), theme)
    elif isinstance(picture, Confusion):
        _draw_table(cells, picture, data, theme)
    elif isinstance(picture, Agreement):
        draw_agreement(cells, picture, theme)
    elif isinstance(picture, Embedding):
        draw_embedding(cells, picture, data, chosen_phrase(picture, view), theme)
    elif isinstance(picture, HardExamples):
        values_from = 0 if view.cursor is None else view.values_from
        draw_examples(cells, picture, data, chosen_example(picture, view), values_from, theme)
    elif isinstance(picture, ColumnWorth):
        draw_columns(cells, picture, theme)
    else:  # it was not asked for yet
        say(cells, f"{data.name}: {len(data.inputs):,} examples of {len(data.input_names)} inputs", theme.muted)
    return cells


def map_room(width: int, height: int) -> tuple[int, int]:
    """(columns, rows) of a decision map in a panel of this size."""
    columns, lines = map_size(width, height)
    return columns, 2 * lines


def _title(snapshot: Snapshot, width: int) -> str:
    picture = present(snapshot.data).picture
    if isinstance(picture, DecisionMap):
        wordings = Wordings("Data and decision", "Decision")
        if picture.title != "answer":
            wordings = Wordings(f"Map of {picture.title}", picture.title)
        elif len(present(snapshot.data).input_names) > len(picture.axes):
            return map_title(picture, present(snapshot.data).input_names, title_room(width))
        return wordings.fitting(title_room(width))
    if isinstance(picture, Curve):
        return "Data and fit"
    if isinstance(picture, HardExamples):
        return "Hardest examples"
    if isinstance(picture, ColumnWorth):
        return Wordings("What each column is worth", "Columns").fitting(title_room(width))
    if isinstance(picture, Agreement) and picture.residuals:
        return "Errors"
    if isinstance(picture, Confusion | Agreement):
        return "Answers"
    return "Embedding" if isinstance(picture, Embedding) else "Data"


def _note(snapshot: Snapshot, width: int) -> str:
    """The share of right predictions, and its set; nothing of a map that shows no predictions."""
    picture = present(snapshot.data).picture
    if isinstance(picture, Embedding):
        return "" if np.isnan(picture.nearest_right) else f"nearest right {percent(picture.nearest_right)}"
    if isinstance(picture, Confusion):
        counts, (judged, _, brief) = picture.counts, names_of_set(picture)
        share, latest = percent(counts.trace() / max(counts.sum(), 1)), evaluations_shown(snapshot).latest
        if latest is None or latest.iteration != snapshot.iteration:  # the verdict speaks of the last evaluation
            share = f"now {share}"
        return Wordings(f"{judged} {share} right", f"{judged} {share}", f"{brief} {share}", brief).fitting(width - 17)
    if isinstance(picture, Agreement):
        with np.errstate(all="ignore"):  # the answers of a diverging run overflow
            typical = float(np.sqrt(np.mean(np.square(picture.answer - picture.truth, dtype=np.float64))))
        return Wordings(f"typical error {compact(typical)}", f"off {compact(typical)}").fitting(width - 17)
    latest = evaluations_shown(snapshot).latest
    is_of_answers = isinstance(picture, DecisionMap) and picture.title == "answer"
    if latest is None or latest.train_accuracy is None or not is_of_answers:
        return ""
    shares = {"training": latest.train_accuracy, "validation": latest.validation_accuracy}
    right = {of: f"{of} {percent(share)} right" for of, share in shares.items() if share is not None}
    both = " · ".join(right.values())
    return both if text_width(both) + 26 <= width else right["training"]


@lru_cache(maxsize=4)  # labels are kept for each writer
def _written(unit: str) -> Callable[[float], str]:
    return lambda value: date_in_words(value, unit)


def _draw_curve(cells: Cells, picture: Curve, data: DataView, cursor: tuple[float, float] | None, theme: Theme) -> None:
    """Draw the fitted line and the examples around it."""
    below = 1 if cells.height >= 7 else 0
    inputs = data.inputs[:, 0]
    axis = Axis(float(np.min(picture.x)), float(np.max(picture.x)))
    answers = np.asarray(picture.y, dtype=np.float64)
    vertical = values_of_curve(data)
    label = _written(data.date_units[0]) if data.date_units else plain
    plot = Plot(cells.width - 2, cells.height - 2 - below, axis, vertical, theme, label=label)
    inside = (answers >= vertical.low) & (answers <= vertical.high)
    if len(data.validation_inputs):
        plot.points(data.validation_inputs[:, 0], data.validation_targets, ".", theme.muted)
    are_many = len(inputs) > plot.columns  # they would cover the curve
    more = ""
    if are_many:
        more = plot.cloud(inputs, data.targets, "o", theme.class_style(0))
    plot.line(np.asarray(picture.x, dtype=np.float64), np.where(inside, answers, np.nan), theme.train)
    if not are_many:
        more = plot.cloud(inputs, data.targets, "o", theme.class_style(0))
    if cursor is not None:
        plot.upright(cursor[0], "│", theme.cursor)
        plot.points([cursor[0]], [cursor[1]], theme.sign("┼", "X"), theme.badge)
    cells.paste(plot.cells, 1, 1)
    if below and cursor is not None:
        write_reading(cells, data, cursor, theme)
    elif below:
        entries = [
            LegendEntry("o", theme.class_style(0), Wordings("training example", "training", "train")),
            LegendEntry(theme.sign("━━", "**"), theme.train, Wordings("answer")),
        ]
        if len(data.validation_inputs):
            entries.append(
                LegendEntry(".", theme.muted, Wordings("validation example", "validation", "valid.", "val."))
            )
        draw_legend(cells, cells.height - 2, entries, theme)
    if more:
        write_foot(cells, Wordings(*(f"{more} several {of}" for of in ("training examples", "examples"))), theme)


def _draw_table(cells: Cells, picture: Confusion, data: DataView, theme: Theme) -> None:
    width, height = cells.width - 4, cells.height - 2
    above = 1 if height >= len(picture.counts) + 3 else 0
    if above:
        wordings = Wordings(
            f"{names_of_set(picture)[0]} set · true class ↓ · answered →",
            "true class ↓ · answered →",
            "true ↓ answered →",
        )
        cells.text(2, 1, wordings.fitting(width), theme.muted, width=width)
    body = draw_confusion(picture.counts, data.class_names, width, height - above, theme)
    cells.paste(body, 2, 1 + above)


def _pictures(snapshot: Snapshot) -> list[tuple[PictureKind, NeuronAddress | None]]:
    """What can be shown of these data, in order: the usual picture first."""
    data = present(snapshot.data)
    usual: list[tuple[PictureKind, NeuronAddress | None]] = [("", None)]
    if data.task == "embedding":
        return usual
    inputs, units = len(data.input_names), list[tuple[PictureKind, NeuronAddress | None]]()
    if inputs == 2 and snapshot.network is not None:
        hidden = enumerate(snapshot.network.shape[1:-1])
        units = [("", NeuronAddress(layer, unit)) for layer, width in hidden for unit in range(width)]
    kinds: dict[PictureKind, bool] = {
        "confusion": inputs < 3 and data.task == "classification",
        "residuals": inputs > 1 and data.task == "regression",
        "map": has_map(data),
        "examples": True,
        "columns": inputs > 1 and data.image_shape is None,
    }
    more = [(kind, None) for kind, is_there in kinds.items() if is_there]
    # Whoever brings a table looks for these first; in a preset of two inputs the units are the story.
    return [*usual, *more, *units] if snapshot.values.get(TABLE) else [*usual, *units, *more]


def _next_picture(snapshot: Snapshot, view: View, direction: int) -> PictureRequest:
    """The next of what can be shown, wrapping round."""
    pictures, shown = _pictures(snapshot), (view.request.kind, view.request.neuron)
    index = pictures.index(shown) if shown in pictures else 0
    kind, neuron = pictures[(index + direction) % len(pictures)]
    return structs.replace(view.request, kind=kind, neuron=neuron)


def _no_picture(snapshot: Snapshot, view: View) -> str:
    if snapshot.data is not None and snapshot.data.picture is not None and len(_pictures(snapshot)) > 1:
        return ""
    return "there is no other picture of these data"


def _start(snapshot: Snapshot, view: View) -> Cursor | None:
    picture = None if snapshot.data is None else snapshot.data.picture
    return first_phrase(picture, view) if isinstance(picture, Embedding) else start(snapshot, view)


def _asks(view: View, width: int, height: int) -> dict[str, object]:
    if not width:
        return {"picture": False}
    columns, rows = map_room(width, height)
    return {"picture": True, "map_columns": columns, "map_rows": rows}


def _wish(snapshot: Snapshot, view: View) -> Wish:
    """A table of predictions has a row for each class, below its title and the names of the columns."""
    picture = None if snapshot.data is None else snapshot.data.picture
    classes = len(picture.counts) if isinstance(picture, Confusion) else 0
    return Wish(DATA, 3, least=(26, min(max(9, classes + 3), 13)), wanted=(50, 19))


_SIGNS = (
    ("o x ◇", "The examples, a letter for each class, where their two inputs are; ◇ where classes meet."),
    ("colours", "What the network answers for every other input there; faint where it is not sure."),
    ("border", "Where the answer changes. Learning is: the border moves until the letters are on their side."),
    ("table", "For more inputs: the true class in the row, the answer in the column; right ones on the diagonal."),
    ("100 % right", "The share of right classes; valid. of those held out; now where the last evaluation is older."),
)

_SIGNS_OF_TABLE = (
    ("table", "Of classes: the true one in the row, the answer in the column; right ones on the diagonal."),
    ("points", "Of a number: the answer over the truth, on the line where they agree; then the errors."),
    ("map", "The next picture: the answer over two columns, while all others are at their means."),
    ("hardest", "The next: the examples with the largest loss, worst first, with their line in the file."),
    ("worth", "The last: how far the loss rises when a column is shuffled, and the spread of five shuffles."),
)

PANEL = Panel(
    id=DATA,
    title="Data",
    signs=_SIGNS,
    signs_of_table=_SIGNS_OF_TABLE,
    number="5",
    draw=draw,
    wish=_wish,
    requires=("data",),
    asks=_asks,
    keys=(*KEYS, *PHRASE_KEYS, *MAP_KEYS),
    arrows=ITEMS,
    items=Items(_next_picture, _no_picture, ("next picture", 1)),
    cursor=PanelCursor(POINT, _start, NO_PLANE),
    click=clicked,
    wheel=("previous_item", "next_item"),
)
