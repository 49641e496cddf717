"""`tui-trainer train` with several arms: events that name their arm, a table at the end, all curves in one plot."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tui_trainer.cli import main, train
from tui_trainer.cli.arguments import DEFAULT_PRESET
from tui_trainer.cli.screen import requested
from tui_trainer.dashboard.catalogue import OpenRequest

Capture = pytest.CaptureFixture[str]

RACE = "race: SGD, momentum, Adam"


def events(capsys: Capture, *words: str) -> list[dict[str, Any]]:
    assert main(["train", *words, "--json"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_every_event_names_its_arm(capsys: Capture) -> None:
    lines = events(capsys, RACE, "--iterations", "40", "--seed", "2")
    assert [line["arm"] for line in lines if line["event"] == "start"] == ["SGD", "momentum", "Adam"]
    ends = {line["arm"]: line for line in lines if line["event"] == "end"}
    assert {name: end["iteration"] for name, end in ends.items()} == {"SGD": 40, "momentum": 40, "Adam": 40}
    assert ends["Adam"]["train_loss"] < ends["momentum"]["train_loss"] < ends["SGD"]["train_loss"]
    starts = [line["experiment"] for line in lines if line["event"] == "start"]
    assert {experiment["training"]["seed"] for experiment in starts} == {2}
    settings = [line for line in lines if line["event"] == "setting"]
    assert [(line["arm"], line["key"]) for line in settings].count(("Adam", "training.seed")) == 1
    first = [line["train_loss"] for line in lines if line["event"] == "evaluation" and line["iteration"] == 0]
    assert len(set(first)) == 1


def test_the_lines_come_in_one_order_on_every_machine(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fast one trains an arm further before the next one has its turn."""
    told = []
    for seconds in (0.0, 1e9):
        monkeypatch.setattr(train, "SLICE_SECONDS", seconds)
        told.append(events(capsys, RACE, "--iterations", "100", "--no-timing"))
    assert told[0] == told[1]
    order = [(line["iteration"], line["arm"]) for line in told[0] if line["event"] == "evaluation"]
    arms = ["SGD", "momentum", "Adam"]
    assert order == sorted(order, key=lambda pair: (pair[0], arms.index(pair[1])))


def test_a_run_alone_has_no_arm(capsys: Capture) -> None:
    assert not any("arm" in line for line in events(capsys, DEFAULT_PRESET, "--iterations", "5"))


def test_a_setting_goes_to_every_arm(capsys: Capture) -> None:
    lines = events(capsys, RACE, "--iterations", "5", "--set", "optimizer.learning_rate=0.3")
    rates = [line["experiment"]["optimizer"]["learning_rate"] for line in lines if line["event"] == "start"]
    assert rates == [0.3, 0.3, 0.3]


