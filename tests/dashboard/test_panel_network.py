"""The diagram of the network: units as cells, weights as lines, and what both say in each phase."""

from __future__ import annotations

import made_up
import numpy as np
import pytest
import short_runs as samples
from msgspec import structs

from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.panels import step, weights
from tui_trainer.dashboard.panels.network import rows_of_diagram
from tui_trainer.dashboard.view import View
from tui_trainer.dashboard.whole_screen import draw_dashboard
from tui_trainer.drawing.cells import Cells, unpack
from tui_trainer.drawing.charts.network import LayerColumn, draw_network
from tui_trainer.drawing.charts.numbers import compact
from tui_trainer.drawing.theme import ColourDepth, make_theme
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.telemetry import Phase, PictureRequest, Snapshot, Status
from tui_trainer.training import build

DARK = make_theme()
ASCII = make_theme("dark", ColourDepth.NONE, ascii_only=True)
NETWORK = first_view(weights_mode="network")


def text(snapshot: Snapshot, view: View = NETWORK, size: tuple[int, int] = (80, 24)) -> str:
    return "\n".join(weights.draw(snapshot, view, *size, DARK).lines())


def drawing(weight: float, theme=DARK) -> Cells:
    """Two units with one weight between them."""
    columns = [LayerColumn(size=1, values=np.array([0.5])), LayerColumn(size=1, values=np.array([-0.5]))]
    return draw_network(columns, [np.array([[weight]])], 26, 3, theme, numbers=False)


def test_the_sign_of_a_weight_is_in_the_colour_and_in_the_line() -> None:
    for weight, colour in ((2.0, 1.0), (-2.0, -1.0)):
        cells = drawing(weight)
        middle = cells.codes[1, 3:23]
        assert unpack(int(cells.styles[1, 3]))[0] == int(DARK.diverging(np.array([colour]))[0])
        assert ((middle == ord(" ")).any()) == (weight < 0)
    assert drawing(2.0, ASCII).lines()[1] == f"[#]{'+' * 20}[=]"
    assert set(drawing(-2.0, ASCII).lines()[1][3:23]) == {"-", " "}
    assert drawing(0.0).lines()[1].strip() == ""


def test_the_strongest_weight_is_on_top_where_lines_cross() -> None:
    cross = np.array([[0.0, 1.0], [-0.5, 0.0]])
    columns = [LayerColumn(size=2), LayerColumn(size=2)]
    cells = draw_network(columns, [cross], 27, 7, DARK, numbers=False)
    colours = {unpack(int(packed))[0] for packed in cells.styles[3, 12:15]}
    assert int(DARK.diverging(np.array([1.0]))[0]) in colours
    assert int(DARK.diverging(np.array([-0.5]))[0]) not in colours


def test_units_that_have_no_room_are_counted() -> None:
    columns = [LayerColumn(size=2), LayerColumn(size=64), LayerColumn(size=1)]
    cells = draw_network(columns, [np.ones((2, 8)), np.ones((8, 1))], 60, 8, DARK, numbers=False)
    assert "+57" in cells.lines()[-1]


def test_units_hold_the_answers_of_the_example_and_after_the_blame_their_share_of_it() -> None:
    snapshot = samples.moons()
    assert snapshot.step is not None
    view = structs.replace(NETWORK, numbers=True)
    shown = text(snapshot, view, (100, 40))
    assert "what each unit answered" in shown
    for layer in snapshot.step.layers[:-1]:
        assert all(compact(float(value), 2) in shown for value in layer.activation)
    assert compact(float(snapshot.step.prediction[0]), 2) in shown
    blamed = text(made_up.changed(snapshot, phase=Phase.BACKWARD), view, (100, 40))
    assert "blame δ of each unit" in blamed
    for layer in snapshot.step.layers:
        assert all(compact(float(value), 2) in blamed for value in layer.delta)


