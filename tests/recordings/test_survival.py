"""What a recording survives: kills, disks that are full or fail, files that end anywhere, files of somebody else."""

from __future__ import annotations

import contextlib
import os
import pickle
import random
import shutil
import subprocess
import time
import zipfile
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from kills import check, killed
from patience import PATIENCE
from recorded import BY_HAND, RecordedLive, record

from tui_trainer.cli import main
from tui_trainer.cli.recordings import kept_words
from tui_trainer.cli.resuming import reopened, resumed
from tui_trainer.recordings import files
from tui_trainer.recordings.files import RecordingError, arrays_of
from tui_trainer.recordings.folder import states_of
from tui_trainer.recordings.listing import kept_in, listed
from tui_trainer.recordings.recording import Recording
from tui_trainer.runs import keeping
from tui_trainer.runs.restoring import arms_of
from tui_trainer.telemetry import LessonEntry, Status
from tui_trainer.telemetry import commands as do


def test_a_killed_run_goes_on_to_the_bit(tmp_path: Path) -> None:
    """`python tests/recordings/kills.py` does it fifty times."""
    moments = random.Random(7)
    for seed in range(2):
        check(killed(tmp_path / str(seed), seed, moments.uniform(0.0, 1.5)), seed)


def test_a_state_cut_anywhere_is_one_sentence_and_the_one_before_is_used(tmp_path: Path) -> None:
    live = RecordedLive(tmp_path)
    live.do(BY_HAND, do.StepIterations(20))
    live.keeper._of_number[live.control.lineup.run_number].hand_over(live.control, live.control.lineup.done)
    end = time.monotonic() + PATIENCE
    while not any(map(states_of, kept_in(tmp_path))):
        assert time.monotonic() < end
    live.do(do.StepIterations(30))
    path = live.leave()
    newest, before = states_of(path)
    whole = newest.read_bytes()
    for size in [*range(0, len(whole), 9973), *range(len(whole) - 4096, len(whole), 41), len(whole) - 1]:
        newest.write_bytes(whole[:size])
        assert Recording(path).state.arms[0].run.now.iteration == 20
    before.unlink()
    with pytest.raises(RecordingError, match="damaged"):
        Recording(path)
    newest.write_bytes(whole)
    assert arms_of(Recording(path))[0].run.iteration == 50


def test_a_journal_cut_at_every_byte_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = record(tmp_path, BY_HAND, do.StepIterations(20))
    journal = path / "journal.jsonl"
    whole = journal.read_bytes()[-4096:]
    complete = [*files.entries_of(whole)]
    for size in range(len(whole)):
        journal.write_bytes(whole[:size])
        assert [*files.entries_of(whole[:size])] == complete[: whole[: size + 1].count(b"\n")]
        assert listed(path).state in ("cut off", "left")
    descriptor = files.open_to_append(journal)
    files.append(descriptor, files.line_of({"kind": "more"}))
    os.close(descriptor)
    assert [*files.entries_of(journal.read_bytes())][-1] == {"kind": "more"}


def test_a_run_goes_on_without_damaged_keyframes(tmp_path: Path) -> None:
    path = record(tmp_path, BY_HAND, do.StepIterations(150))
    (whole,) = arms_of(Recording(path))
    (keyframes,) = path.glob("keyframes-*.npz")
    keyframes.write_bytes(keyframes.read_bytes()[:-99])
    (arm,) = arms_of(Recording(path))
    for run in (arm.run, whole.run):
        run.seek(70)
    np.testing.assert_array_equal(arm.run.trainer.vectors.parameters, whole.run.trainer.vectors.parameters)


