"""New rows are read as the rows of the training are written, whatever they look like by themselves."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

from tui_trainer.datasets.file import File
from tui_trainer.tables.library import TableSource, forget_changed, read
from tui_trainer.tables.recipe import Recipe
from tui_trainer.tables.table import TableError


def new_inputs(folder: Path, training: str, new: str) -> list[object]:
    """The first input of new rows under the recipe of a training table, which has been to JSON and back."""
    (folder / "training.csv").write_text(training)
    (folder / "new.csv").write_text(new)
    recipe = File(file=str(folder / "training.csv")).fitted_recipe(0)
    recipe = msgspec.json.decode(msgspec.json.encode(recipe), type=Recipe)
    source = TableSource(str(folder / "new.csv"), writing=recipe.writing)
    forget_changed(source)
    table = read(source)
    return list(recipe.matrix(table, np.arange(table.rows))[:, 0].tolist())


def rows(form: str, count: int = 40) -> str:
    return "".join(form.format(n=n, day=n % 28 + 1) + "\n" for n in range(count))


def test_dates_keep_the_order_of_the_training(tmp_path: Path) -> None:
    training = "day,y\n" + rows("01/{day:02}/2020,{n}.5")
    found = new_inputs(tmp_path, training, "day\n01/11/2020\n02/11/2020\n")
    assert found == [18272, 18303]  # 11 January and 11 February
    with pytest.raises(TableError, match=r'line 3 has "30/01/2020" in "day", which is no date written as %m/%d/%Y'):
        new_inputs(tmp_path, training, "day\n01/11/2020\n30/01/2020\n")


def test_numbers_keep_the_signs_of_the_training(tmp_path: Path) -> None:
    training = "x;y\n" + rows("1{n:02}.000,5;{n},25")
    assert new_inputs(tmp_path, training, "x\n500.000\n7\n") == [500_000, 7]
    with pytest.raises(TableError, match=r'line 3 has "1.5" in "x", which is no number \(a comma is the decimal sign'):
        new_inputs(tmp_path, training, "x;y\n2,5;1\n1.5;2\n")


def test_what_stood_for_a_missing_value_still_does(tmp_path: Path) -> None:
    training = "x,y\n" + rows("{n}.5,{n}.5") + "-999,1.5\n-999,2.5\nbroken,3.5\n"
    found = new_inputs(tmp_path, training, "x\n3\n-999\nbroken\nNA\n-999.0\n")
    mean = found[1]
    assert mean == pytest.approx(20, abs=3)
    assert found == [3, mean, mean, mean, mean]


def test_a_number_and_a_text_are_the_category_that_they_were(tmp_path: Path) -> None:
    training = "code,y\n" + rows("1.0,{n}.5", 20) + rows("x,{n}.5", 20)
    assert new_inputs(tmp_path, training, "code\n1\n1.0\n") == [0, 0]
    assert new_inputs(tmp_path, training, "code\nx\n1\n") == [1, 0]


def test_a_cell_that_is_no_number_is_named_with_its_line(tmp_path: Path) -> None:
    training = "x,y\n" + rows("{n}.5,{n}.5")
    with pytest.raises(TableError, match=r'new.csv: line 3 has "5O" in "x", which is no number$'):
        new_inputs(tmp_path, training, "x\n39.1\n5O\n")
    np.savez(tmp_path / "new.npz", X=np.array([("39.1",), ("5O",)], dtype=[("x", "U4")]))
    recipe = File(file=str(tmp_path / "training.csv")).fitted_recipe(0)
    with pytest.raises(TableError, match='row 1 has "5O"'):
        recipe.matrix(read(TableSource(str(tmp_path / "new.npz"))), np.arange(2))


def test_a_table_that_is_held_out_is_read_so_too(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("day,y\n" + rows("01/{day:02}/2020,{n}.5"))
    (tmp_path / "b.csv").write_text("day,y\n01/11/2020,1.5\n")
    _, held_out = File(file=str(tmp_path / "a.csv"), validation_file=str(tmp_path / "b.csv")).draw(0)
    assert held_out.inputs.tolist() == [[18272]]


def test_words_that_the_training_did_not_know_are_counted_and_count_as_missing(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("home,kind,y\n" + rows("Earth,a,{n}.5", 30) + rows("Venus,b,{n}.5", 10))
    (tmp_path / "b.csv").write_text("home,kind,y\nVenus,a,1.5\nMars,a,2.5\nMars,c,3.5\n,b,4.5\n")
    data = File(file=str(tmp_path / "a.csv"), validation_file=str(tmp_path / "b.csv"))
    training, held_out = data.draw(0)
    mean = training.inputs[:, 0].mean()
    assert held_out.inputs[:, 0].tolist() == [1, mean, mean, mean]
    told = [each for each in data.report(0).remarks if "did not know" in each]
    assert len(told) == 2
    assert 'b.csv: 2 cells of "home" have words that the training did not know, the first "Mars" on line 3' in told[0]
    assert '1 cell of "kind" has a word that the training did not know, the first "c" on line 4' in told[1]


def test_a_first_line_that_names_the_classes_is_understood_in_both_tables(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("40,2,red,blue\n" + rows("{n}.5,{day}.5,0", 20) + rows("{n}.5,{day}.5,1", 20))
    (tmp_path / "b.csv").write_text("6,2,blue,red\n" + rows("{n}.5,1.5,0", 5) + rows("{n}.5,1.5,1", 1))
    _, held_out = File(file=str(tmp_path / "a.csv"), validation_file=str(tmp_path / "b.csv")).draw(0)
    assert held_out.targets.tolist() == [1, 1, 1, 1, 1, 0]


@pytest.mark.filterwarnings("error")
def test_numbers_too_large_to_compute_with_are_refused(tmp_path: Path) -> None:
    for folder, last in (("x", "-1e307,1"), ("y", "1,1e308")):
        (tmp_path / folder).mkdir()
        with pytest.raises(
            TableError, match=rf'training.csv: line 42 has -?1e\+30[78] in "{folder}", which is too large'
        ):
            new_inputs(tmp_path / folder, f"x,y\n{rows('{n}.5,{n}.5')}{last}\n", "x\n1\n")
    with pytest.raises(TableError, match=r'new.csv: line 3 has 1e\+308 in "x"'):
        new_inputs(tmp_path, "x,y\n" + rows("{n}.5,{n}.5"), "x\n1\n1e308\n")


def test_a_decimal_comma_of_the_training_does_not_part_the_cells_of_a_single_column(tmp_path: Path) -> None:
    training = "x;y\n" + rows("{n},5;{n},25")
    assert new_inputs(tmp_path, training, "x\n2,5\n13,5\n") == [2.5, 13.5]
    assert new_inputs(tmp_path, training, 'x,z\n"2,5","1"\n"13,5","2"\n') == [2.5, 13.5]


def test_what_is_wrong_with_a_table_that_is_held_out_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,y\n" + rows("{day},{n}.5"))
    (tmp_path / "b.csv").write_text((tmp_path / "a.csv").read_text() + "1,2,3\n4,2.5\nsource: none\n")
    told = File(file=str(tmp_path / "a.csv"), validation_file=str(tmp_path / "b.csv")).report(0).remarks
    held_out = len((tmp_path / "a.csv").read_text().splitlines()) - 1
    assert f"b.csv: left out: line {held_out + 2} has 3 cells instead of 2" in told
    assert f"b.csv: skipped below the table: line {held_out + 4}" in told
    assert f"{held_out} of the rows held out are equal to rows that are trained on" in told


def test_units_are_those_of_the_training(tmp_path: Path) -> None:
    training = "x,y\n" + rows("{n} kg,{n}.5")
    assert new_inputs(tmp_path, training, "x,z\n2.5 kg,1\n7,2\n") == [2.5, 7]
    with pytest.raises(TableError, match=r'line 3 has "900 g" in "x", which is no number with the unit kg'):
        new_inputs(tmp_path, training, "x,z\n2.5 kg,1\n900 g,2\n")


def test_durations_are_read_as_in_the_training(tmp_path: Path) -> None:
    lasting = "x,y\n" + rows("{n}:{day:02}.5,{n}.5")
    assert new_inputs(tmp_path, lasting, "x,z\n2:30,1\n75:00,2\n") == [2.5, 75]


def test_gaps_beside_a_column_that_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_trainer.tables.text.PIECE", 20)
    training = "x,y\n" + rows("{n}.5,{n}.5")
    new = "x,other\n" + "1.5,\n2.5,7\n" * 5 + ",7\n" * 4 + "3.5,7\n" * 8
    found = new_inputs(tmp_path, training, new)
    mean = found[10]
    assert mean == pytest.approx(20, abs=3)
    assert found == [1.5, 2.5] * 5 + [mean] * 4 + [3.5] * 8
