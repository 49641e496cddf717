"""`tui-trainer train`: JSON lines by contract, a table and a plot for people, and an end in order."""

from __future__ import annotations

import io
import json
import os
import pty
import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tui_trainer.cli import main
from tui_trainer.cli.columns import aligned
from tui_trainer.cli.json_lines import JsonLines
from tui_trainer.cli.loss_plot import PlotForm, _column_means, loss_plot
from tui_trainer.cli.progress import ProgressBar
from tui_trainer.diagnosis import RULES
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.telemetry import History
from tui_trainer.training import Trainer, build

Capture = pytest.CaptureFixture[str]


def events(capsys: Capture, *words: str) -> list[dict[str, Any]]:
    """The JSON objects that a run prints."""
    assert main(["train", *words, "--json"]) == 0
    written = capsys.readouterr()
    assert written.err == ""
    return [json.loads(line) for line in written.out.splitlines()]


def of_kind(lines: list[dict[str, Any]], event: str) -> list[dict[str, Any]]:
    return [line for line in lines if line["event"] == event]


def test_events_of_a_run(capsys: Capture) -> None:
    lines = events(capsys, "lr just right", "--iterations", "200", "--seed", "3", "--set", "network.hidden=8")
    assert {line["schema"] for line in lines} == {1}
    assert [line["event"] for line in lines[:5]] == ["start", "setting", "setting", "setting", "evaluation"]
    start = lines[0]
    assert (start["title"], start["seed"], start["shape"]) == ("lr just right", 3, [2, 8, 1])
    assert start["target_iterations"] == 200
    assert start["experiment"]["network"]["hidden"] == [8]
    assert {line["key"]: (line["old"], line["new"]) for line in of_kind(lines, "setting")} == {
        "network.hidden": ([16], [8]),
        "training.seed": (0, 3),
        "training.iterations": (1500, 200),
    }
    assert [line["iteration"] for line in of_kind(lines, "evaluation")] == list(range(0, 201, 2))
    end = lines[-1]
    last = of_kind(lines, "evaluation")[-1]
    assert (end["event"], end["reason"], end["iteration"], end["epoch"]) == ("end", "target", 200, 200)
    for name in ("train_loss", "validation_loss", "train_accuracy", "validation_accuracy"):
        assert end[name] == last[name]
    assert [layer["name"] for layer in end["layers"]] == ["layer 1", "layer 2"]
    assert {"weight_norm", "gradient_norm", "update_ratio"} <= end["layers"][0].keys()
    assert end["iterations_per_second"] == pytest.approx(200 / end["seconds"])


def test_says_the_same_as_the_trainer_alone(capsys: Capture) -> None:
    """Cut into spans of time, a run is the same to the bit."""
    lines = events(capsys, "10-64-3 with dropout", "--iterations", "300")
    trainer = Trainer(build(of_kind(lines, "start")[0]["experiment"]))
    trainer.run()
    mine = [line["train_loss"] for line in of_kind(lines, "evaluation")]
    assert mine == trainer.evaluations.view().train_loss.tolist()


def test_findings(capsys: Capture) -> None:
    lines = events(capsys, "lr too large", "--iterations", "100")  # later it depends on the processor what it does
    finding = of_kind(lines, "finding")[0]
    assert (finding["id"], finding["severity"], finding["active"]) == ("bouncing", "warning", True)
    assert finding["sentence"]
    assert finding["expert"]
    assert finding["evidence"]["learning_rate"] == 20.0
    assert "optimizer.learning_rate" in finding["remedies"][0]["settings"]
    assert "bouncing" in [each["id"] for each in lines[-1]["findings"]]


def test_the_examination_lists_every_finding(capsys: Capture) -> None:
    end = events(capsys, "dead relu", "--set", "data.validation_samples=0")[-1]
    examined = {each["id"]: each for each in end["examination"]}
    assert list(examined) == list(RULES)
    assert examined["dead_relu"]["verdict"] == "holds"
    assert examined["dead_relu"]["signals"][0]["value"] > 0.5
    assert examined["symmetry"]["verdict"] == "clear"
    assert (examined["overfitting"]["verdict"], examined["overfitting"]["reason"]) == (
        "not_checked",
        "no examples are held out",
    )


