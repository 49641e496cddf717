"""A table of one's own from the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from own_tables import FILES

from tui_trainer.cli import main


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
        (["iris", "--data", "x.csv"], "give either it or --data"),
        (["--target", "x"], "--target is about a table"),
    ],
)
def test_a_mistake_is_one_sentence(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", *words]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


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
    ):
        assert part in said
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