def failing_disk(monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """From the `after`th call on, the disk is full, in the middle of a file."""
    calls, really = 0, os.fsync

    def fsync(descriptor: int) -> None:
        nonlocal calls
        calls += 1
        if calls > after:
            raise OSError(28, "No space left on device")
        really(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)


def has_stopped(live: RecordedLive) -> bool:
    """Whether the full disk has been told of; a path follows where the system named one."""
    told = "the recording has stopped, training goes on: No space left on device"
    return any(message.startswith(told) for message in live.messages)


def test_a_write_that_fails_ends_the_recording_and_leaves_it_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(keeping, "SOON_SECONDS", 0.0)
    for after in (0, 1, 2, 3, 5, 8, 13):
        root = tmp_path / str(after)
        with monkeypatch.context() as broken:
            failing_disk(broken, after)
            live = RecordedLive(root)
            live.do(BY_HAND)
            end = time.monotonic() + PATIENCE
            while not has_stopped(live):
                assert time.monotonic() < end, after
                live.do(do.StepIterations(1))
            live.keeper.close(live.control)
        for path in root.iterdir():  # what has no state, from which it could go on, is not left behind
            assert path in kept_in(root)
            (arm,) = listed(path).arms
            assert f"recorded up to iteration {arm.iteration:,} only: " in kept_words(path)
            assert arms_of(Recording(path))[0].run.iteration <= live.control.run.iteration
            assert not list(path.glob("*.part"))


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real one, where a small file system may be mounted."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    if (
        mount is None
        or subprocess.run(
            [mount, "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(disk)], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("no file system may be mounted here")
    monkeypatch.setattr(keeping, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(keeping, "SOON_SECONDS", 0.0)
    try:
        live = RecordedLive(disk)
        live.do(BY_HAND)
        end = time.monotonic() + PATIENCE
        while not has_stopped(live):
            assert time.monotonic() < end
            live.do(do.StepIterations(40))
        live.keeper.close(live.control)
        (path,) = kept_in(disk)
        assert arms_of(Recording(path))[0].run.iteration > 0
    finally:
        subprocess.run(["umount", str(disk)], check=False)


def test_newer_and_older_recordings_are_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = record(tmp_path, BY_HAND, do.StepIterations(5))
    header = msgspec.json.decode((path / "recording.json").read_bytes())
    for version, words in ((2, "a newer"), (0, "an older")):
        (path / "recording.json").write_bytes(msgspec.json.encode({**header, "version": version}))
        assert main(["resume", path.name, "--record", str(tmp_path)]) == 2
        err = capsys.readouterr().err
        assert err.count("\n") == 1
        assert f"recorded by {words} tui-trainer" in err
        assert main(["runs", "--record", str(tmp_path)]) == 0
        assert words in capsys.readouterr().err


class Trap:
    """What a pickle would make of this is a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.path),)


def test_hostile_recordings_are_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = record(tmp_path, BY_HAND, do.StepIterations(5))
    (state, *others) = states_of(path)
    for other in others:
        other.unlink()
    arrays = arrays_of(state)
    packed = arrays["state"]

    def with_state(change: dict[str, object]) -> dict[str, object]:
        decoded = msgspec.msgpack.decode(packed.tobytes())
        run = decoded["arms"][0]["run"]
        next(each for each in (run, run["now"], decoded) if change.keys() <= each.keys()).update(change)
        return {**arrays, "state": np.frombuffer(msgspec.msgpack.encode(decoded), np.uint8)}

    parameters = arrays[str(msgspec.msgpack.decode(packed.tobytes())["arms"][0]["run"]["now"]["parameters"])]
    other_shape = next(n for n in range(len(arrays) - 1) if arrays[str(n)].shape != parameters.shape)
    huge = np.lib.format.header_data_from_array_1_0(np.empty(0)) | {"shape": (10**12,)}
    trap = np.array([Trap(tmp_path / "sprung")], dtype=object)
    for name, made in {
        "pickle": {**arrays, "0": trap},
        "text": {**arrays, "state": np.frombuffer(b"\x1b]0;evil\x07", np.uint8)},
        "other shape": with_state({"parameters": other_shape}),
        "no such array": with_state({"parameters": 10**6}),
        "wrong type": with_state({"iteration": "many"}),
        "no arms": with_state({"arms": []}),
        "against nothing": with_state(
            {"arms": [msgspec.msgpack.decode(packed.tobytes())["arms"][0] | {"against": "B"}]}
        ),
        "negative": with_state({"iteration": -5}),
        "other network": with_state({"start": {"network": {"hidden": [4096] * 3}, "title": "", "axis": None}}),
        "undo": with_state({"undo": [{"arm": "A", "key": "\x1b[31m", "old": 3, "new": None}]}),
        "no experiment": with_state({"experiment": "\x1b[31m"}),
    }.items():
        np.savez(state, **made)
        assert main(["resume", path.name, "--record", str(tmp_path)]) == 2, name
        err = capsys.readouterr().err
        assert err.startswith("tui-trainer: "), name
        assert path.name in err, name
        assert "Traceback" not in err, name
        assert "\x1b" not in err, name
    assert not (tmp_path / "sprung").exists()
    with zipfile.ZipFile(state, "w") as archive, archive.open("state.npy", "w") as file:
        np.lib.format.write_array_header_1_0(file, huge)
    with pytest.raises(RecordingError, match="larger than its file"):
        arrays_of(state)
    with zipfile.ZipFile(state, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("state.npy", bytes(10**7))
    with pytest.raises(RecordingError, match="more than it does"):
        arrays_of(state)
    state.write_bytes(pickle.dumps(Trap(tmp_path / "sprung")))
    with pytest.raises(RecordingError, match="damaged"):
        arrays_of(state)
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("name", ["recording.json", "journal.jsonl", "state-000002.npz", "piece-000001.npz", "lock"])
@pytest.mark.parametrize("kind", ["pipe", "device", "huge"])
def test_no_file_of_a_recording_keeps_a_reader_waiting(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, kind: str
) -> None:
    path = record(tmp_path, BY_HAND, do.StepIterations(5))
    (path / name).unlink()
    match kind:
        case "pipe":
            os.mkfifo(path / name)
        case "device":
            (path / name).symlink_to("/dev/zero")
        case "huge":
            (path / name).touch()
            os.truncate(path / name, files.LARGEST + 1)  # a hole: it takes no room
    assert main(["runs", "--record", str(tmp_path)]) == 0
    is_needed = name not in ("piece-000001.npz", "lock")
    words = ["export", str(path), "--to", str(tmp_path / "run.csv")]
    assert main(words) == (2 if is_needed else 0)
    assert "Traceback" not in capsys.readouterr().err


def places(node: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The keys that lead to everything in a JSON value."""
    for key in node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ():
        yield (*at, key)
        yield from places(node[key], (*at, key))


def test_no_line_of_a_journal_is_trusted(tmp_path: Path) -> None:
    """Whatever stands in one, it is read or is one sentence, also where a race is restored with it."""
    entry = LessonEntry(title="a", opens="a", step=1, stage="choose")
    path = record(tmp_path, do.NoteLesson(entry), do.StepIterations(5), do.Fork(), BY_HAND, do.StepIterations(5))
    journal = path / "journal.jsonl"
    entries = [*files.entries_of(journal.read_bytes())]
    assert {"arms", "fork", "lesson", "summary"} <= {entry["kind"] for entry in entries}
    for place in places(entries):
        for value in (None, -1, 2**70, "x", []):
            changed = deepcopy(entries)
            inside: Any = changed
            for key in place[:-1]:
                inside = inside[key]
            inside[place[-1]] = value
            journal.write_bytes(b"".join(map(files.line_of, changed)))
            with contextlib.suppress(RecordingError):
                recording = Recording(path)
                assert recording.strands >= 2
                assert len(recording.lesson) <= 1
                assert recording.losses(2) is not None
            with contextlib.suppress(RecordingError):
                listed(path)


def test_a_state_whose_lines_were_not_written_any_more_goes_on(tmp_path: Path) -> None:
    """The state comes to the disk before the lines about it."""
    path = record(tmp_path, BY_HAND, do.StepIterations(5))
    (path / "journal.jsonl").write_bytes(b"")
    run = resumed(reopened(path), records=True, paused=True)
    run.close()
    assert run.kept == path
    assert kept_words(path).startswith("recorded: ")
    assert run.latest().status is Status.PAUSED
    assert Recording(path).strands == 1


def test_a_name_never_leads_out_of_the_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outside = record(tmp_path / "outside", BY_HAND, do.StepIterations(5))
    root = tmp_path / "root"
    root.mkdir()
    (root / "link").symlink_to(outside)
    assert kept_in(root) == []
    for name in ("link", "../outside", "..", ""):
        assert main(["runs", "--restore", name, "--record", str(root)]) == 2
    assert main(["runs", "--delete", "link", "--record", str(root)]) == 2
    assert outside.exists()
    capsys.readouterr()
