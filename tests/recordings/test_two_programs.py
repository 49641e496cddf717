"""Two programs, or a program and a person, at the recordings of one folder at the same time."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import time
from contextlib import suppress
from pathlib import Path

import pytest
from patience import PATIENCE
from recorded import BY_HAND, RecordedLive, record

from tui_trainer.cli import main, resuming
from tui_trainer.cli.resuming import reopened, resumed
from tui_trainer.recordings import folder, recorder, recording
from tui_trainer.recordings.files import RecordingError
from tui_trainer.recordings.folder import DELETED, Folder, is_locked, states_of
from tui_trainer.recordings.listing import deleted, find, kept_in, listed, restored
from tui_trainer.recordings.recorder import Recorder
from tui_trainer.recordings.recording import Recording
from tui_trainer.recordings.state import State, packed_state
from tui_trainer.runs import keeping
from tui_trainer.telemetry import commands as do

HEADER = {"title": "made", "started": "now"}


def test_two_programs_never_write_one_recording(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = record(tmp_path, BY_HAND, do.StepIterations(5))
    folder = Folder(path)
    assert is_locked(path)
    assert listed(path).state == "running"
    with pytest.raises(RecordingError, match="another program"):
        Folder(path)
    assert main(["runs", "--delete", path.name, "--record", str(tmp_path)]) == 2
    assert "being recorded just now" in capsys.readouterr().err
    assert find(tmp_path) == path
    other = record(tmp_path, BY_HAND, do.StepIterations(5))
    os.utime(other / "journal.jsonl", (0, 0))
    assert find(tmp_path) == other  # it can be resumed
    folder.close(keep=True)
    assert not is_locked(path)
    assert find(tmp_path) == path


def test_a_recording_that_ends_while_another_looks_for_empty_ones_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It had no state yet when the other looked at it, and no lock any more at the second look."""
    source = Recording(record(tmp_path / "source", BY_HAND, do.StepIterations(5)))
    header = {"title": "made", "started": "now"}
    ended = Folder(tmp_path / "ended", header)
    really = recorder.is_empty

    def is_empty(path: Path) -> bool:
        was_empty = really(path)
        if path == ended.path and was_empty:
            ended.write_state(packed_state(source.state))
            ended.close(keep=True)
        return was_empty

    monkeypatch.setattr(recorder, "is_empty", is_empty)
    other = Recorder(lambda: Folder(tmp_path / "other", header))
    other.put(state=source.state)
    other.close(keep=True)
    other.join()
    assert {path.name for path in kept_in(tmp_path)} == {"ended", "other"}


def test_a_recording_that_is_deleted_while_it_is_opened_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = record(tmp_path, BY_HAND, do.StepIterations(5))
    before = sorted(path.iterdir())
    really = fcntl.flock

    def flock(descriptor: int, kind: int) -> None:
        monkeypatch.undo()
        deleted(path)
        really(descriptor, kind)

    monkeypatch.setattr(fcntl, "flock", flock)
    with pytest.raises(RecordingError, match="has just been deleted"):
        Folder(path)
    assert not path.exists()
    assert restored(tmp_path, path.name) == path
    assert sorted(path.iterdir()) == before
    assert listed(path).state == "left"


def test_a_recording_is_not_restored_while_it_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = record(tmp_path, BY_HAND, do.StepIterations(5))
    deleted(path)
    really, refusals = Path.unlink, []

    def unlink(file: Path, missing_ok: bool = False) -> None:
        try:
            restored(tmp_path, path.name)
        except RecordingError as error:
            refusals.append(str(error))
        really(file, missing_ok)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(Path, "unlink", unlink)
        assert folder.removed(tmp_path / (DELETED + path.name))
    assert refusals
    assert list(tmp_path.iterdir()) == []


def test_a_removal_that_is_cut_off_is_finished_by_the_next_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is left that neither the list nor the quota knows."""
    whole = record(tmp_path / "source", BY_HAND, do.StepIterations(150))
    source, really = Recording(whole), Path.unlink
    for count in range(len(list(whole.iterdir()))):
        root = tmp_path / str(count)
        shutil.copytree(whole, root / "old")
        unlinked = iter(range(count))

        def unlink(file: Path, missing_ok: bool = False, unlinked: object = unlinked) -> None:
            if next(unlinked, None) is None:  # type: ignore[call-overload]
                raise KeyboardInterrupt
            really(file, missing_ok)

        with monkeypatch.context() as killed, suppress(KeyboardInterrupt):
            killed.setattr(Path, "unlink", unlink)
            folder.removed(root / "old")
        other = Recorder(lambda root=root: Folder(root / "new", HEADER))
        other.put(state=source.state)
        other.close(keep=True)
        other.join()
        left = {path.name for path in root.iterdir()}
        assert left == ({"old", "new"} if count == 0 else {"new"}), count
        assert count or listed(root / "old").state == "left"


def test_a_name_is_not_given_again_while_it_may_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the same second, or by a clock that was set back."""
    monkeypatch.setattr(time, "strftime", lambda *arguments: "2026-11-30-100000")
    paths = [record(tmp_path, BY_HAND, do.StepIterations(5))]
    deleted(paths[0])
    paths.append(record(tmp_path, BY_HAND, do.StepIterations(6)))
    assert [path.name for path in paths] == ["2026-11-30-100000-driven", "2026-11-30-100000-driven-2"]
    restored(tmp_path, paths[0].name)
    assert kept_in(tmp_path) == paths
    shutil.copytree(paths[0], tmp_path / (DELETED + paths[0].name))
    for refused in (lambda: deleted(paths[0]), lambda: restored(tmp_path, paths[0].name)):
        with pytest.raises(RecordingError, match="is in the way"):
            refused()
    assert len(list(tmp_path.iterdir())) == 3


