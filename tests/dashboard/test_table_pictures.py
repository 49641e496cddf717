"""The lists and bars that only tables have, and the keys that go through them."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from driven_run import DrivenRun, opened, press

from tui_trainer.dashboard.keys.key_meaning import action_for
from tui_trainer.dashboard.panels.map_columns import map_foot, map_title
from tui_trainer.dashboard.panels.point_cursor import chosen_example
from tui_trainer.dashboard.screen_state import ScreenState
from tui_trainer.drawing.charts.numbers import compact
from tui_trainer.drawing.theme import ColourDepth, make_theme
from tui_trainer.experiment import build
from tui_trainer.telemetry import DecisionMap, HardExamples, present
from tui_trainer.wording import value_in_words

ROWS = 60
THEME = make_theme("dark", ColourDepth.TRUECOLOR)


@pytest.fixture
def screen(tmp_path: Path) -> ScreenState:
    """A table of flowers in which the class of line 7 is wrong, trained to its end."""
    random = np.random.default_rng(1)
    lines = ["length,width,colour,kind"]
    for number in range(ROWS):
        kind = number % 2
        length, width = random.normal(kind * 4, 0.5), random.normal(0, 1)
        wrong = number == 5
        lines.append(f"{length:.3f},{width:.3f},{'rb'[number % 3 == 0]},{['rose', 'lily'][kind ^ wrong]}")
    path = tmp_path / "flowers.csv"
    path.write_text("\n".join(lines) + "\n")
    data = {"name": "file", "file": str(path), "validation_share": 0.1}
    run = DrivenRun(build({"data": data, "training": {"epochs": 30, "seed": 2}}, "flowers"))
    state = opened(run)
    press(state, "m", "space")
    run.pass_seconds(1e6)
    draw(state)
    return state


def draw(state: ScreenState, width: int = 120, height: int = 40) -> str:
    state.poll()
    state.draw(width, height, THEME)
    state.poll()
    return "\n".join(state.draw(width, height, THEME).lines())


def turned_to(state: ScreenState, title: str) -> str:
    """The screen once the data panel shows this picture."""
    press(state, "5")
    for _ in range(8):
        if title in (shown := draw(state)):
            return shown
        press(state, "n")
    raise AssertionError(f"{title} never shown:\n{shown}")


def test_the_wrong_row_is_listed_first_and_can_be_left_out_and_taken_back(screen: ScreenState) -> None:
    shown = turned_to(screen, "Hardest examples")
    worst = next(line for line in shown.splitlines() if "→" in line and "train" in line and " 7 " in line)
    assert "rose → lily" in worst or "lily → rose" in worst
    before = len(screen.snapshot.data.inputs) if screen.snapshot.data else 0
    press(screen, "c")
    for _ in range(5):
        if screen.view.cursor is not None and "train" in chosen_line(screen):
            break
        press(screen, "down")
    left = press(screen, "delete")
    assert left.data is not None
    assert len(left.data.inputs) == before - 1
    back = press(screen, "u")
    assert back.data is not None
    assert len(back.data.inputs) == before


def test_the_cursor_stays_on_its_example_while_the_order_changes(screen: ScreenState) -> None:
    turned_to(screen, "Hardest examples")
    press(screen, "c", "down", "down", "down")
    (rank, line), values = chosen(screen), shown_values(screen)
    assert rank == 3
    press(screen, "home")
    ranks = set()
    for _ in range(12):
        draw(screen)
        rank, now = chosen(screen)
        assert now == line
        assert shown_values(screen) == values
        ranks.add(rank)
        press(screen, ".")
    assert len(ranks) > 1


def shown_values(screen: ScreenState) -> str:
    """The values of the chosen example, below the list."""
    cells = screen.draw(120, 40, THEME)
    rows = (
        "".join(character for character, style in zip(line, styles, strict=False) if style == THEME.cursor)
        for line, styles in zip(cells.lines(), cells.styles, strict=True)
    )
    return next(row for row in rows if "length " in row)


def chosen(screen: ScreenState) -> tuple[int, int]:
    """The rank of the example that the cursor is on, from 0, and its line in the file."""
    data = screen.snapshot.data
    assert data is not None
    assert isinstance(data.picture, HardExamples)
    rank = chosen_example(data.picture, screen.view)
    assert rank is not None
    return rank, int(data.picture.line[rank])


def chosen_line(screen: ScreenState) -> str:
    """The line that the cursor is on: the one with the style of what is chosen."""
    screen.poll()
    cells = screen.draw(120, 40, THEME)
    return next(
        line for line, styles in zip(cells.lines(), cells.styles, strict=True) if (styles == THEME.chosen).sum() > 20
    )


def test_columns_are_named_and_the_one_that_matters_is_first(screen: ScreenState) -> None:
    shown = turned_to(screen, "What each column is worth").splitlines()
    top = next(number for number, line in enumerate(shown) if "What each column" in line)
    assert "length" in shown[top + 2]
    assert {"width", "colour"} <= {word for line in shown[top + 3 : top + 5] for word in line.split()}


def test_other_columns_come_on_the_map(screen: ScreenState) -> None:
    press(screen, "5", "{")
    assert "length" in draw(screen)
    first = screen.snapshot.data
    assert first is not None
    press(screen, "}")
    draw(screen)
    second = screen.snapshot.data
    assert second is not None
    assert first.picture.axes != second.picture.axes  # type: ignore[union-attr]


@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
def test_pictures_fit_small_screens(screen: ScreenState, size: tuple[int, int]) -> None:
    for _ in range(5):
        press(screen, "5", "n") if screen.view.focus != "data" else press(screen, "n")
        draw(screen, *size)


def test_the_network_is_asked_on_a_map_with_the_other_columns_at_their_means(screen: ScreenState) -> None:
    turned_to(screen, "others at their means")
    press(screen, "c", "right", "up", "enter")
    shown = draw(screen)
    data, cursor = screen.snapshot.data, screen.view.cursor
    assert data is not None
    assert isinstance(cursor, tuple)
    assert data.asked is not None
    expected = data.inputs.mean(axis=0)
    expected[list(data.picture.axes)] = cursor  # type: ignore[union-attr]
    assert np.allclose(data.asked.inputs, expected)
    trainer = screen.run.driver.control.run.trainer  # type: ignore[attr-defined]
    rose = float(trainer.predict(expected[None])[0, 0])
    assert f"asked at ({cursor[0]:g}, {cursor[1]:g}): {data.class_names[1]} {compact(rose)}" in shown
    action = action_for("1", screen.view)
    assert action is not None
    assert "no value in the other columns" in screen.why_idle(action)
    before = len(data.inputs)
    for _ in range(40):
        if "nearest" in draw(screen):
            break
        press(screen, "left")
    left = press(screen, "delete")
    assert left.data is not None
    assert len(left.data.inputs) == before - 1


def test_a_map_goes_through_an_example_and_back_to_the_means(screen: ScreenState) -> None:
    assert "length × width, others at their means" in turned_to(screen, "others at their means")
    press(screen, "|")
    assert screen.snapshot.step is not None
    assert screen.snapshot.data is not None
    followed = screen.snapshot.data.inputs[screen.snapshot.step.member]
    assert "others as on line" in draw(screen)
    data = screen.snapshot.data
    assert data is not None
    assert isinstance(data.picture, DecisionMap)
    assert data.picture.others == tuple(followed.tolist())
    press(screen, "}")
    assert "length × colour = r · line" in draw(screen)
    press(screen, "|")
    assert "length × colour = r · means" in draw(screen)


def test_a_map_goes_through_the_example_that_is_chosen_in_the_list(screen: ScreenState) -> None:
    turned_to(screen, "Hardest examples")
    press(screen, "c", "down", "down")
    _, line = chosen(screen)
    press(screen, "|")
    assert f"others as on line {line} " in draw(screen)


def test_a_small_map_names_its_columns_and_the_footer_its_keys(screen: ScreenState) -> None:
    turned_to(screen, "others at their means")
    shown = draw(screen, 80, 24)
    assert "→ length ↑ width" in shown
    assert "Map · means" in shown
    for key in ("n next picture", "{ } columns", "| one example"):
        assert key in shown.splitlines()[-1]


def test_a_column_whose_name_is_a_letter_of_the_title_is_named_all_the_same() -> None:
    names, empty = ("a", "a name that is far too long for a title", "c"), np.empty((0, 0))
    picture = DecisionMap(
        low=(0, 0), high=(1, 1), values=empty, classes=empty.astype(np.int64), others=(0, 0, 0), title="answer"
    )
    assert map_title(picture, names, 32) == "Map, others at their means"
    assert "→ a ↑ a name" in map_foot(picture, names, 40)[0]
    assert "→a ↑a name" in map_foot(picture, names, 40)[-1]


@pytest.mark.parametrize(
    ("answer", "titles"),
    [
        ("{kind}", ["Answers", "Hardest examples", "What each column is worth", "Map of layer 1, unit 1"]),
        ("{number}.5", ["Errors", "Hardest examples", "What each column is worth", "Map of layer 1, unit 1"]),
    ],
)
def test_the_pictures_of_a_table_of_two_columns_come_before_its_units(
    answer: str, titles: list[str], tmp_path: Path
) -> None:
    rows = (f"{n * 7 % 30},{n % 9},{answer.format(number=n, kind='ab'[n % 2])}\n" for n in range(ROWS))
    path = tmp_path / "two.csv"
    path.write_text("x,z,y\n" + "".join(rows))
    state = opened(DrivenRun(build({"data": {"name": "file", "file": str(path)}, "training": {"epochs": 1}}, "two")))
    press(state, "5")
    assert "Data and decision" in draw(state)
    for title in titles:
        press(state, "n")
        assert title in draw(state)


def house(folder: Path, columns: str) -> ScreenState:
    """A table of houses that were built in 2021, on a screen with the data panel alone."""
    write = {
        "built": lambda n: f"2021-{1 + n % 12:02}-{1 + n % 28:02}",
        "size": lambda n: f"{20 + n}",
        "price": lambda n: f"{n * 7 % 50}.5",
    }
    rows = [",".join(write[column](n) for column in columns.split(",")) for n in range(ROWS)]
    path = folder / "houses.csv"
    path.write_text("\n".join([columns, *rows]) + "\n")
    data = {"name": "file", "file": str(path), "target": "price"}
    state = opened(DrivenRun(build({"data": data, "training": {"epochs": 1}}, "houses")))
    press(state, "5", "5")
    return state


DATE = r"\d{4}-\d\d-\d\d"


def test_dates_are_written_as_dates_on_the_map_and_at_its_cursor(tmp_path: Path) -> None:
    """The map gave days since 1970 where the list gave dates."""
    state = house(tmp_path, "built,size,price")
    assert re.search(rf"built {DATE} … {DATE}  size", draw(state))
    press(state, "c")
    assert re.search(rf"\({DATE}, \d+\) · nearest: \S+ at \(2021-\d\d-\d\d, \d+\)", draw(state))
    press(state, "enter")
    assert re.search(rf"asked at \({DATE}, \d+\): answer", draw(state))


def test_dates_are_written_as_dates_below_a_curve_and_at_its_cursor(tmp_path: Path) -> None:
    state = house(tmp_path, "built,price")
    shown = draw(state)
    assert re.search(rf"  {DATE}  +{DATE}", shown)
    assert "18700" not in shown
    press(state, "c")
    assert re.search(rf"\({DATE}, \d+\) · nearest: \S+ at \({DATE}\)", draw(state))


def test_a_year_is_no_power_of_ten() -> None:
    assert [value_in_words(value) for value in (0.55312, -1974.0, 120345.6)] == ["0.553", "−1974", "120346"]


def test_left_and_right_bring_the_columns_of_a_wide_table_into_sight(tmp_path: Path) -> None:
    """In full screen the values ended at the border, and nothing led to the rest."""
    names = [f"column {letter}" for letter in "abcdefghijkl"]
    rows = (",".join([*(str(100 + n * 7 % (31 + k)) for k in range(12)), str(n % 2)]) for n in range(ROWS))
    path = tmp_path / "wide.csv"
    path.write_text("\n".join([",".join([*names, "kind"]), *rows]) + "\n")
    state = opened(DrivenRun(build({"data": {"name": "file", "file": str(path)}, "training": {"epochs": 1}}, "wide")))
    press(state, "5", "5")
    while "Hardest examples" not in (shown := draw(state)):
        press(state, "n")
    first = next(line for line in shown.splitlines() if "column " in line)
    last = present(present(state.snapshot.data).picture).values[0].split(", ")[-1]  # type: ignore[union-attr]
    assert last not in first
    press(state, "c")
    assert all("←→↑↓ row, columns" in draw(state, *size).splitlines()[-1] for size in ((120, 40), (80, 24)))
    press(state, *["right"] * 30)
    assert last in next(line for line in draw(state).splitlines() if "column " in line)
    press(state, *["left"] * 30)
    assert next(line for line in draw(state).splitlines() if "column " in line) == first
    press(state, "right", "escape")
    assert next(line for line in draw(state).splitlines() if "column " in line) == first
