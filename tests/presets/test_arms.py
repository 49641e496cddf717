"""Presets that are races: arms as keys that differ, dotted or in tables, and what is wrong with them in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui_trainer.presets import PresetError, bundled, find, load

RACES = [preset for preset in bundled() if preset.arms]

TWO = """
title = "two"
[data]
name = "moons"
samples = 30
[network]
hidden = [4]
[optimizer]
name = "momentum"
learning_rate = 0.2
[[arms]]
name = "as it is"
[[arms]]
name = "another"
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_races_that_are_promised() -> None:
    arms = {preset.title: [arm.name for arm in preset.arms] for preset in RACES}
    assert arms == {
        "race: learning rates 0.01, 0.1, 1": ["lr 0.01", "lr 0.1", "lr 1"],
        "race: SGD, momentum, Adam": ["SGD", "momentum", "Adam"],
        "race: SGD, momentum, Adam at their best": ["SGD", "momentum", "Adam"],
        "race: with and without dropout": ["without dropout", "dropout 0.3"],
    }


@pytest.mark.parametrize("preset", RACES, ids=lambda preset: preset.title)
def test_arms_share_everything_but_their_keys(preset) -> None:
    tables = [experiment.tables for _, experiment in preset.experiments()]
    for name in ("data", "loss", "training"):
        assert all(each[name] == tables[0][name] for each in tables)
    assert len({repr(each) for each in tables}) == len(tables)


def test_one_run_has_one_arm() -> None:
    preset = find("lr just right")
    assert preset.experiments() == (("A", preset.experiment()),)


@pytest.mark.parametrize(
    "keys",
    [
        'optimizer.name = "adam"\noptimizer.learning_rate = 0.5',
        '"optimizer.learning_rate" = 0.5\n"optimizer.name" = "adam"',
        '[arms.optimizer]\nlearning_rate = 0.5\nname = "adam"',
    ],
)
def test_keys_are_dotted_or_nested_in_any_order(tmp_path: Path, keys: str) -> None:
    (_, first), (name, second) = load(written(tmp_path, TWO + keys)).experiments()
    assert name == "another"
    assert (first.optimizer.title, first.optimizer.learning_rate) == ("momentum", 0.2)
    assert (second.optimizer.title, second.optimizer.learning_rate) == ("Adam", 0.5)
    assert first.data == second.data


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (TWO + "optimizer.learning_rat = 1", ['arm "another"', "learning_rat", "learning_rate"]),
        (TWO + "optimizer.learning_rate = -1", ['arm "another"', "optimizer.learning_rate = -1", "allowed"]),
        (TWO + 'colour = "red"', ['arm "another"', "colour"]),
        (TWO.replace('name = "another"', ""), ["arms.name", "arm 2 needs a name"]),
        (TWO.replace("another", "as it is"), ["arms.name", "as it is"]),
        (TWO.replace('[[arms]]\nname = "as it is"\n', ""), ["arms", "1 of them", "2 to 6"]),
        (TWO + "".join(f'[[arms]]\nname = "{n}"\n' for n in range(5)), ["7 of them", "2 to 6"]),
        (TWO + "expect.train_los_below = 1", ["arms.expect", "train_los_below"]),
        ("arms = 3", ["arms", "3"]),
    ],
)
def test_what_is_wrong_is_said_with_file_key_and_value(tmp_path: Path, text: str, words: list[str]) -> None:
    path = written(tmp_path, text)
    with pytest.raises(PresetError) as caught:
        load(path).experiments()
    assert str(caught.value).startswith(f"{path}: ")
    assert all(word in str(caught.value) for word in words), caught.value