def test_a_table_at_the_end(capsys: Capture) -> None:
    assert main(["train", "race: with and without dropout", "--iterations", "300"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "race: with and without dropout · 2 arms, iteration for iteration"
    assert lines[2].split() == ["iterations", "training", "right", "validation", "right", "parts", "at"]
    rows = lines[3:5]
    assert [row.split("  ")[0] for row in rows] == ["without dropout", "dropout 0.3"]
    assert sum(row.endswith("ahead") for row in rows) == 1
    winner = next(row for row in rows if row.endswith("ahead")).split("  ")[0]
    losses = {row.split("  ")[0]: float(re.split(r"  +", row)[4]) for row in rows}
    assert winner == min(losses, key=losses.__getitem__)
    assert any(line.startswith(f"Verdict: {winner} is ahead: validation loss ") for line in lines)


def test_where_an_arm_parts_from_the_first_is_told(capsys: Capture) -> None:
    ends = {line["arm"]: line for line in events(capsys, RACE, "--iterations", "3") if line["event"] == "end"}
    assert "parts_at" not in ends["SGD"]
    # The first step of momentum is a step of SGD.
    assert (ends["momentum"]["parts_at"], ends["Adam"]["parts_at"]) == (2, 1)
    assert main(["train", RACE, "--iterations", "1"]) == 0
    rows = {line.split()[0]: line for line in capsys.readouterr().out.splitlines() if line}
    assert " never" in rows["momentum"]


def test_an_arm_that_diverges_is_told_and_is_no_failure(capsys: Capture) -> None:
    assert main(["train", "race: learning rates", "--iterations", "200"]) == 0
    text = capsys.readouterr().out
    assert "lr 1 diverged: the loss is too large to compute with" in text
    assert "is ahead: validation loss" in text
    assert "right" not in text.split("\n\n")[1]


def test_all_curves_in_one_plot_told_apart_by_letters(capsys: Capture) -> None:
    assert main(["train", "race: learning rates", "--plot"]) == 0
    title, plot = capsys.readouterr().out.split("┌")
    assert title.split()[-2:] == ["validation", "loss"]
    drawing, names = plot[: plot.index("iteration")], plot[plot.index("iteration") :]
    assert all(drawing.count(letter) > 3 for letter in "AB")
    assert "A lr 0.01" in names
    assert "e+" not in drawing


def test_the_screen_opens_all_arms() -> None:
    names = [name for name, _ in requested(OpenRequest(preset=RACE)).contestants]
    assert names == ["SGD", "momentum", "Adam"]
    assert [name for name, _ in requested(OpenRequest(preset=DEFAULT_PRESET)).contestants] == ["A"]


def test_blame_is_checked_in_every_arm(capsys: Capture) -> None:
    assert main(["train", RACE, "--iterations", "1", "--check-gradients"]) == 0
    assert capsys.readouterr().out.count("blame verified") == 3


def test_arms_that_share_the_lowest_loss_are_ahead_together(tmp_path: Path, capsys: Capture) -> None:
    preset = tmp_path / "tie.toml"
    arms = '[[arms]]\nname = "{}"\noptimizer.learning_rate = {}\n'
    preset.write_text("".join(arms.format(*each) for each in (("slow", 0.001), ("fast", 0.1), ("as fast", 0.1))))
    assert main(["train", str(preset), "--iterations", "30"]) == 0
    out = capsys.readouterr().out
    assert "fast and as fast are ahead of slow: validation loss" in out


CROSS_ENTROPY = """
[[arms]]
name = "cross-entropy"
loss.name = "binary_cross_entropy"
"""
SQUARED = """
[[arms]]
name = "half squared error"
loss.name = "half_mean_squared_error"
network.output = "sigmoid"
"""


@pytest.mark.parametrize("arms", [CROSS_ENTROPY + SQUARED, SQUARED + CROSS_ENTROPY])
def test_arms_of_different_losses_are_judged_by_what_they_answer(arms: str, tmp_path: Path, capsys: Capture) -> None:
    preset = tmp_path / "losses.toml"
    preset.write_text('[data]\nname = "moons"\n' + arms)
    ends = {line["arm"]: line for line in events(capsys, str(preset)) if line["event"] == "end"}
    shares = {name: end["validation_accuracy"] for name, end in ends.items()}
    losses = {name: end["validation_loss"] for name, end in ends.items()}
    assert losses["half squared error"] < losses["cross-entropy"]  # which says nothing
    assert main(["train", str(preset)]) == 0
    out = capsys.readouterr().out
    better = max(shares, key=shares.__getitem__)
    if shares["cross-entropy"] != shares["half squared error"]:
        assert f"Verdict: {better} is ahead: validation accuracy" in out
    else:
        assert "Verdict: no arm is ahead" in out
    assert "(different losses)" in out
    assert main(["train", str(preset), "--iterations", "30", "--plot"]) == 0
    assert "validation loss, not comparable" in capsys.readouterr().out
    assert "Parts at: the first iteration after which an arm's weights differ" in out
    assert [end.get("parts_at") for end in ends.values()] == [None, 1]


def test_arms_without_shares_of_right_answers_stand_alone(tmp_path: Path, capsys: Capture) -> None:
    preset = tmp_path / "huber.toml"
    arms = '[[arms]]\nname = "squared"\n[[arms]]\nname = "huber"\nloss.name = "huber"\nloss.delta = 0.01\n'
    preset.write_text(f'[data]\nname = "sine"\n[loss]\nname = "mean_squared_error"\n{arms}')
    assert main(["train", str(preset), "--iterations", "50"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "Verdict: different losses (mean squared error, Huber (delta 0.01)): no arm is ahead." in out
    assert " ahead" not in out.replace("no arm is ahead", "")


def test_arms_whose_labels_differ_begin_equal_and_are_not_compared(tmp_path: Path, capsys: Capture) -> None:
    preset = tmp_path / "labels.toml"
    preset.write_text('[[arms]]\nname = "clean"\n[[arms]]\nname = "noisy labels"\ndata.label_noise = 0.2\n')
    ends = {line["arm"]: line for line in events(capsys, str(preset), "--iterations", "20") if line["event"] == "end"}
    assert ends["noisy labels"]["parts_at"] == 1
    assert main(["train", str(preset), "--iterations", "20"]) == 0
    out = capsys.readouterr().out
    assert "Verdict: different validation labels: no arm is ahead." in out
    assert "from the start" not in out


def test_a_race_says_on_how_few_examples_it_is_judged(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "few.toml"
    arms = '[[arms]]\nname = "one"\n[[arms]]\nname = "two"\ntraining.batch_size = 7\n'
    for held_out, said in ((3, True), (400, False)):
        path.write_text(f'[data]\nname = "moons"\nvalidation_samples = {held_out}\n{arms}', encoding="utf-8")
        assert main(["train", str(path), "--iterations", "40"]) == 0
        verdict = " ".join(capsys.readouterr().out.partition("Verdict")[2].split())
        assert "is ahead: validation loss" in verdict
        assert (", on 3 held-out examples only" in verdict) is said