def test_the_colour_of_a_lone_output_is_its_probability_and_not_always_the_strongest() -> None:
    snapshot = samples.moons()
    assert snapshot.step is not None

    def colour(p: float, phase: Phase | None = None) -> int:
        step = structs.replace(snapshot.step, prediction=np.array([p]))
        cells = weights.draw(made_up.changed(snapshot, step=step, phase=phase), NETWORK, 100, 15, DARK)
        name = step.output_names[0]
        row = next(y for y, line in enumerate(cells.lines()) if line.rstrip("│ ").endswith(name))
        return unpack(int(cells.styles[row, cells.lines()[row].rindex(name) - 2]))[1]

    assert colour(1e-7) == DARK.diverging(0.0) != colour(0.5) != colour(1.0) == DARK.diverging(1.0)
    assert colour(1e-7, Phase.BACKWARD) != DARK.diverging(0.0), "the blame is measured by the largest of its layer"


def test_few_units_of_2d_data_are_maps_with_what_they_hold_beside() -> None:
    run = DiagnosedRun(build({"data": {"name": "xor"}, "network": {"hidden": [4]}}))
    run.advance(3)
    snapshot = run.snapshot(PictureRequest(network_units=20), version=1, status=Status.PAUSED)
    assert [maps.shape for maps in snapshot.network.unit_maps] == [(2, 6, 6), (4, 6, 6), (1, 6, 6)]
    assert all(np.abs(maps).max() <= 1 for maps in snapshot.network.unit_maps)
    first, second = snapshot.network.unit_maps[0]
    assert (np.diff(first, axis=1) > 0).all()  # x1 grows to the right,
    assert (np.diff(second, axis=0) < 0).all()  # x2 upwards
    cells = weights.draw(snapshot, NETWORK, 100, 24, DARK)
    assert "each unit over the plane" in cells.lines()[1]
    assert sum(line.count("▀") for line in cells.lines()) > 60
    assert "each unit over the plane" not in text(snapshot, size=(100, 15))
    assert "each unit over the plane" not in text(snapshot, structs.replace(NETWORK, numbers=True), (100, 24))


def test_maps_that_a_smaller_panel_has_asked_for_are_not_drawn_for_more_units() -> None:
    run = DiagnosedRun(build({"data": {"name": "xor"}, "network": {"hidden": [8]}}))
    run.advance(3)
    before, after = (
        run.snapshot(PictureRequest(network_units=units), version=1, status=Status.PAUSED) for units in (5, 40)
    )
    assert [len(maps) for maps in before.network.unit_maps] == [2, 5, 1]
    assert "each unit over the plane" not in text(before, size=(100, 40))
    assert "each unit over the plane" in text(after, size=(100, 40))


def test_data_that_is_not_flat_has_no_maps() -> None:
    for name in ("iris", "sine", "phrases"):
        run = DiagnosedRun(build({"data": {"name": name}}))
        assert run.snapshot(PictureRequest(network_units=9), version=1, status=Status.PAUSED).network.unit_maps == ()


def test_an_image_is_one_block_and_not_a_list_of_pixels() -> None:
    run = DiagnosedRun(build({"data": {"name": "digits"}, "network": {"hidden": [6]}}))
    run.advance(3)
    snapshot = run.snapshot(PictureRequest(network_units=20), version=1, status=Status.PAUSED)
    assert [weight.shape for weight in snapshot.network.weights] == [(64, 6), (6, 10)]
    assert "+4" not in text(snapshot, size=(60, 24))
    pixels = snapshot.step.inputs.reshape(8, 8)
    cells = weights.draw(snapshot, NETWORK, 60, 14, ASCII)
    block = [line[2:18] for line in cells.lines()[2:-1]]  # twice as large does not fit in 11 rows
    drawn = [line[:8] for line in block if set(line[:8]) <= set("=-.+#")]
    assert len(drawn) == 8
    strong = np.rint(2.5 * pixels / pixels.max()) >= 2
    assert [[sign == "#" for sign in line] for line in drawn] == strong.tolist()
    blamed = text(made_up.changed(snapshot, phase=Phase.BACKWARD), size=(60, 24))
    assert "·" * 16 in blamed
    small = text(snapshot, size=(40, 8))  # no room for the image: the first pixels, and how many more
    assert "+" in small


