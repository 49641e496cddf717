"""What the screen's keys x, k and K do, without a screen."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from exports_source import driver_of
from msgspec import structs

from tui_trainer.cli import main, saving
from tui_trainer.cli.opening import found
from tui_trainer.cli.playlist import stop
from tui_trainer.cli.saving import command_for, export_snapshot, formats, keep, title_to_keep
from tui_trainer.cli.screen import preset_entries
from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.exports import ExportError
from tui_trainer.lessons.progress import CourseProgress
from tui_trainer.presets import clinic, of_table
from tui_trainer.runs.control import Control
from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.telemetry import PictureRequest, Snapshot
from tui_trainer.telemetry import commands as do


def snapshot_of(title: str) -> Snapshot:
    return driver_of(title, 12).snapshot()


def test_every_format_is_written_under_a_new_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    snapshot = snapshot_of("xor with a hidden layer")
    for ending, title, missing in formats():
        if missing:
            with pytest.raises(ExportError, match="pip install"):
                export_snapshot(ending, "", snapshot, first_view(), (80, 24))
            continue
        said = export_snapshot(ending, "", snapshot, first_view(), (80, 24))
        path, _, words = said.partition(": ")
        how_far = ", it trains from the start to iteration 600" if ending.endswith(".py") else ""
        assert words == title + how_far
        assert Path(path).name == f"xor-with-a-hidden-layer-12{ending}"
        assert Path(path).stat().st_size > 100
    again = export_snapshot(".txt", "loss", snapshot, first_view(), (120, 40))
    assert Path(again.partition(": ")[0]).name == "xor-with-a-hidden-layer-12-loss.txt"
    assert "Loss" in Path(again.partition(": ")[0]).read_text().splitlines()[0]
    assert "-12-2.csv" in export_snapshot(".csv", "", snapshot, first_view(), (80, 24))


def test_kept_settings_are_a_preset_that_names_its_origin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUI_TRAINER_PRESETS", str(tmp_path / "own"))
    snapshot = snapshot_of("iris")
    assert title_to_keep(snapshot) == "my iris"
    assert keep(snapshot, "my iris") == "kept as “my iris”; the list of presets has it"
    snapshot = structs.replace(snapshot, title="my iris")
    assert title_to_keep(snapshot) == "my iris 2"
    assert keep(snapshot, "my iris 2") == "kept as “my iris 2”; the list of presets has it"
    for title, why in (("My Iris", "already"), ("iris", "of the program")):
        with pytest.raises(ExportError, match=why):
            keep(snapshot, title)
    kept = tomllib.loads((tmp_path / "own" / "my-iris-2.toml").read_text())
    assert (kept["title"], kept["question"]) == ("my iris 2", 'Kept from "my iris" at iteration 12.')
    driver = driver_of("iris", 13)
    driver.obey(do.LeaveOut(3))
    keep(driver.snapshot(), "without one")
    kept = tomllib.loads((tmp_path / "own" / "without-one.toml").read_text())
    assert kept["question"] == 'Kept from "iris" at iteration 13 with examples left out 1.'
    (tmp_path / "file").touch()
    monkeypatch.setenv("TUI_TRAINER_PRESETS", str(tmp_path / "file"))
    with pytest.raises(ExportError, match="cannot be written"):
        keep(snapshot, "other")


def test_what_has_one_arm_of_a_race_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    snapshot = snapshot_of("race: with and without dropout")
    _, remark = command_for(snapshot.title, snapshot)
    assert remark.startswith("opens this moment of arm A alone on any machine")
    for ending, is_alone in ((".csv", False), (".cast", True), (".npz", True)):
        said = export_snapshot(ending, "", snapshot, first_view(), (60, 20))
        assert ("arm A (without dropout) alone" in said) == is_alone


def test_a_command_that_would_be_too_long_is_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    command, remark = command_for("iris", snapshot_of("iris"))
    assert command.startswith("tui-trainer tt1:")
    assert remark.startswith("opens this moment on any machine of this kind to the bit")
    driver = driver_of("embeddings", 12)
    for number in range(60):
        driver.obey(do.ChangeSetting("optimizer.learning_rate", 0.01 + number * 0.00137))
        driver.obey(do.StepIterations(1))
    command, remark = command_for("embeddings", driver.snapshot())
    assert command == ""
    assert remark.endswith("export the experiment as preset file, which holds this moment")
    assert command_for("iris", structs.replace(snapshot_of("iris"), recipe=None))[0] == ""
    monkeypatch.setattr(saving, "LONGEST", 10)
    command, remark = command_for("iris", snapshot_of("iris"))  # without changes on the way: a plain preset
    assert command == ""
    assert remark.endswith("export the experiment as preset file, and run it to iteration 12")


@pytest.mark.parametrize("title", ["2 · Measure", clinic()[0].title])
def test_a_code_from_the_middle_of_a_lesson_opens_its_run_on_any_machine(title: str) -> None:
    """Its steps know only the run from its start."""
    command, remark = command_for(title, driver_of(title, 3).snapshot())
    assert remark.startswith("opens this moment on any machine")
    preset = found(command.removeprefix("tui-trainer "))
    assert (preset.title, preset.moment) == (title, 3)
    assert stop(preset, (), CourseProgress()) is None
    with pytest.raises(ExportError, match="of the program"):
        keep(driver_of(title, 3).snapshot(), title)


def test_a_code_of_ones_own_file_promises_nothing_for_other_machines(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text('title = "own"\n[data]\nname = "xor"\n')
    _, remark = command_for(str(file), driver_of(str(file), 3).snapshot())
    assert remark == "opens this moment on this machine, while the file stays as it is"


@pytest.mark.parametrize("data", ["xor", "spiral", "digits"])
def test_a_run_whose_file_is_not_known_has_a_code_too(data: str, tmp_path: Path) -> None:
    """A recording is opened by its own name, and a code by its letters: neither says which file the run began with."""
    file = tmp_path / "own.toml"
    file.write_text(f'title = "of my own"\n[data]\nname = "{data}"\n[network]\nhidden = [5, 4]\n')
    driver = driver_of(str(file), 3)
    driver.obey(do.ChangeSetting("optimizer.learning_rate", 0.07))
    driver.obey(do.StepIterations(2))
    command, remark = command_for(str(tmp_path), driver.snapshot())
    assert remark.startswith("opens this moment on any machine of this kind to the bit")
    code = command.removeprefix("tui-trainer ")
    preset = found(code)
    assert (preset.title, preset.moment, preset.question, preset.watch, preset.text) == ("of my own", 5, "", "", "")
    assert preset.experiments()[0][1].tables == found(str(file)).experiments()[0][1].tables
    assert [entry.iteration for entry in preset.journal] == [3]
    assert command_for(code, driver.snapshot())[0] == command, "from the code itself, too"
    assert not [entry for entry in preset_entries(code) if entry.title == "of my own"], "there is no file to open"


def test_a_run_on_a_table_has_a_code_where_only_its_recording_is_known(tmp_path: Path) -> None:
    table = tmp_path / "own.csv"
    table.write_text("a,b,class\n" + "".join(f"{n % 7},{n % 5},{n % 2}\n" for n in range(40)))
    preset = of_table(str(table), {"target": "b"})
    driver = Scheduler(Control(preset.experiments(), paused=True))
    driver.obey(do.RequestPictures(PictureRequest(whole=True)))
    driver.obey(do.StepIterations(3))
    command, remark = command_for(str(tmp_path), driver.snapshot())
    assert remark == "opens this moment on this machine, while the file stays as it is"
    again = found(command.removeprefix("tui-trainer "))
    assert again.experiments()[0][1].tables == preset.experiments()[0][1].tables


def test_a_code_of_the_start_is_of_the_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command, _ = command_for("iris", driver_of("iris", 0).snapshot())
    code = command.removeprefix("tui-trainer ")
    assert main(["export", code, "--to", str(tmp_path / "start.npz")]) == 0
    assert capsys.readouterr().out.endswith("after 0 iterations\n")
