"""What is trained without a screen is recorded as on the screen."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from lived import assert_same_curves, assert_same_moment, straight
from patience import PATIENCE

from tui_trainer.cli import main
from tui_trainer.experiment import with_settings
from tui_trainer.presets import find
from tui_trainer.recordings.listing import kept_in, listed
from tui_trainer.recordings.recording import Recording
from tui_trainer.runs import keeping
from tui_trainer.runs.restoring import arms_of

ENDLESS = 900_000_000
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def long_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every run is long enough to be kept, as one of a minute is."""
    monkeypatch.setattr(keeping, "SHORT_SECONDS", 0.0)


def test_a_short_run_that_ended_is_not_kept(tmp_path: Path, capsys: Capture) -> None:
    assert main(["train", "iris", "--record", str(tmp_path)]) == 0
    assert kept_in(tmp_path) == []
    assert "recorded" not in capsys.readouterr().out


@pytest.mark.usefixtures("long_enough")
def test_a_run_that_ended_can_be_seen_again_and_says_so(tmp_path: Path, capsys: Capture) -> None:
    assert main(["train", "iris", "--record", str(tmp_path)]) == 0
    (path,) = kept_in(tmp_path)
    assert f'"tui-trainer resume {path}" goes on' in capsys.readouterr().out
    assert listed(path).state == "finished"
    (arm,) = arms_of(Recording(path))
    reference = straight(find("iris").experiment(), [], arm.run.iteration)
    assert arm.run.iteration == reference.target
    assert_same_moment(arm.run.trainer, reference)
    assert_same_curves(arm.run.trainer, reference)


@pytest.mark.usefixtures("long_enough")
def test_all_arms_of_a_race_are_kept(tmp_path: Path) -> None:
    title = "race: with and without dropout"
    assert main(["train", title, "--iterations", "80", "--record", str(tmp_path)]) == 0
    (path,) = kept_in(tmp_path)
    entry = listed(path)
    assert entry.state == "finished"
    assert [arm.name for arm in entry.arms] == [name for name, _ in find(title).experiments()]
    assert {arm.iteration for arm in entry.arms} == {80}


@pytest.mark.usefixtures("long_enough")
def test_the_lines_are_the_same_with_a_recording(tmp_path: Path, capsys: Capture) -> None:
    said = []
    for words in (["--no-record"], ["--record", str(tmp_path)]):
        assert main(["train", "overfitting", "--iterations", "100", "--json", "--no-timing", *words]) == 0
        said.append(capsys.readouterr())
    assert said[0] == said[1]
    assert len(kept_in(tmp_path)) == 1


@pytest.mark.usefixtures("long_enough")
def test_the_preferences_can_leave_the_recording_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("TUI_TRAINER_STATE", str(tmp_path))
    monkeypatch.setenv("TUI_TRAINER_PREFERENCES", str(tmp_path / "preferences.toml"))
    (tmp_path / "preferences.toml").write_text("record = false\n")
    assert main(["train", "iris", "--json"]) == 0
    assert not (tmp_path / "recordings").exists()
    (tmp_path / "preferences.toml").write_text("")
    capsys.readouterr()
    assert main(["train", "iris"]) == 0
    (path,) = kept_in(tmp_path / "recordings")
    assert f'"tui-trainer resume {path.name}"' in capsys.readouterr().out


def started(*words: str) -> subprocess.Popen[str]:
    """A program that trains for as long as it is let."""
    return subprocess.Popen(
        [sys.executable, "-m", "tui_trainer", "train", *words, "--json", "--iterations", str(ENDLESS)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )


def test_a_disk_that_fails_is_told_and_the_run_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    process = started("iris", "--record", str(tmp_path / "file"))
    assert process.stderr is not None
    told = process.stderr.readline()
    place = tmp_path / "file"
    assert told == f"tui-trainer: the recording has stopped, training goes on: File exists ({place})\n"
    process.send_signal(signal.SIGINT)
    _, more = process.communicate(timeout=PATIENCE)
    assert (process.returncode, more) == (130, "")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP, signal.SIGTERM])
def test_a_run_that_was_cut_off_goes_on_to_the_bit(tmp_path: Path, number: signal.Signals) -> None:
    """However short it was. SIGHUP: the line has dropped; SIGTERM: the machine shuts down."""
    process = started("overfitting: dropout", "--record", str(tmp_path))
    end = time.monotonic() + PATIENCE
    while not any(listed(path).arms for path in kept_in(tmp_path)):
        assert time.monotonic() < end
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(number)
    process.communicate(timeout=PATIENCE)
    (path,) = kept_in(tmp_path)
    assert listed(path).state == ("cut off" if number == signal.SIGKILL else "left")
    recording = Recording(path)
    assert recording.was_running
    (arm,) = arms_of(recording)
    experiment = with_settings(find("overfitting: dropout").experiment(), {"training.iterations": ENDLESS})
    reference = straight(experiment, [], arm.run.iteration)
    assert_same_moment(arm.run.trainer, reference)
    assert_same_curves(arm.run.trainer, reference)
