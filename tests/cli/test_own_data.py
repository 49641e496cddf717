"""A table of one's own from the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from own_tables import FILES

from tui_trainer.cli import main, opening
from tui_trainer.recordings.listing import kept_in
from tui_trainer.recordings.recording import Recording
from tui_trainer.runs import keeping
from tui_trainer.runs.restoring import arms_of
from tui_trainer.tables.library import TableSource, forget_changed, read
from tui_trainer.training.predictions import predictions_in_units


def test_a_table_is_trained_on_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--data", str(FILES / "penguins.csv"), "--json"]) == 0
    start, *_, end = map(json.loads, capsys.readouterr().out.splitlines())
    assert start["experiment"]["data"]["name"] == "file"
    assert start["experiment"]["loss"]["name"] == "cross_entropy"
    assert (start["train_samples"], start["validation_samples"]) == (275, 69)
    assert end["validation_accuracy"] > 0.95


def test_the_error_of_a_regression_is_in_the_units_of_the_target(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--data", str(FILES / "autompg.csv.gz"), "--json"]) == 0
    end = json.loads(capsys.readouterr().out.splitlines()[-1])
    # Miles per gallon have a standard deviation of 7.8.
    assert end["train_rmse"] == pytest.approx(7.8 * end["train_loss"] ** 0.5, rel=0.05)
    assert 2 < end["validation_rmse"] < 4


def test_a_preset_names_a_table_beside_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.csv").write_text("x,y\n" + "".join(f"{n},{n % 2}\n" for n in range(40)))
    (tmp_path / "own.toml").write_text('[data]\nfile = "mine.csv"\ntarget = "x"\n[training]\niterations = 3\n')
    assert main(["train", str(tmp_path / "own.toml"), "--json"]) == 0
    start = json.loads(capsys.readouterr().out.splitlines()[0])
    assert start["experiment"]["loss"]["name"] == "mean_squared_error"
    assert main(["train", str(tmp_path / "own.toml"), "--set", "data.target=y", "--json"]) == 0
    start = json.loads(capsys.readouterr().out.splitlines()[0])
    assert start["experiment"]["loss"]["name"] == "binary_cross_entropy"


def test_a_table_comes_from_a_pipe() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tui_trainer", "train", "--data", "-", "--iterations", "5", "--json"],
        input=(FILES / "wb_wine.csv").read_bytes(),
        capture_output=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["iteration"] == 5


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--data", "nowhere.csv"], "nowhere.csv: no such file"),
        (["--data", str(FILES / "msft.csv"), "--validation-data", "nowhere.csv"], "nowhere.csv: no such file"),
        (["--data", str(FILES / "msft.csv"), "--target", "Volum"], "(did you mean 'Volume'?)"),
        (["--data", str(FILES / "messy_small.csv")], "messy_small.csv: has a line of names and no rows"),
        (["--data", str(FILES / "msft.csv"), "--missing", "men"], "(did you mean 'mean'?)"),
        (["--data", str(FILES / "msft.csv"), "--decimal", "coma"], "allowed: comma, point (did you mean 'comma'?)"),
        (["iris", "--data", "x.csv"], "give either it or --data"),
        (["--target", "x"], "--target is about a table"),
    ],
)
def test_a_mistake_is_one_sentence(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", *words]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_columns_are_left_out_and_may_have_commas_in_their_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "table.csv"
    table.write_text('x,"size, m2",town,y\n' + "".join(f"{n}.5,{n % 7}.5,{'ab'[n % 2]},{n * n}.5\n" for n in range(30)))
    for words, inputs in (
        (["--columns", "-x,-town"], "1 from size, m2"),
        (["--columns=-x"], "2 from size, m2, town"),
        (["--columns", '"size, m2",x'], "2 from x, size, m2"),
    ):
        assert main(["data", str(table), *words]) == 0
        assert f"inputs: {inputs}\n" in capsys.readouterr().out


def test_the_report_says_it_all_and_its_preset_reproduces_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    preset = tmp_path / "own.toml"
    assert main(["data", str(FILES / "penguins.csv"), "--save-preset", str(preset)]) == 0
    said = capsys.readouterr().out
    for part in (
        "penguins.csv: 344 rows, 8 columns (comma, UTF-8, a line of names)",
        "target: species, 3 classes: Adelie 152, Chinstrap 68, Gentoo 124",
        'flipper_length_mm (2), body_mass_g (2), sex (11); written as "NA"',
        "275 rows to train on, 69 held out",
        f"saved: tui-trainer {preset} trains on it, tui-trainer predict {preset} NEW.csv answers other rows",
    ):
        assert part in said
    assert main(["data", str(FILES / "penguins.csv"), "--json"]) == 0
    start, suggested = json.loads(capsys.readouterr().out)["start"], said.splitlines()[-2]
    for key, words in {"optimizer.learning_rate": "Adam", "optimizer.l2": "l2", "training.batch_size": "batch"}.items():
        assert f"{words} {start[key]:g}, " in suggested, key
    assert main(["data", str(FILES / "penguins.csv"), "--json", "--target", "sex"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["target"], found["classes"], found["usable_rows"]) == ("sex", {"female": 165, "male": 168}, 333)
    ends = []
    for words in (["--data", str(FILES / "penguins.csv")], [str(preset)]):
        assert main(["train", *words, "--json"]) == 0
        ends.append(json.loads(capsys.readouterr().out.splitlines()[-1])["validation_loss"])
    assert ends[0] == ends[1]
    assert main(["data", str(FILES / "penguins.csv"), "--save-preset", str(preset)]) == 2
    assert "exists already" in capsys.readouterr().err


def test_a_table_in_the_place_of_a_preset_is_told_what_to_do_with_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = str(tmp_path / "mine.csv")
    Path(table).write_text("x,y\n1,2\n3,4\n", encoding="utf-8")
    for words in ([table], ["train", table], ["predict", table, table]):
        assert main(words) == 2
        assert 'if it is a table, no preset: "tui-trainer --data FILE" trains on it' in capsys.readouterr().err


def test_new_rows_are_answered(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "mine.csv"
    table.write_text("x,kind,y\n" + "".join(f"{n},{'ab'[n % 2]},{3 * n + 100 * (n % 2)}.5\n" for n in range(200)))
    preset = tmp_path / "own.toml"
    assert main(["data", str(table), "--save-preset", str(preset)]) == 0
    new = tmp_path / "new.csv"
    new.write_text("kind;x\na;10\nb;11\nc;12\na;\n")
    capsys.readouterr()
    assert main(["predict", str(preset), str(new)]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head == "line,y"
    assert [float(row.split(",")[1]) for row in rows[:2]] == pytest.approx([30, 133], abs=25)
    assert len(rows) == 4
    new.write_text("kind;x\na;10\nMars;11\n")
    assert main(["predict", str(preset), str(new)]) == 0
    said = capsys.readouterr()
    assert 'new.csv: 1 cell of "kind" has a word that the training did not know, the first "Mars" on line 3' in said.err
    assert said.err.count("\n") == 1
    new.write_text("kind;x\na;10\nb;11;12\na;12\nb;13\na;14\nb;15\na;16\n")
    assert main(["predict", str(preset), str(new)]) == 0
    assert capsys.readouterr().err == "new.csv: left out: line 3 has 3 cells instead of 2\n"
    new.write_text("kind,z\na,10\nb,11\n")
    assert main(["predict", str(preset), str(new)]) == 2
    assert 'new.csv: columns: no column "x"; columns: kind, z' in capsys.readouterr().err
    assert main(["predict", "iris", str(new)]) == 2
    assert "has no table of its own" in capsys.readouterr().err


def test_words_of_a_table_do_not_act_on_a_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "mine.csv"
    table.write_text("x,y\n" + "".join(f"{n},{'a' if n < 20 else chr(27) + '[31mb'}\n" for n in range(40)))
    preset = tmp_path / "own.toml"
    preset.write_text('[data]\nfile = "mine.csv"\n[training]\niterations = 3\n')
    assert main(["predict", str(preset), str(table)]) == 0
    assert "\x1b[31mb" in capsys.readouterr().out
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert main(["predict", str(preset), str(table)]) == 0
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert said.startswith("line,y,")
    assert said.count("\n") == 41


def test_a_recording_answers_new_rows_with_the_network_that_it_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "SHORT_SECONDS", 0.0)
    table = tmp_path / "mine.csv"
    table.write_text("town,x,y\n" + "".join(f"{'ab'[n % 2]},{n % 9},{3 * (n % 9) + 50 * (n % 2)}\n" for n in range(90)))
    (tmp_path / "new.csv").write_text("x,town\n2,b\n5,a\n")
    kept = tmp_path / "kept"
    assert main(["train", "--data", str(table), "--iterations", "150", "--record", str(kept)]) == 0
    (path,) = kept_in(kept)
    (arm,) = arms_of(Recording(path))
    recipe = arm.run.trainer.data.recipe
    assert recipe is not None
    new = read(TableSource(str(tmp_path / "new.csv"), writing=recipe.writing))
    expected = predictions_in_units(arm.run.trainer, recipe.matrix(new, np.arange(2)))[:, 0]
    capsys.readouterr()
    assert main(["predict", path.name, str(tmp_path / "new.csv"), "--record", str(kept)]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head == "line,y"
    assert [float(row.split(",")[1]) for row in rows] == pytest.approx(expected.tolist(), rel=1e-4)
    table.write_text(table.read_text() + "a,1,2\n")
    forget_changed(TableSource(str(table)))  # as another program does not know it
    assert main(["predict", path.name, str(tmp_path / "new.csv"), "--record", str(kept)]) == 2
    assert "mine.csv has changed since then" in capsys.readouterr().err


def test_only_a_large_table_that_is_not_known_yet_takes_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.csv").write_text("x,y\n" + "".join(f"{n},{n % 2}\n" for n in range(40)))
    preset = tmp_path / "own.toml"
    preset.write_text('[data]\nfile = "mine.csv"\n')
    assert opening.reading_of(str(preset)) is None
    monkeypatch.setattr(opening, "SLOW_BYTES", 100)
    assert opening.reading_of("iris") is None
    reading = opening.reading_of(str(preset))
    assert reading is not None
    name, read_it = reading
    assert name == "mine.csv"
    shares: list[float] = []
    read_it(shares.append)
    assert shares[-1] == 1
    assert opening.reading_of(str(preset)) is None


@pytest.mark.parametrize("sign", [",", "comma"])
def test_a_decimal_sign_is_a_word_or_the_sign(sign: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table, preset = tmp_path / "table.csv", tmp_path / "own.toml"
    table.write_text("a|y\n" + "".join(f"{n},125|{n % 2}\n" for n in range(1, 30)))
    assert main(["data", str(table), "--decimal", sign, "--save-preset", str(preset)]) == 0
    assert "numbers: a comma is the decimal sign" in capsys.readouterr().out
    assert 'decimal = "comma"' in preset.read_text()