def test_a_folder_that_a_person_removes_ends_the_recording_and_does_not_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(keeping, "SOON_SECONDS", 0.0)
    live = RecordedLive(tmp_path)
    live.do(BY_HAND, do.StepIterations(5))
    end = time.monotonic() + PATIENCE
    while not any(map(states_of, kept_in(tmp_path))):
        assert time.monotonic() < end
    (path,) = kept_in(tmp_path)
    while path.exists():
        shutil.rmtree(path, ignore_errors=True)
    while not any("the recording has stopped, training goes on: No such file" in each for each in live.messages):
        assert time.monotonic() < end
        live.do(do.StepIterations(1))
    live.keeper.close(live.control)
    assert list(tmp_path.iterdir()) == []


def test_the_newest_state_is_that_of_the_largest_number(tmp_path: Path) -> None:
    """A run of days writes more than a million files."""
    path = record(tmp_path, BY_HAND, do.StepIterations(5))
    state = Recording(path).state
    (path / "piece-999998.npz").write_bytes(b"")
    being_written = Folder(path)
    for _ in range(3):
        being_written.write_state(packed_state(state))
    being_written.close(keep=True)
    assert [file.name for file in states_of(path)] == ["state-1000001.npz", "state-1000000.npz"]
    assert Recording(path).later_files == []


def test_a_recording_is_read_while_its_program_replaces_the_states(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = record(tmp_path, BY_HAND, do.StepIterations(5))
    state, really = Recording(path).state, recording.read_state

    def read_state(file: Path) -> State:
        monkeypatch.undo()
        being_written = Folder(path)
        for _ in range(folder.KEPT_STATES):
            being_written.write_state(packed_state(state))
        being_written.close(keep=True)
        return really(file)

    monkeypatch.setattr(recording, "read_state", read_state)
    assert Recording(path).state.arms[0].run.now.iteration == 5


def test_where_files_cannot_be_locked_nothing_is_recorded_and_nothing_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As on some network file systems."""
    path = record(tmp_path, BY_HAND, do.StepIterations(5))

    def flock(descriptor: int, kind: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", flock)
    monkeypatch.setattr(keeping, "LOOK_SECONDS", 0.0)
    live = RecordedLive(tmp_path)
    end = time.monotonic() + PATIENCE
    while not any("training goes on: files cannot be locked there: No locks" in each for each in live.messages):
        assert time.monotonic() < end
        live.watch()
    live.keeper.close(live.control)
    assert kept_in(tmp_path) == [path]
    assert listed(path).state == "left"
    assert main(["runs", "--delete", path.name, "--record", str(tmp_path)]) == 0


def test_a_recording_that_cannot_be_written_goes_on_unrecorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a disk that is still full, or may only be read."""
    path = record(tmp_path, BY_HAND, do.StepIterations(5))

    def unwritable(path: Path) -> Folder:
        raise OSError(errno.EROFS, "Read-only file system", str(path / "lock"))

    monkeypatch.setattr(resuming, "Folder", unwritable)
    run = resumed(reopened(path), records=True, paused=True)
    told = f"the recording has stopped, training goes on: Read-only file system ({path / 'lock'})"
    end = time.monotonic() + PATIENCE
    while run.latest().message.text != told:
        assert time.monotonic() < end
        time.sleep(0.01)
    assert run.latest().iteration == 5
    run.close()


def test_the_way_back_is_named_with_the_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = record(tmp_path / "my runs", BY_HAND, do.StepIterations(5))
    assert main(["runs", "--record", str(tmp_path / "my runs")]) == 0
    assert f"resume NAME --record '{path.parent}' goes on" in capsys.readouterr().out
    assert main(["runs", "--delete", str(path), "--record", str(tmp_path)]) == 0  # by its path
    words = capsys.readouterr().out.split('"')[1]
    assert main(["runs", "--restore", path.name, "--record", words.partition("--record ")[2].strip("'")]) == 0
    assert kept_in(path.parent) == [path]


def test_a_folder_that_cannot_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = record(tmp_path, BY_HAND, do.StepIterations(5))

    def utime(path: Path) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(os, "utime", utime)
    assert main(["runs", "--delete", path.name, "--record", str(tmp_path)]) == 1
    assert capsys.readouterr().err == f"tui-trainer: {path}: Read-only file system\n"
