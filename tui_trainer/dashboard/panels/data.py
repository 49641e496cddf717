"""The data and the network's predictions: a map, a fitted curve, a table or a plot of predictions, an embedding."""

from __future__ import annotations

import numpy as np
from msgspec import structs

from tui_trainer.dashboard.evaluations_at import evaluations_shown
from tui_trainer.dashboard.layout import Wish
from tui_trainer.dashboard.panels.agreement import draw_agreement
from tui_trainer.dashboard.panels.border import Freshness, freshness, mark_cursor, open_panel, say, write_foot
from tui_trainer.dashboard.panels.classes import draw_classes, names_of_set
from tui_trainer.dashboard.panels.embedding import draw_embedding
from tui_trainer.dashboard.panels.hard_examples import draw_columns, draw_examples
from tui_trainer.dashboard.panels.legend import LegendEntry, draw_legend
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
    reading,
    start,
    values_of_curve,
)
from tui_trainer.dashboard.view import Act, Cursor, KeyAction, View, focus, viewing
from tui_trainer.drawing.cells import Cells, text_width
from tui_trainer.drawing.charts.axis import Axis
from tui_trainer.drawing.charts.confusion import draw_confusion
from tui_trainer.drawing.charts.decision import draw_answers, draw_points, draw_values
from tui_trainer.drawing.charts.numbers import compact, count, percent
from tui_trainer.drawing.charts.plot import Plot
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.drawing.theme import Theme
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


def draw(snapshot: Snapshot, view: View, width: int, height: int, theme: Theme) -> Cells:
    """The panel at this size."""
    # Only the update changes the predictions; no phase before it does.
    state: Freshness = "fresh" if freshness(snapshot, Phase.UPDATE) == "fresh" else "calm"
    cells = open_panel(
        "data", _title(snapshot, width), view, width, height, theme, note=_note(snapshot, width), state=state
    )
    if width < 8 or height < 3:
        return cells
    data = present(snapshot.data)
    picture = data.picture
    if isinstance(picture, DecisionMap):
        _draw_map(cells, picture, data, at_cursor(view), theme)
    elif isinstance(picture, Curve):
        _draw_curve(cells, picture, data, at_cursor(view), theme)
    elif isinstance(picture, Confusion):
        _draw_table(cells, picture, data, theme)
    elif isinstance(picture, Agreement):
        draw_agreement(cells, picture, theme)
    elif isinstance(picture, Embedding):
        draw_embedding(cells, picture, data, chosen_phrase(picture, view), theme)
    elif isinstance(picture, HardExamples):
        draw_examples(cells, picture, data, chosen_example(view), theme)
    elif isinstance(picture, ColumnWorth):
        draw_columns(cells, picture, theme)
    else:
        name, inputs = data.name, len(data.input_names)
        say(cells, f"{name}: {len(data.inputs)} examples of {inputs} inputs. They have no flat picture.", theme.muted)
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
            across, up = (present(snapshot.data).input_names[axis] for axis in picture.axes)
            wordings = Wordings(f"Map of {across} and {up}, others at their means", f"Map of {across} and {up}", "Map")
        return wordings.fitting(width - 8)
    if isinstance(picture, Curve):
        return "Data and fit"
    if isinstance(picture, HardExamples):
        return "Hardest examples"
    if isinstance(picture, ColumnWorth):
        return Wordings("What each column is worth", "Columns").fitting(width - 8)
    if isinstance(picture, Agreement) and picture.residuals:
        return "Errors"
    if isinstance(picture, Confusion | Agreement):
        return "Answers"
    return "Embedding" if isinstance(picture, Embedding) else "Data"


def _note(snapshot: Snapshot, width: int) -> str:
    """The share of right predictions, and its set."""
    picture = present(snapshot.data).picture
    if isinstance(picture, Embedding):
        return "" if np.isnan(picture.nearest_right) else f"nearest right {percent(picture.nearest_right)}"
    if isinstance(picture, Confusion):
        counts, (judged, _, brief) = picture.counts, names_of_set(picture)
        share = percent(counts.trace() / max(counts.sum(), 1))
        return Wordings(f"{judged} {share} right", f"{judged} {share}", f"{brief} {share}", brief).fitting(width - 17)
    if isinstance(picture, Agreement):
        with np.errstate(all="ignore"):  # the answers of a diverging run overflow
            typical = float(np.sqrt(np.mean(np.square(picture.answer - picture.truth, dtype=np.float64))))
        return Wordings(f"typical error {compact(typical)}", f"±{compact(typical)}").fitting(width - 17)
    latest = evaluations_shown(snapshot).latest
    if latest is None or latest.train_accuracy is None or not isinstance(picture, DecisionMap):
        return ""
    shares = {"training": latest.train_accuracy, "validation": latest.validation_accuracy}
    right = {of: f"{of} {percent(share)} right" for of, share in shares.items() if share is not None}
    both = " · ".join(right.values())
    return both if text_width(both) + 26 <= width else right["training"]