def test_no_step_yet_no_room_and_broken_weights_are_said() -> None:
    assert "no example has gone through yet" in text(structs.replace(samples.moons(), step=None))
    assert "no room" in text(samples.moons(), size=(20, 12))
    broken = made_up.changed(samples.moons(), weights=(np.full((2, 16), np.nan), np.ones((16, 1))))
    assert "32 of these weights are no finite numbers" in text(broken)


@pytest.mark.parametrize(("size", "there"), [((120, 40), False), ((200, 60), True)])
def test_where_there_is_room_it_stands_beneath_the_matrix(size: tuple[int, int], there: bool) -> None:
    frame = draw_dashboard(samples.moons(), first_view(settings=samples.SETTINGS), *size, DARK, ())
    assert (frame.asks["network_units"] > 0) == there
    assert ("before the update" in "\n".join(frame.cells.lines())) == there


def test_the_run_is_asked_for_what_is_drawn_and_no_more() -> None:
    rows = rows_of_diagram(NETWORK, 60, 14)
    run = DiagnosedRun(build({"network": {"hidden": [32, 3]}}))
    snapshot = run.snapshot(PictureRequest(network_units=rows), version=1, status=Status.PAUSED)
    assert rows == 11
    assert [weight.shape for weight in snapshot.network.weights] == [(2, 11), (11, 3), (3, 1)]
    assert run.snapshot(PictureRequest(), version=1, status=Status.PAUSED).network.weights == ()


def test_few_lines_have_their_weights_on_them_and_none_covers_another() -> None:
    columns = [LayerColumn(size=2), LayerColumn(size=1)]
    cells = draw_network(columns, [np.array([[0.5], [-0.25]])], 40, 8, DARK, numbers=False, labels=True)
    assert all(f" {number} " in "".join(cells.lines()) for number in ("0.50", "−0.25"))
    narrow = draw_network(columns, [np.array([[0.5], [-0.25]])], 14, 8, DARK, numbers=False, labels=True)
    assert "0.50" not in "".join(narrow.lines())


def test_units_that_dropout_has_silenced_are_crossed_out_in_the_diagram_and_in_the_strip() -> None:
    """Others in the next iteration, and as many as the step says."""
    run = DiagnosedRun(build({"data": {"name": "moons"}, "network": {"hidden": [12], "dropout": 0.4}}))
    seen = set()
    for _ in range(3):
        run.advance(1)
        snapshot = run.snapshot(PictureRequest(network_units=20), version=1, status=Status.PAUSED)
        assert snapshot.step is not None
        dropped = snapshot.step.layers[0].dropped
        assert dropped is not None
        seen.add(tuple(dropped))
        for view in (NETWORK, structs.replace(NETWORK, numbers=True)):
            assert text(snapshot, view, (60, 24)).count("╳") == dropped.sum()
        strip = next(line for line in step.draw(snapshot, NETWORK, 44, 12, DARK).lines() if "╳" in line)
        crossed = strip[strip.index("╳") :]
        assert crossed.count("╳") % dropped.sum() == 0
    assert len(seen) == 3


def test_the_blame_goes_back_by_a_layer_at_a_time() -> None:
    run = DiagnosedRun(build({"data": {"name": "xor"}, "network": {"hidden": [4, 4]}}))
    run.advance(3)
    for _ in range(3):
        run.advance_phase()
    snapshot = run.snapshot(PictureRequest(network_units=20), version=1, status=Status.PAUSED)
    shown = [text(snapshot, structs.replace(NETWORK, numbers=True, blamed=n), (100, 14)) for n in (1, 2, None)]
    for n, drawn in zip((1, 2, 3), shown, strict=True):
        for number, layer in enumerate(snapshot.step.layers):
            numbers = [compact(float(value), 2) for value in layer.delta]
            assert all(each in drawn for each in numbers) == (number >= 3 - n), (n, number)
    assert "the blame has come back to layer 3" in shown[0]
    assert "the blame has come back to layer 2" in shown[1]