def test_the_examination_is_printed_if_it_is_asked_for(capsys: Capture) -> None:
    assert main(["train", "dead relu", "--iterations", "100"]) == 0
    assert "Examination" not in capsys.readouterr().out
    assert main(["train", "dead relu", "--iterations", "100", "--examine"]) == 0
    results, _, examined = capsys.readouterr().out.partition("\nExamination at iteration 100: ")
    assert "dead ReLUs" in results
    assert all(rule.title in examined for rule in RULES.values())


@pytest.mark.parametrize(
    ("title", "more"),
    [
        ("lr far too large", ()),
        ("exploding gradients", ("--set=training.evaluate_every=100",)),  # the copies that try remedies cost less
    ],
)
def test_a_run_that_diverges_is_a_result(capsys: Capture, title: str, more: tuple[str, ...]) -> None:
    lines = events(capsys, title, *more)
    end = lines[-1]
    assert end["reason"] == "diverged"
    assert end["findings"][0]["id"] == "diverging"
    for line in lines:
        if line.get("train_loss", 0.0) is None:
            assert line["non_finite"] is True


def test_without_enough_memory_it_says_so(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def too_large(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("tui_trainer.runs.diagnosed_run.Trainer", too_large)
    assert main(["train", "iris"]) == 1
    assert capsys.readouterr().err == "tui-trainer: there is not enough memory for this run\n"


def test_numbers_that_are_not_finite_are_null() -> None:
    stream = io.StringIO()
    JsonLines(stream).setting(0, "optimizer.learning_rate", float("inf"), 0.1)
    line = json.loads(stream.getvalue())
    assert (line["old"], line["new"], line["non_finite"]) == (None, 0.1, True)


def test_findings_of_weights_that_early_stopping_has_replaced_say_so(capsys: Capture) -> None:
    assert main(["train", "overfitting: early stopping", "--examine"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "weights of iteration 80 restored: the numbers are theirs" in said
    assert "(Measured before the weights of iteration 80 were restored.)" in said
    assert "Examination at iteration 180, before the weights of 80 were restored: " in said


def test_early_stopping_ends_on_the_best_weights(capsys: Capture) -> None:
    lines = events(capsys, "overfitting: early stopping")
    end = lines[-1]
    assert end["reason"] == "early_stopping"
    best = min(line["validation_loss"] for line in of_kind(lines, "evaluation"))
    assert end["validation_loss"] == pytest.approx(best)
    assert end["restored"] == next(
        line["iteration"] for line in of_kind(lines, "evaluation") if line["validation_loss"] == best
    )
    assert main(["train", "overfitting: early stopping"]) == 0
    assert f"weights of iteration {end['restored']} restored: the numbers are theirs\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("settings", "idle"),
    [
        (("network.hidden=[]", "network.dropout=0.5"), "network.dropout"),
        (("network.output=linear",), "network.output"),
        (("network.dropout=0.1", "training.early_stopping.patience=50", "optimizer.clip_norm=none"), None),
    ],
)
def test_a_setting_without_effect_is_named(capsys: Capture, settings: tuple[str, ...], idle: str | None) -> None:
    words = [word for setting in settings for word in ("--set", setting)]
    assert main(["train", "lr just right", "--iterations", "2", *words]) == 0
    assert capsys.readouterr().err == (f"tui-trainer: {idle} changes nothing in this run\n" if idle else "")


def test_epochs_replace_the_target(capsys: Capture) -> None:
    end = events(capsys, "glasses or rings", "--epochs", "7")[-1]
    assert (end["iteration"], end["epoch"]) == (28, 7)
    assert "validation_loss" not in end


def test_a_regression_has_no_column_of_what_is_right(capsys: Capture) -> None:
    words = ("train", "lr just right", "--set", "data.name=sine", "--iterations", "5")
    assert main(words) == 0
    assert "accuracy" not in capsys.readouterr().out


def test_a_table_is_aligned_as_the_terminal_draws_it() -> None:
    assert aligned([("", "loss"), ("学习率", "0.5"), ("A", "10")]) == ["        loss", "学习率   0.5", "A         10"]


def test_table_for_people(capsys: Capture) -> None:
    assert main(["train", "lr too large", "--iterations", "100"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("lr too large · circles 200 + 500 noise 0.15 · 2-16-1 tanh · SGD\n")
    assert "reached its target after 100 iterations (100 epochs)" in text
    assert "warning: learning rate too large: bouncing" in text
    assert "--set optimizer.learning_rate=" in text


def test_gradient_check(capsys: Capture) -> None:
    assert main(["train", "iris", "--iterations", "1", "--check-gradients"]) == 0
    assert capsys.readouterr().out.startswith("blame verified: relative error ")
    start = events(capsys, "iris", "--iterations", "1", "--check-gradients")[0]
    assert start["gradient_check"]["right"] is True
    assert start["gradient_check"]["relative_error"] < 1e-6


def test_plot(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "72")
    assert main(["train", "overfitting", "--plot", "--iterations", "200"]) == 0
    text = capsys.readouterr().out
    plot = text[text.index("┌") :]
    assert "validation" in plot
    assert "iteration" in plot
    assert "\x1b" not in plot
    assert max(map(len, plot.splitlines())) == 72


def test_labels_of_a_plot_are_short_and_iterations_whole(capsys: Capture) -> None:
    """They were "1669441842356860885405211134551729897472.0" and 0.75."""
    assert main(["train", "lr far too large", "--set", "optimizer.learning_rate=1e6", "--plot"]) == 0
    rows = capsys.readouterr().out.split("loss, logarithmic")[1].splitlines()
    labels = [row.split("┤")[0].strip() for row in rows if "┤" in row]
    assert len(labels) > 1
    assert all(len(label) <= 6 and float(label) > 0 for label in labels), labels
    ticks = rows[next(number for number, row in enumerate(rows) if "└" in row) + 1].split()
    assert ticks == ["0", "1", "2", "3"]


def test_what_is_proposed_at_the_end_was_tried(capsys: Capture) -> None:
    assert main(["train", "lr far too large", "--set", "optimizer.learning_rate=1e6"]) == 0
    text = capsys.readouterr().out
    rate = text.split("try: ")[1].split("--set optimizer.learning_rate=")[1].split()[0]
    assert "tried from the start: validation loss" in text
    assert "tried, no better: --set optimizer.learning_rate=100000" in text
    assert main(["train", "lr far too large", "--set", f"optimizer.learning_rate={rate}"]) == 0
    assert "reached its target" in capsys.readouterr().out


def test_plot_beside_json_leaves_the_lines_alone(capsys: Capture) -> None:
    assert main(["train", "iris", "--iterations", "20", "--json", "--plot"]) == 0
    written = capsys.readouterr()
    assert all(json.loads(line) for line in written.out.splitlines())
    assert "mini-batch means" in written.err


@pytest.mark.parametrize("count", [1, 72, 73, 500, 10_000])
def test_mini_batches_are_plotted_at_the_mean_of_their_column(count: int) -> None:
    history = History(1024)
    values = np.random.default_rng(0).random(count) ** 8
    history.extend(values)
    x, y = _column_means(history.buckets(), 72)
    assert len(x) == min(count, 72)
    assert (np.diff(x) > 0).all()
    if count <= 1024:
        edges = [*np.linspace(0, count, len(x), endpoint=False).astype(int), count]
        assert y == pytest.approx([values[a:b].mean() for a, b in pairwise(edges)])
    assert y.mean() == pytest.approx(values.mean(), rel=0.03)


def test_plot_of_losses_that_are_no_numbers() -> None:
    run = DiagnosedRun(build({"optimizer": {"learning_rate": 0.1}, "training": {"iterations": 5}}))
    run.advance()
    losses = run.trainer.losses
    for values in (losses.batch.mean, losses.evaluations.train_loss, losses.evaluations.validation_loss):
        values[:] = np.nan
    assert (
        loss_plot(losses, PlotForm(60, 15, colour=False, ascii_only=False))
        == "no loss that is a number: nothing to draw\n"
    )


class FakeTerminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_bar_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    terminal = FakeTerminal()
    bar = ProgressBar(terminal, 1000, "iterations")
    bar.show(500, "loss 0.5")
    line = f"[{'#' * 15:<30}] 500 of 1,000 iterations  loss 0.5"
    assert terminal.getvalue() == "\r" + line
    bar.clear()
    assert terminal.getvalue().endswith("\r" + " " * len(line) + "\r")
    assert "\x1b" not in terminal.getvalue()


def test_no_progress_bar_where_there_is_no_terminal() -> None:
    stream = io.StringIO()
    bar = ProgressBar(stream, 10, "iterations")
    bar.show(5)
    bar.clear()
    assert stream.getvalue() == ""


RACE = "race: with and without dropout"


@pytest.mark.parametrize(
    ("number", "name", "plot", "status"),
    [
        (signal.SIGINT, "iris", [], 130),
        (signal.SIGTERM, "iris", [], 130),
        (signal.SIGHUP, "iris", [], 129),
        (signal.SIGHUP, RACE, [], 129),
        (signal.SIGHUP, "iris", ["--plot"], 129),
        (signal.SIGHUP, RACE, ["--plot"], 129),
    ],
)
def test_an_interrupted_run_tells_its_end(number: signal.Signals, name: str, plot: list[str], status: int) -> None:
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "tui_trainer", "train", name, "--json", *plot),
            *("--iterations", "900000000", "--set", "training.evaluate_every=50"),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line)["iteration"] > 0:
            break
    process.send_signal(number)
    rest, complaint = process.communicate(timeout=60)
    # The first line may have lost its beginning: it was read ahead.
    ends = [json.loads(line) for line in rest.splitlines()[-2 if name == RACE else -1 :]]
    assert [(end["event"], end["reason"]) for end in ends] == [("end", "interrupted")] * len(ends)
    assert all(end["iteration"] > 0 for end in ends)
    assert process.returncode == status
    assert ("iteration" in complaint) == bool(plot)  # the plot stands beside the lines


def test_a_terminal_that_goes_takes_nothing_from_the_file(tmp_path: Path) -> None:
    lines = tmp_path / "run.json"
    words = [*(sys.executable, "-m", "tui_trainer", "train", "iris", "--json"), "--iterations", "900000000"]
    pid, descriptor = pty.fork()
    if pid == 0:
        os.dup2(os.open(lines, os.O_WRONLY | os.O_CREAT), 1)
        os.execve(sys.executable, words, {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))})
    while not (lines.exists() and '"evaluation"' in lines.read_text(encoding="utf-8")):
        os.read(descriptor, 1 << 12)  # its bar
    os.close(descriptor)
    _, status = os.waitpid(pid, 0)
    end = json.loads(lines.read_text(encoding="utf-8").splitlines()[-1])
    assert (end["event"], end["reason"]) == ("end", "interrupted")
    assert os.waitstatus_to_exitcode(status) == 129


def test_what_nohup_started_goes_on() -> None:
    words = f"trap '' HUP; exec {sys.executable} -m tui_trainer train iris --json --iterations 3000"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    process = subprocess.Popen(["sh", "-c", words], stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    assert json.loads(process.stdout.readline())["event"] == "start"
    process.send_signal(signal.SIGHUP)
    rest, _ = process.communicate(timeout=60)
    assert json.loads(rest.splitlines()[-1])["reason"] == "target"
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("preset", "logarithmic"),
    [
        ("overfitting", False),  # over two decades, and asks for a linear axis
        ("lr just right", False),  # over two decades
        ("glasses or rings: lr 0.9", True),  # to 1e-22
        ("ravine", True),  # over one decade, and asks for it
        ("race: with and without dropout", False),
    ],
)
def test_the_plot_has_the_axis_that_the_screen_has(preset: str, logarithmic: bool, capsys: Capture) -> None:
    assert main(["train", preset, "--plot", "--iterations", "300"]) == 0
    assert ("loss, logarithmic" in capsys.readouterr().out) is logarithmic


@pytest.mark.parametrize(
    ("words", "end"), [([], 150), (["--iterations", "50"], 50), (["--set", "training.iterations=90"], 90)]
)
def test_a_moment_beyond_the_target_is_where_the_run_ends(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], end: int
) -> None:
    """A person has gone on beyond the target, and changed something there. A target on the command line comes first."""
    file = tmp_path / "beyond.toml"
    file.write_text(
        'schema = 1\ntitle = "beyond"\nmoment = 150\n[data]\nname = "xor"\n[training]\niterations = 100\n'
        '[[journal]]\niteration = 120\nkey = "optimizer.learning_rate"\nvalue = 0.3\n'
    )
    assert main(["train", str(file), "--json", *words]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["iteration"], told["reason"]) == (end, "target")