def _draw_map(
    cells: Cells, picture: DecisionMap, data: DataView, cursor: tuple[float, float] | None, theme: Theme
) -> None:
    """Draw the map with the training points on it, and the classes below it."""
    below = 1 if cells.height >= 7 else 0
    width, height = cells.width - 2, cells.height - 2 - below
    values = np.asarray(picture.values, dtype=np.float64)
    classifies = data.task == "classification"
    if classifies and picture.title == "answer":
        body = draw_answers(picture.classes, _confidence(values, picture.outputs), width, height, theme)
    else:
        finite = np.abs(values[np.isfinite(values)])
        body = draw_values(values / (float(finite.max(initial=0.0)) or 1.0), width, height, theme)
    horizontal = Axis(picture.low[0], picture.high[0])
    vertical = Axis(picture.low[1], picture.high[1])
    points = data.inputs[:, list(picture.axes)]
    columns = horizontal.place(points[:, 0], width)
    rows = height - 1 - vertical.place(points[:, 1], height)
    if classifies:
        drawn = draw_points(body, columns, rows, data.targets.astype(np.int64), theme)
    else:
        drawn = draw_points(body, columns, rows, (data.targets > data.middle).astype(np.int64), theme, marks="-+")
    cells.paste(body, 1, 1)
    if cursor is not None:
        x, y = round(float(horizontal.place(cursor[0], width))), round(float(vertical.place(cursor[1], height)))
        mark_cursor(cells, 1 + x, height - y, theme.sign("┼", "X"), theme)
    some = "" if drawn == len(points) else f"{count(drawn)} of {count(len(points))} "
    write_foot(
        cells,
        Wordings(f"points: {some}training examples", f"points: {some}training", "points: training", "training"),
        theme,
    )
    if below and cursor is not None:
        _write_reading(cells, data, cursor, theme)
    elif below:
        corners = _corners(picture, data)
        if classifies:
            x = draw_classes(cells, cells.height - 2, data, theme, answered=picture.answered)
        else:
            middle = compact(data.middle)
            sides = f"- truth below {middle}  + above {middle}"
            wordings = Wordings(f"{sides} · colour: the answer", sides, "-+ truth")
            said = wordings.fitting(width - 4 - text_width(corners[-1]))
            x = cells.text(2, cells.height - 2, said, theme.muted, width=width - 2)
        ranges = corners.fitting(cells.width - 3 - x)
        start = cells.width - 2 - text_width(ranges)
        if start >= x + 1:
            cells.text(start, cells.height - 2, ranges, theme.muted)


def _confidence(values: np.ndarray, outputs: int) -> np.ndarray:
    """The distance of a prediction from a guess, 0 to 1: of one probability from 0.5, of several from one in
    `outputs`."""
    if outputs == 1:
        return np.abs(values - 0.5) * 2
    return (values - 1 / outputs) / (1 - 1 / outputs)


def _corners(picture: DecisionMap, data: DataView) -> Wordings:
    """The ranges of the two inputs."""
    ranges = "  ".join(
        f"{data.input_names[picture.axes[i]]} {compact(picture.low[i], 2)} … {compact(picture.high[i], 2)}"
        for i in (0, 1)
    )
    return Wordings(f"{ranges} ({data.unit})" if data.unit else ranges, ranges)


def _write_reading(cells: Cells, data: DataView, cursor: tuple[float, float], theme: Theme) -> None:
    """Write below the picture what is at the cursor."""
    room = cells.width - 4
    cells.text(2, cells.height - 2, reading(data, cursor).fitting(room), theme.cursor, width=room)


