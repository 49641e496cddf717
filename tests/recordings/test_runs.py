"""The list of recordings: what is kept, what is told of it, what deletes it, and who may write it."""

from __future__ import annotations

import json
import os
import re
import stat
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from driven_run import TABLES
from effort import calls
from patience import PATIENCE
from recorded import ALSO_BY_HAND, BY_HAND, RecordedLive, record

from tui_trainer.cli import main, screen
from tui_trainer.cli.columns import fitting
from tui_trainer.cli.screen import recorded_entries
from tui_trainer.recordings import recorder
from tui_trainer.recordings.files import RecordingError
from tui_trainer.recordings.folder import GRACE_SECONDS, Folder
from tui_trainer.recordings.listing import deleted, find, kept_in, listed, restored
from tui_trainer.recordings.recorder import Recorder
from tui_trainer.recordings.recording import Recording
from tui_trainer.runs import keeping
from tui_trainer.telemetry import commands as do
from tui_trainer.training import build


def test_the_list_tells_what_became_of_a_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = record(tmp_path, BY_HAND, do.StepIterations(250), arms=build(TABLES, "evil \x1b[31m title"))
    assert main(["runs", "--record", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert path.name in out
    assert "finished" in out
    assert "200" in out
    assert "\x1b" not in out
    assert main(["runs", "--json", "--record", str(tmp_path)]) == 0
    (entry,) = json.loads(capsys.readouterr().out)
    assert (entry["name"], entry["state"], entry["arms"][0]["iteration"]) == (path.name, "finished", 200)
    assert entry["arms"][0]["validation_loss"] > 0


def test_the_list_has_the_losses_of_the_moment_at_which_a_run_was_left(tmp_path: Path) -> None:
    live = RecordedLive(tmp_path)
    live.do(BY_HAND, do.StepIterations(4))
    (arm,) = listed(live.leave()).arms
    assert arm.train_loss == live.control.run.measure().train_loss
    latest = live.control.run.trainer.evaluations.latest
    assert latest is not None
    assert latest.iteration == 0


def test_a_narrow_terminal_does_without_some_columns() -> None:
    rows = [("name", "since", "state", "loss"), ("2026-11-29-lr-too-large", "2026-11-29 20:25", "paused", "0.5")]
    assert fitting(rows, 80, ("since", "loss")) == rows
    assert fitting(rows, 40, ("since", "loss"))[0] == ("name", "state", "loss")
    assert fitting(rows, 20, ("since", "loss"))[0] == ("name", "state")


def test_an_empty_list_says_how_to_make_a_recording(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs", "--record", str(tmp_path / "missing")]) == 0
    assert 'as in "tui-trainer iris"' in capsys.readouterr().out


def test_only_the_person_may_read_a_recording(tmp_path: Path) -> None:
    path = record(tmp_path, BY_HAND, do.StepIterations(5))
    assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.iterdir()} == {0o600}


def test_a_short_run_that_was_only_watched_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    live = RecordedLive(tmp_path)
    live.do(do.StepIterations(50))
    live.keeper.close(live.control)
    assert kept_in(tmp_path) == []
    monkeypatch.setattr(keeping, "SHORT_SECONDS", 0.0)
    assert record(tmp_path, do.StepIterations(50)).exists()


def test_of_short_runs_only_the_one_that_was_cut_off_is_kept(tmp_path: Path) -> None:
    live = RecordedLive(tmp_path)
    live.do(do.StepIterations(50), do.Restart(), do.StepIterations(7))
    assert listed(live.leave(keep_short=True)).arms[0].iteration == 7
    assert len(kept_in(tmp_path)) == 1


def test_settings_before_a_restart_make_no_recording_of_their_own(tmp_path: Path) -> None:
    live = RecordedLive(tmp_path)
    live.do(BY_HAND, do.Restart(), do.ChangeWeight(0, 0, 0, 1.0), do.Restart(), do.StepIterations(7), ALSO_BY_HAND)
    live.leave()
    assert [listed(path).arms[0].iteration for path in kept_in(tmp_path)] == [0, 7]


def test_the_time_after_a_run_was_left_does_not_make_it_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = 0.0
    monkeypatch.setattr(keeping, "time", SimpleNamespace(monotonic=lambda: seconds))
    live = RecordedLive(tmp_path)
    live.do(do.StepIterations(50), do.Restart(), do.StepIterations(7))
    seconds = 2 * keeping.SHORT_SECONDS
    assert listed(live.leave()).arms[0].iteration == 7
    assert len(kept_in(tmp_path)) == 1


def test_a_run_that_another_has_replaced_is_listed_as_it_was(tmp_path: Path) -> None:
    record(tmp_path, BY_HAND, do.StepIterations(250), do.Restart(), ALSO_BY_HAND, do.StepIterations(7))
    assert {each.arms[0].iteration: each.state for each in map(listed, kept_in(tmp_path))} == {
        200: "finished",
        7: "left",
    }


def test_every_start_is_a_recording_of_its_own(tmp_path: Path) -> None:
    record(tmp_path, BY_HAND, do.StepIterations(20), do.Restart(), ALSO_BY_HAND, do.StepIterations(7))
    assert sorted(listed(path).arms[0].iteration for path in kept_in(tmp_path)) == [7, 20]


def test_a_deleted_recording_can_be_restored_for_a_day(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = record(tmp_path, BY_HAND, do.StepIterations(5))
    assert main(["runs", "--delete", path.name, "--record", str(tmp_path)]) == 0
    assert kept_in(tmp_path) == []
    assert main(["runs", "--record", str(tmp_path)]) == 0
    back = f'all are deleted; "tui-trainer runs --restore {path.name} --record {tmp_path}" brings the last one back'
    assert back in capsys.readouterr().out
    with pytest.raises(RecordingError, match=re.escape(back)):
        find(tmp_path)
    assert main(["runs", "--restore", path.name, "--record", str(tmp_path)]) == 0
    assert kept_in(tmp_path) == [path]
    deleted(path)
    (aside,) = tmp_path.iterdir()
    before = time.time() - GRACE_SECONDS - 1
    os.utime(aside, (before, before))
    other = record(tmp_path, BY_HAND, do.StepIterations(5))
    assert list(tmp_path.iterdir()) == [other]
    capsys.readouterr()
    assert main(["runs", "--restore", path.name, "--record", str(tmp_path)]) == 2
    assert "no deleted recording" in capsys.readouterr().err


def test_the_oldest_recordings_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = []
    for number in range(4):
        paths.append(record(tmp_path, BY_HAND, do.StepIterations(20)))
        os.utime(paths[-1] / "journal.jsonl", (number, number))
    size = recorder.size_of(paths[0])
    monkeypatch.setattr(keeping, "QUOTA", 3 * size)
    live = RecordedLive(tmp_path)
    live.keeper = keeping.Keeper(tmp_path, quota=3 * size)
    live.keeper.watch(live.control)
    live.do(BY_HAND, do.StepIterations(20))
    monkeypatch.setattr(keeping, "LOOK_SECONDS", 0.0)
    end = time.monotonic() + PATIENCE
    while not any("removed" in message for message in live.messages):
        assert time.monotonic() < end
        live.watch()
    said = next(message for message in live.messages if "removed" in message)
    assert said.startswith("the ")
    assert said.endswith(f"; together they may have {3 * size / 1e6:g} MB")
    live.leave()
    assert paths[0] not in kept_in(tmp_path)
    assert paths[3] in kept_in(tmp_path)


def test_files_that_another_program_renames_meanwhile_do_not_end_a_recording(tmp_path: Path) -> None:
    other = record(tmp_path, BY_HAND, do.StepIterations(20))
    (other / "piece-000009.npz.part").symlink_to(tmp_path / "renamed")  # listed, and not there when it is asked for
    live = RecordedLive(tmp_path)
    live.do(BY_HAND, do.StepIterations(20))
    path = live.leave()
    assert path != other
    assert list(path.glob("state-*.npz"))
    assert not any(kept.recorder.failure for kept in live.keeper._of_number.values())


def test_the_list_on_the_screen_has_the_newest_that_can_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    older, newer = (record(tmp_path, BY_HAND, do.StepIterations(count)) for count in (5, 250))
    first, second = recorded_entries(tmp_path)
    assert [first.opens, second.opens] == [str(newer), str(older)]
    assert first.title.endswith(" driven")
    assert (first.question, second.question) == (
        "finished after iteration 200, underfitting",
        "left after iteration 5",
    )
    being_written = Folder(newer)
    assert [entry.opens for entry in recorded_entries(tmp_path)] == [str(older)]
    being_written.close(keep=True)
    monkeypatch.setattr(screen, "MOST_RECORDINGS", 1)
    assert [entry.opens for entry in recorded_entries(tmp_path)] == [str(newer)]
    (newer / "recording.json").write_text('{"format": "tui-trainer recording", "version": 99}')
    assert [entry.opens for entry in recorded_entries(tmp_path)] == [str(older)]
    assert recorded_entries(None) == []


def test_names_may_be_shortened_as_long_as_they_are_clear(tmp_path: Path) -> None:
    paths = [record(tmp_path, BY_HAND, do.StepIterations(5)) for _ in range(2)]
    assert find(tmp_path, paths[0].name) == paths[0]
    assert find(tmp_path, str(paths[1])) == paths[1]
    with pytest.raises(RecordingError, match=rf"2 recordings: {paths[0].name}, {paths[1].name}$"):
        find(tmp_path, paths[0].name[:5])
    older = paths[0].rename(tmp_path / "2020-01-01-000000-older")
    assert find(tmp_path, "2020") == older
    deleted(older)
    assert restored(tmp_path, "2020") == older
    older.rename(paths[0])
    with pytest.raises(RecordingError, match=f"did you mean '{paths[1].name}'"):
        find(tmp_path, paths[1].name[1:])


def test_a_disk_that_fails_ends_the_recording_and_not_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "LOOK_SECONDS", 0.0)
    (tmp_path / "file").write_text("no folder")
    live = RecordedLive(tmp_path / "file")
    end = time.monotonic() + PATIENCE
    while not any("has stopped" in message and "training goes on" in message for message in live.messages):
        assert time.monotonic() < end
        live.watch()
    live.do(do.StepIterations(5))
    assert live.run.latest().iteration == 5
    live.keeper.close(live.control)


def test_a_recording_that_has_stopped_gathers_nothing_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every loss of the hours that follow would stay in memory."""
    monkeypatch.setattr(keeping, "LOOK_SECONDS", 0.0)
    live = RecordedLive(tmp_path)
    live.keeper._of_number[live.control.lineup.run_number].recorder.give_up("the disk is too slow")
    live.do(BY_HAND, do.StepIterations(150), do.StepIterations(10), do.Fork(), do.StepIterations(5))
    live.watch()
    for strand in live.keeper._of_number[live.control.lineup.run_number]._of_run.values():
        assert not strand.evaluations
        assert not strand.take_stretch().losses
        assert not strand.take_keyframes()
    live.keeper.close(live.control)


def test_a_recording_without_a_state_is_said_to_be_empty_and_makes_way(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A program was killed before its first state. What nobody can go on with is not taken for the latest run."""
    older = record(tmp_path, BY_HAND, do.StepIterations(5))
    Folder(tmp_path / "killed", {"title": "killed", "started": "2026-11-30T10:00:00+00:00"}).close(keep=True)
    os.utime(older / "journal.jsonl", (1, 1))
    assert find(tmp_path) == older
    assert main(["runs", "--json", "--record", str(tmp_path)]) == 0
    told = {entry["name"]: entry["state"] for entry in json.loads(capsys.readouterr().out)}
    assert told == {older.name: "left", "killed": "empty"}
    assert main(["resume", "killed", "--record", str(tmp_path)]) == 2
    assert "killed was cut off before its first state" in capsys.readouterr().err
    newer = record(tmp_path, BY_HAND, do.StepIterations(5))
    assert set(kept_in(tmp_path)) == {older, newer}


def test_a_disk_that_stands_still_holds_up_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits for it is bounded."""
    monkeypatch.setattr(keeping, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(keeping, "SOON_SECONDS", 0.0)
    monkeypatch.setattr(keeping, "MOST_LOSSES", 500)
    goes_on, really = threading.Event(), os.fsync
    monkeypatch.setattr(os, "fsync", lambda descriptor: (goes_on.wait(PATIENCE), really(descriptor)))
    live = RecordedLive(tmp_path, build({**TABLES, "training": {**TABLES["training"], "iterations": 100_000}}))
    for _ in range(30):
        live.do(do.StepIterations(100))
    assert "the recording has stopped, training goes on: the disk is too slow" in live.messages
    assert live.run.latest().iteration == 3000
    goes_on.set()
    live.keeper.close(live.control)


def test_a_long_recording_is_listed_with_no_more_effort_than_a_short_one(tmp_path: Path) -> None:
    path = record(tmp_path, BY_HAND, do.StepIterations(5))
    short = listed(path)
    effort = calls(lambda: listed(path))
    journal = path / "journal.jsonl"
    journal.write_bytes(journal.read_bytes() * 1000)
    assert listed(path) == short
    assert calls(lambda: listed(path)) <= 2 * effort  # more lines in the tail that is read


def test_the_recorder_writes_what_waits_before_it_ends(tmp_path: Path) -> None:
    source = Recording(record(tmp_path / "source", BY_HAND, do.StepIterations(5)))
    made = Recorder(lambda: Folder(tmp_path / "made", {"title": "made", "started": "now"}))
    made.put(state=source.state)
    made.put({"kind": "arms", "arms": []})
    made.close(keep=True)
    made.join()
    assert b'"kind":"arms"' in (tmp_path / "made" / "journal.jsonl").read_bytes()
