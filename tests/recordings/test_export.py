"""A recording is exported as it was played, with what a person has done."""

from __future__ import annotations

import csv
import json
import os
import threading
import time
import tomllib
from pathlib import Path

import numpy as np
import pytest
from lived import straight
from msgspec import structs
from patience import PATIENCE
from recorded import BY_HAND, RecordedLive, record

from tui_trainer.cli import main
from tui_trainer.cli.saving import export_snapshot
from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.recordings.recording import Recording
from tui_trainer.recordings.strands import every_evaluation
from tui_trainer.runs import keeping
from tui_trainer.runs.keeping import Keeper
from tui_trainer.runs.live import LiveRun
from tui_trainer.runs.recorded import RecordedRun
from tui_trainer.runs.restoring import arms_of
from tui_trainer.telemetry import EVALUATIONS_KEPT, PictureRequest, Snapshot
from tui_trainer.telemetry import commands as do
from tui_trainer.training import build


def test_a_recording_is_exported_at_its_end_and_at_a_moment(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = record(
        tmp_path / "kept",
        *(do.StepIterations(30), do.ChangeSetting("optimizer.learning_rate", 0.25), do.StepIterations(20)),
    )
    files = {name: tmp_path / f"run.{name}" for name in ("csv", "toml", "cast", "numpy.py", "torch.py")}
    words = [
        "export",
        path.name,
        "--record",
        str(tmp_path / "kept"),
        "--size",
        "80x24",
        "--to",
        *map(str, files.values()),
    ]
    assert main(words) == 0
    printed = capsys.readouterr().out
    assert "after 50 iterations" in printed
    for name in ("numpy.py", "torch.py"):
        script = " ".join(files[name].read_text().split('"""')[1].split())
        claim = "it trains from the start to iteration 200, and what was changed by hand up to iteration 50 is in it"
        assert claim in script
        assert script.endswith("so that the losses are those of its run as long as the run is calm.")
        assert f"script, {claim}\n" in printed
    rows = list(csv.DictReader(files["csv"].read_text().splitlines()))
    assert rows[-1]["learning_rate"] == "0.25"
    kept = tomllib.loads(files["toml"].read_text())
    assert kept["moment"] == 50
    assert kept["journal"] == [{"iteration": 30, "key": "optimizer.learning_rate", "value": 0.25}]
    assert "0.25" in files["cast"].read_text()
    assert main(["presets", "--check", str(files["toml"])]) == 0
    assert main([*words, "--force", "--at", "10"]) == 0
    assert "journal" not in tomllib.loads(files["toml"].read_text())
    assert "the losses are those of its run as long as the run is calm." in " ".join(
        files["numpy.py"].read_text().split()
    )
    assert "by hand" not in capsys.readouterr().out


def test_metrics_have_every_evaluation_up_to_the_moment_and_none_after_it(tmp_path: Path) -> None:
    """The run itself remembers every second of the older ones only."""
    tables = {"data": {"name": "xor"}, "network": {"hidden": [2]}, "training": {"evaluate_every": 1}}
    tables["training"]["iterations"] = 2 * EVALUATIONS_KEPT
    change = do.ChangeSetting("optimizer.learning_rate", 0.25)
    to_the_end = do.StepIterations(EVALUATIONS_KEPT + 300)
    path = record(tmp_path / "kept", do.StepIterations(60), change, to_the_end, arms=build(tables))
    files = [tmp_path / "run.csv", tmp_path / "run.jsonl"]
    words = ["export", str(path), "--to", *map(str, files), "--force"]
    for extra, newest in (([], EVALUATIONS_KEPT + 360), (["--at", "50"], 50)):
        assert main([*words, *extra]) == 0
        rows = list(csv.DictReader(files[0].read_text().splitlines()))
        assert [int(row["iteration"]) for row in rows] == list(range(newest + 1))
        lines = [json.loads(line) for line in files[1].read_text().splitlines()]
        told = [line for line in lines if line["event"] == "evaluation"]
        assert [line["iteration"] for line in told] == list(range(newest + 1))
        assert [str(line["train_loss"]) for line in told] == [row["train_loss"] for row in rows]
        assert [line["iteration"] for line in lines if line["event"] == "setting"] == ([] if extra else [60])
        (arm,) = arms_of(recording := Recording(path))
        losses = recording.losses(recording.state.arms[0].run.strand)
        assert [line.get("batch_loss") for line in told] == [None, *losses[:newest].tolist()]
        if newest < arm.run.iteration:
            assert losses[newest - 1] == straight(arm.run.timeline.start_experiment, [], newest).curves.batch.last


def test_what_the_screen_exports_has_every_evaluation_of_its_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that are on the disk, those that wait for it, and those that have just been made, also in two arms."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(keeping, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(keeping, "SOON_SECONDS", 0.0)
    tables = {"data": {"name": "xor"}, "network": {"hidden": [2]}, "training": {"evaluate_every": 1}}
    tables["training"]["iterations"] = 10_000
    live = RecordedLive(tmp_path / "kept", build(tables, "often evaluated"))
    goes_on, really = threading.Event(), os.fsync

    def exported() -> list[list[int]]:
        live.do(do.RequestPictures(PictureRequest(whole=True)))
        snapshot = structs.replace(live.run.latest(), recorded=live.keeper.recorded(live.control))
        words = export_snapshot(".csv", "", snapshot, first_view(), (80, 24))
        rows = list(csv.DictReader(Path(words.partition(".csv:")[0] + ".csv").read_text().splitlines()))
        arms = dict.fromkeys(row.get("arm", "") for row in rows)
        return [[int(row["iteration"]) for row in rows if row.get("arm", "") == arm] for arm in arms]

    for _ in range(6):
        live.do(do.StepIterations(200))
    assert exported() == [list(range(1201))]
    monkeypatch.setattr(os, "fsync", lambda descriptor: (goes_on.wait(20), really(descriptor)))
    for _ in range(6):
        live.do(do.StepIterations(200))
    assert exported() == [list(range(2401))]
    live.do(do.Seek(1500), do.Fork(), do.ChangeSetting("optimizer.learning_rate", 0.5), do.StepIterations(1300))
    assert exported() == [[*range(2801)], [*range(2801)]]
    goes_on.set()
    recording = Recording(live.leave())
    known = [arm.run.trainer.evaluations.view() for arm in arms_of(recording)]
    assert len(known[1].iteration) < 2801
    assert [each.iteration.tolist() for each in every_evaluation(recording.recorded, known)] == [[*range(2801)]] * 2
    for piece in recording.path.glob("piece-*.npz"):
        piece.write_bytes(b"")
    assert every_evaluation(recording.recorded, known) == known


def test_a_snapshot_of_all_says_where_it_is_recorded(tmp_path: Path) -> None:
    made = LiveRun(build({"data": {"name": "xor"}}), keeper=Keeper(tmp_path))
    try:
        path = whole_snapshot(made).recorded.folder
    finally:
        made.close(is_cut_off=True)
    recording = Recording(path)
    replayed = RecordedRun(arms_of(recording), pace="max", paused=True, recorded=recording.recorded)
    try:
        assert whole_snapshot(replayed).recorded == recording.recorded
    finally:
        replayed.close()


def test_an_arm_is_recorded_from_its_first_iteration_on(tmp_path: Path) -> None:
    """Also if the keys that fork it, change it and step it are typed while one slow iteration runs."""
    tables = {"data": {"name": "xor"}, "network": {"hidden": [2]}, "training": {"evaluate_every": 1}}
    run = LiveRun(build(tables), paused=True, keeper=Keeper(tmp_path))
    keys = do.StepIterations(10), do.Fork(), do.ChangeSetting("optimizer.learning_rate", 0.9), do.StepIterations(20)
    try:
        run.answer(lambda: [run.send(command) for command in keys])
        run.go_on()
        end = time.monotonic() + PATIENCE
        while [arm.iteration for arm in run.latest().arms] != [30, 30]:
            assert time.monotonic() < end
            time.sleep(0.001)
        snapshot = whole_snapshot(run)
    finally:
        run.close()
    known = [arm.losses.evaluations for arm in snapshot.arms]
    for each, every in zip(known, every_evaluation(snapshot.recorded, known), strict=True):
        np.testing.assert_array_equal(every.train_loss, each.train_loss)
    strand, _ = snapshot.recorded.lines[1][-1]
    losses = Recording(snapshot.recorded.folder).losses(strand)
    np.testing.assert_array_equal(losses, snapshot.arms[1].losses.batch.last)


def whole_snapshot(run: LiveRun) -> Snapshot:
    run.send(do.RequestPictures(PictureRequest(whole=True)))
    end = time.monotonic() + PATIENCE
    while (snapshot := run.latest()).recorded is None:
        assert time.monotonic() < end
        time.sleep(0.001)
        run.send(do.SetPace(None))
    return snapshot


def test_a_missing_piece_leaves_the_evaluations_that_the_run_remembers(tmp_path: Path) -> None:
    path, file = record(tmp_path / "kept", BY_HAND, do.StepIterations(30)), tmp_path / "run.csv"
    words = ["export", str(path), "--to", str(file), "--force"]
    assert main(words) == 0
    whole = file.read_text()
    (piece,) = path.glob("piece-*.npz")
    piece.unlink()
    assert main(words) == 0
    assert file.read_text() == whole


def test_of_a_race_the_arm_that_had_the_focus_is_exported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rate = do.ChangeSetting("optimizer.learning_rate", 0.25)
    path = record(tmp_path / "kept", do.StepIterations(5), do.Fork(), rate, do.StepIterations(5))
    file = tmp_path / "run.toml"
    assert main(["export", str(path), "--to", str(file)]) == 0
    assert "arm B alone" in capsys.readouterr().out
    assert tomllib.loads(file.read_text())["journal"][0]["value"] == 0.25


def test_a_name_that_is_neither_is_said_as_always(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "nosuchrun", "--to", str(tmp_path / "a.csv")]) == 2
    assert 'no preset "nosuchrun"' in capsys.readouterr().err
