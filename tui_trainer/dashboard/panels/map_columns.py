"""The columns of a map over two of many: which two, and what all others are."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import structs

from tui_trainer.dashboard.panels.border import foot_room, title_room
from tui_trainer.dashboard.panels.point_cursor import at_cursor, chosen_example, nearest
from tui_trainer.dashboard.view import DATA, Act, KeyAction, View, focus, viewing
from tui_trainer.drawing.cells import fit
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.telemetry import DataView, DecisionMap, HardExamples, Snapshot, present


def has_map(data: DataView) -> bool:
    """Whether a map shows two of more columns."""
    return len(data.input_names) > 2 and data.image_shape is None and data.task != "embedding"


def map_title(picture: DecisionMap, names: tuple[str, ...], width: int) -> str:
    """The columns that the map shows, if there is room in these columns of the screen, and what all others are. Without
    room the lower border names those that it shows: see `map_foot`."""
    named, short = _titles(picture, names)
    return named.or_else(*short).fitting(width)


def map_foot(picture: DecisionMap, names: tuple[str, ...], width: int) -> Wordings:
    """The columns that the map shows, where the title of a panel of this width has no room for them; empty where it
    has."""
    if len(names) == 2 or map_title(picture, names, title_room(width)) in _titles(picture, names)[0]:
        return Wordings()
    across, up = (names[axis] for axis in picture.axes)
    room = max((foot_room(width) - len("→ ↑")) // 2, 1)
    return Wordings(f"→ {across} ↑ {up}", f"→{fit(across, room).rstrip()} ↑{fit(up, room).rstrip()}")


def _titles(picture: DecisionMap, names: tuple[str, ...]) -> tuple[Wordings, Wordings]:
    """Those that name the columns of the map, and shorter ones."""
    across, up = (names[axis] for axis in picture.axes)
    others, brief = (f"as on {picture.example}", picture.example) if picture.example else ("at their means", "means")
    named = (f"Map of {across} and {up}, others {others}", f"{across} × {up}, others {others}")
    return Wordings(*named, f"{across} × {up} · {brief}"), Wordings(f"Map, others {others}", f"Map · {brief}")


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
        return structs.replace(focus(view, DATA), request=request)

    return viewing(act)


def _around(snapshot: Snapshot, view: View) -> tuple[float, ...] | None:
    """The raw inputs of the example that the cursor is on or near, else of the one that is followed through the step;
    None where there is none."""
    data = present(snapshot.data)
    listed, point = data.picture, at_cursor(view)
    if isinstance(listed, HardExamples) and (index := chosen_example(listed, view)) is not None:
        inputs = data.validation_inputs if listed.held_out[index] else data.inputs
        return tuple(inputs[listed.number[index]].tolist())
    near = None if point is None or isinstance(listed, HardExamples) else nearest(data, point)
    number = near if near is not None else None if snapshot.step is None else snapshot.step.member
    return None if number is None or number >= len(data.inputs) else tuple(data.inputs[number].tolist())


def _turn_others(snapshot: Snapshot, view: View) -> View:
    """The columns that the map does not show go to the values of an example, or back to their means."""
    around = None if _is_around(snapshot) else _around(snapshot, view)
    request = structs.replace(view.request, kind="map", neuron=None, around=around)
    view = focus(view, DATA)
    is_listed = isinstance(present(snapshot.data).picture, HardExamples)
    return structs.replace(view, request=request, cursor=None if is_listed else view.cursor)


def _is_around(snapshot: Snapshot) -> bool:
    """Whether the map goes through an example."""
    picture = None if snapshot.data is None else snapshot.data.picture
    return isinstance(picture, DecisionMap) and bool(picture.example)


def _no_others(snapshot: Snapshot, view: View) -> str:
    if (none := _no_axes(snapshot, view)) or _is_around(snapshot):
        return none
    return (
        "" if _around(snapshot, view) is not None else f"no example is followed yet; {view.sign('step')} makes a step"
    )


def _map_words(words: str, around: str = "") -> Callable[[Snapshot, View], tuple[str, int]]:
    """The word in the footer while the map is shown; `around`: where it goes through an example."""

    def now(snapshot: Snapshot, view: View) -> tuple[str, int]:
        is_map = isinstance(present(snapshot.data).picture, DecisionMap) and view.focus == DATA
        return (around if around and _is_around(snapshot) else words) if is_map else "", 1

    return now


def _no_axes(snapshot: Snapshot, view: View) -> str:
    has_one = snapshot.data is not None and snapshot.data.picture is not None and has_map(snapshot.data)
    return "" if has_one else "there are no other columns to make a map of"


# fmt: off
MAP_KEYS = (
    KeyAction("map_across", "{", "another column across", "Data: the columns of the map, across and up.", "focus",
              _next_axis(0), idle=_no_axes, footer_now=_map_words("columns"), signs="{ }",
              own="Data: another column runs across the map."),
    KeyAction("map_up", "}", "another column up", "Data: the columns of the map, across and up.", "focus",
              _next_axis(1), idle=_no_axes, own="Data: another column runs up the map."),
    KeyAction("map_others", "|", "map through an example", "Data: the map's other columns as an example's, or means.",
              "focus", viewing(_turn_others), idle=_no_others,
              footer_now=_map_words("one example", "means")),
)
# fmt: on
