"""All that is wrong with a file is told at once, in the words of the file; and a file may come by any way there is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tui_trainer.cli import main
from tui_trainer.presets import PresetError, load
from tui_trainer.training import SettingError, build, with_setting

BAD = """
title = 5
qestion = "x"
[data]
nosie = 0.1
[network]
dropout = 2
[expect]
finding = "overfiting"
by_iteraton = 3
[expect.compared_with]
preset = "lr just rihgt"
[[arms]]
name = "a"
optimizer.learning_rat = 1
[[arms]]
name = "a "
expect.fnding = "x"
[[arms]]
nme = "c"
"""


def test_one_look_tells_everything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(BAD, encoding="utf-8")
    assert main(["presets", "--check", str(path)]) == 2
    told = capsys.readouterr().err.splitlines()
    wanted = ["title = 5: allowed: a text", "did you mean 'question'?", "did you mean 'noise'?", "network.dropout = 2:"]
    wanted += ["did you mean 'overfitting'?", "did you mean 'by_iteration'?", 'did you mean "lr just right"?']
    wanted += [
        "did you mean 'learning_rate'?",
        'arm 2 needs a name of its own; "a" is taken',
        "did you mean 'finding'?",
    ]
    wanted += ["arm 3 needs a name of its own"]
    for words in wanted:
        assert sum(words in line for line in told) == 1, words
    assert all(line.startswith(f"tui-trainer: {path}: ") for line in told)
    assert len(told) == len(set(told)) == len(wanted) + 1  # "nme" is no setting either


def test_arms_and_the_experiment_are_told_together(tmp_path: Path) -> None:
    path = tmp_path / "race.toml"
    path.write_text('[data]\nnosie = 1\n[[arms]]\nname = "a"\nloss.nme = 1\n[[arms]]\nname = "b"\nx = 1\n', "utf-8")
    with pytest.raises(PresetError) as raised:
        load(path).experiments()
    assert ["data.nosie" in line or 'arm "' in line for line in str(raised.value).splitlines()] == [True] * 3


@pytest.mark.parametrize(("one", "other"), [("a", "a "), ("a b", "a  b"), ("a", "a\u200d"), ("é", "e\u0301")])
def test_names_that_nobody_can_tell_apart_are_one(tmp_path: Path, one: str, other: str) -> None:
    path = tmp_path / "race.toml"
    path.write_text(f'[[arms]]\nname = "{one}"\n[[arms]]\nname = "{other}"\n', encoding="utf-8")
    with pytest.raises(PresetError, match="needs a name of its own"):
        load(path)


@pytest.mark.parametrize(
    ("key", "meant"),
    [("lr", "optimizer.learning_rate"), ("learning_rate", "optimizer.learning_rate"), ("wd", "optimizer.weight_decay"),
     ("learning-rate", "optimizer.learning_rate"), ("batchsize", "training.batch_size"), ("seed", "training.seed"),
     ("hiden", "network.hidden"), ("optimizer", "optimizer.name"),
     ("optimiser.learning_rate", "optimizer.learning_rate"),
     ("noise", "data.noise"), ("epochs", "training.epochs")],
)  # fmt: skip
def test_a_key_without_its_table_is_answered_with_it(key: str, meant: str) -> None:
    with pytest.raises(SettingError, match=f"did you mean '{meant}'"):
        with_setting(build({}), key, 0.1)


def test_a_short_name_is_understood_within_its_table_too() -> None:
    with pytest.raises(SettingError, match="did you mean 'learning_rate'"):
        with_setting(build({}), "optimizer.lr", 0.1)


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("data.features", ("x1^2",) * 2, "data.features = ['x1^2', 'x1^2']: every feature once"),
        ("optimizer.learning_rate", True, "optimizer.learning_rate = true: allowed: "),
        ("network.hidden", (1, True), "network.hidden"),
        ("network.hidden", {"a": "it's"}, 'network.hidden = {a = "it\'s"}: allowed: '),
        (
            "network.weights",
            1,
            "allowed: lists within lists, [[[[number, …], …], [number, …]], …] (Explicit start: for each",
        ),
        ("network.weights", [[1, [0.5]]], "network.weights[0][0] = 1: allowed: lists within lists, [[number, …], …]"),
        ("network.weights", [[[[1]], "a"]], "network.weights[0][1] = 'a': allowed: a list, each entry a number"),
        ("network.hidden", (2,) * 33, "a list of at most 32, each entry a whole number from 1 to 4096"),
    ],
)
def test_a_value_is_quoted_as_the_file_has_it(key: str, value: object, told: str) -> None:
    with pytest.raises(SettingError) as raised:
        with_setting(build({}), key, value)
    assert told in str(raised.value)
    assert "True" not in str(raised.value)


def trained(words: str, home: Path, **options: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "HOME": str(home), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = words.replace("TRAIN", f"{sys.executable} -m tui_trainer train")
    return subprocess.run(
        ["bash", "-c", command], env=environment, cwd=home, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("TRAIN <(cat x.toml)", ""),
        ("cat x.toml | TRAIN -", "standard input"),
        ("TRAIN - < x.toml", "standard input"),
        ("TRAIN --preset=~/x.toml", "x"),
        ("TRAIN '~/x.toml'", "x"),
    ],
)
def test_a_file_may_come_by_any_way(words: str, title: str, tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text('[data]\nname = "iris"\n[training]\niterations = 2\n', encoding="utf-8")
    done = trained(words, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "iris 120 + 30" in done.stdout
    assert done.stdout.startswith(title)


def test_joiners_of_words_and_emoji_stay_or_go_but_are_no_question_marks(capsys: pytest.CaptureFixture[str]) -> None:
    from tui_trainer.cli.safe_text import plain
    from tui_trainer.drawing.cells import printable, text_width

    family, persian = "👨\u200d👩\u200d👧", "می\u200cخواهم"
    assert (plain(family), plain(persian)) == (family, persian)
    assert "�" not in printable(family) + printable(persian)
    assert text_width(family) == 6
    assert plain("a\u202eb") == "a�b"  # turns what follows around


def test_a_file_is_taken_apart_once_until_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('title = "first"\n[data]\nname = "moons"\n')
    first = load(path)
    assert load(path) is first
    path.write_text('title = "other"\n[data]\nname = "moons"\n')  # as long, and maybe at the same time by the clock
    assert load(path).title == "other"
    other = tmp_path / "his.toml"
    other.write_bytes(path.read_bytes())
    assert load(other).path == other


def test_a_folder_or_several_files_are_checked_one_by_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = {"a": 'controls.allow = ["optimizer.lr"]', "b": 'title = "well"', "c": "titel = 1"}
    for name, text in texts.items():
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    bad, good, worse = (str(tmp_path / f"{name}.toml") for name in texts)
    for given in ([str(tmp_path)], [bad, good, worse]):
        assert main(["presets", "--check", *given]) == 2
        said = capsys.readouterr()
        assert said.out.startswith(f"{good}: good. well · ")
        assert [line.split(": ")[1] for line in said.err.splitlines()] == [bad, worse]
        assert "did you mean 'optimizer.learning_rate'?" in said.err
    (tmp_path / "empty").mkdir()
    assert main(["presets", "--check", str(tmp_path / "empty")]) == 2
    assert "no TOML files in this folder" in capsys.readouterr().err
