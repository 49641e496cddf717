"""`tui-trainer export` as a person meets it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tui_trainer.cli import main

Capture = pytest.CaptureFixture[str]


def test_it_writes_what_the_endings_say(tmp_path: Path, capsys: Capture) -> None:
    names = [str(tmp_path / f"run{ending}") for ending in (".csv", ".toml", ".txt")]
    assert main(["export", "iris", "--at", "20", "--to", *names]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{names[0]}: metrics as CSV, after 20 iterations",
        f"{names[1]}: experiment as preset file, after 20 iterations",
        f"{names[2]}: picture as text, after 20 iterations",
    ]
    assert main(["presets", "--check", names[1]]) == 0
    assert main(["export", "iris", "--at", "20", "--to", names[0]]) == 2
    assert "exists already; --force overwrites it" in capsys.readouterr().err
    assert main(["export", "iris", "--at", "20", "--to", names[0], "--force"]) == 0


def test_without_a_moment_it_is_the_end(tmp_path: Path, capsys: Capture) -> None:
    assert main(["export", "overfitting: early stopping", "--to", str(tmp_path / "end.txt")]) == 0
    assert "✓ stopped early" in (tmp_path / "end.txt").read_text()


def test_metrics_have_every_evaluation(tmp_path: Path) -> None:
    """A run that somebody watches remembers 1,024 of them."""
    settings = ["--set", "training.evaluate_every=1", "--set", "network.hidden=2", "--set", "data.samples=8"]
    assert main(["export", "lr just right", *settings, "--at", "1100", "--to", str(tmp_path / "all.csv")]) == 0
    rows = list(csv.DictReader((tmp_path / "all.csv").read_text().splitlines()))
    assert [int(row["iteration"]) for row in rows] == list(range(1101))


def test_a_moment_beyond_the_end_is_said(tmp_path: Path, capsys: Capture) -> None:
    for preset, at, words in (
        ("iris", 480, "after 480 iterations"),
        ("iris", 700, "after 700 iterations, beyond the end of the run at iteration 480"),
        ("exploding gradients", 700, "after 2 iterations: it never comes to iteration 700"),
    ):
        assert main(["export", preset, "--at", str(at), "--to", str(tmp_path / f"{preset}-{at}.csv")]) == 0
        assert capsys.readouterr().out.endswith(f"metrics as CSV, {words}\n")
    assert main(["export", "iris", "--at", "700", "--to", str(tmp_path / "iris.numpy.py")]) == 0
    assert "script, it trains from the start to iteration 480\n" in capsys.readouterr().out


def test_files_of_a_race_say_which_arm_they_have(tmp_path: Path, capsys: Capture) -> None:
    names = [str(tmp_path / f"race{ending}") for ending in (".csv", ".cast", ".toml", ".npz", ".numpy.py")]
    assert main(["export", "race: with and without dropout", "--at", "9", "--size", "60x20", "--to", *names]) == 0
    metrics, film, *others = capsys.readouterr().out.splitlines()
    assert "alone" not in metrics + film
    assert all("arm A (without dropout) alone, " in each for each in others)
    script = " ".join((tmp_path / "race.numpy.py").read_text().split())
    assert script.startswith('"""race: with and without dropout, arm A (without dropout), in plain NumPy: ')


def test_mistakes_are_said_before_training(tmp_path: Path, capsys: Capture) -> None:
    for words, message in [
        (["--to", "x.cvs"], "--to x.cvs: the ending chooses the format; allowed: .csv, "),
        (["--to", "x.cvs"], "(did you mean '.csv'?)"),
        (["--to", ".csv"], "the ending chooses the format"),
        ([], 'to which file? as in "tui-trainer export iris --to iris.csv"'),
        (["--to", f"{tmp_path}/no/x.csv"], "there is no folder"),
        (["--to", f"{tmp_path}/x.svg", "--panel", "los"], "--panel los: no such panel; allowed: loss, "),
        (["--to", f"{tmp_path}/x.svg", "--size", "1x1"], "'1x1' is not a size from 20x6 to 300x100"),
        (["--to", f"{tmp_path}/x.svg", "--theme", "mauve"], 'no theme "mauve"'),
        (["--to", f"{tmp_path}/x.csv", "--at", "-1"], "argument --at: '-1' is not a whole number from 0"),
    ]:
        assert main(["export", "iris", *words]) == 2
        written = capsys.readouterr()
        assert (written.out, written.err.count("\n")) == ("", 1)
        assert message in written.err
    assert not list(tmp_path.iterdir())