def _draw_curve(cells: Cells, picture: Curve, data: DataView, cursor: tuple[float, float] | None, theme: Theme) -> None:
    """Draw the fitted line and the examples around it."""
    below = 1 if cells.height >= 7 else 0
    inputs = data.inputs[:, 0]
    axis = Axis(float(np.min(picture.x)), float(np.max(picture.x)))
    answers = np.asarray(picture.y, dtype=np.float64)
    vertical = values_of_curve(data)
    plot = Plot(cells.width - 2, cells.height - 2 - below, axis, vertical, theme)
    inside = (answers >= vertical.low) & (answers <= vertical.high)
    if len(data.validation_inputs):
        plot.points(data.validation_inputs[:, 0], data.validation_targets, ".", theme.muted)
    are_many = len(inputs) > plot.columns  # they would cover the curve
    if are_many:
        plot.points(inputs, data.targets, "o", theme.class_style(0))
    plot.line(np.asarray(picture.x, dtype=np.float64), np.where(inside, answers, np.nan), theme.train)
    if not are_many:
        plot.points(inputs, data.targets, "o", theme.class_style(0))
    if cursor is not None:
        plot.upright(cursor[0], "│", theme.cursor)
        plot.points([cursor[0]], [cursor[1]], theme.sign("┼", "X"), theme.badge)
    cells.paste(plot.cells, 1, 1)
    if below and cursor is not None:
        _write_reading(cells, data, cursor, theme)
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
    """What can be shown of these data, in order: the usual picture first, then what only these data have."""
    data = present(snapshot.data)
    pictures: list[tuple[PictureKind, NeuronAddress | None]] = [("", None)]
    if data.task == "embedding":
        return pictures
    inputs, is_table = len(data.input_names), data.image_shape is None
    if inputs == 2 and snapshot.network is not None:
        hidden = enumerate(snapshot.network.shape[1:-1])
        pictures += [("", NeuronAddress(layer, unit)) for layer, width in hidden for unit in range(width)]
    kinds: dict[PictureKind, bool] = {
        "residuals": inputs > 2 and data.task == "regression",
        "map": inputs > 2 and is_table,
        "examples": True,
        "columns": inputs > 1 and is_table,
    }
    return pictures + [(kind, None) for kind, is_there in kinds.items() if is_there]


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


def _next_axis(place: int) -> Act:
    """Another column runs across (0) or up (1) the map."""

    def act(snapshot: Snapshot, view: View) -> View:
        data = present(snapshot.data)
        axes = view.request.axes
        if isinstance(data.picture, DecisionMap):  # else the key only turns to the map
            turned = list(data.picture.axes)
            turned[place] = (turned[place] + 1) % len(data.input_names)
            if turned[0] == turned[1]:
                turned[place] = (turned[place] + 1) % len(data.input_names)
            axes = turned[0], turned[1]
        request = structs.replace(view.request, kind="map", neuron=None, axes=axes)
        return structs.replace(focus(view, "data"), request=request)

    return viewing(act)


def _no_axes(snapshot: Snapshot, view: View) -> str:
    data = snapshot.data
    has_map = data is not None and ("map", None) in _pictures(snapshot)
    return "" if has_map else "there are no other columns to make a map of"


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
    return Wish("data", 3, least=(26, min(max(9, classes + 3), 13)), wanted=(50, 19))


_SIGNS = (
    ("o x", "The examples, a letter for each class, where their two inputs are."),
    ("colours", "What the network answers for every other input there; faint where it is not sure."),
    ("border", "Where the answer changes. Learning is: the border moves until the letters are on their side."),
    ("table", "For more inputs: the true class in the row, the answer in the column; right ones on the diagonal."),
    ("100 % right", "The share of examples whose class is right; valid. means those that were held out."),
)

# fmt: off
MAP_KEYS = (
    KeyAction("map_across", "{", "another column across", "Data: the columns of the map, across and up.", "focus",
              _next_axis(0), idle=_no_axes, own="Data: another column runs across the map."),
    KeyAction("map_up", "}", "another column up", "Data: the columns of the map, across and up.", "focus",
              _next_axis(1), idle=_no_axes, own="Data: another column runs up the map."),
)
# fmt: on

PANEL = Panel(
    id="data",
    title="Data",
    signs=_SIGNS,
    number="5",
    draw=draw,
    wish=_wish,
    requires=("data",),
    asks=_asks,
    keys=(*KEYS, *PHRASE_KEYS, *MAP_KEYS),
    arrows=ITEMS,
    items=Items(_next_picture, _no_picture),
    cursor=PanelCursor(POINT, _start, NO_PLANE),
    click=clicked,
    wheel=("previous_item", "next_item"),
)
