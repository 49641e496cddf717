"""A share code leads to the moment for which it was made, to the bit, and a damaged one says so in a sentence."""

from __future__ import annotations

import base64
import json
import string
import zlib
from pathlib import Path

import msgspec
import numpy as np
import pytest

from tui_trainer.cli import main
from tui_trainer.cli.opening import found, replay_of
from tui_trainer.experiment import with_settings
from tui_trainer.presets import Preset, PresetError, find
from tui_trainer.presets.share_code import LONGEST, PREFIX, RAW, code_of
from tui_trainer.runs.control import Control
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.telemetry import PictureRequest, Recipe, Snapshot, Status
from tui_trainer.telemetry import commands as do

WHOLE = PictureRequest(whole=True)


def played(preset: Preset, **settings: object) -> Scheduler:
    """A run in which a person has changed a rate and a weight."""
    changed = {key.replace("__", "."): value for key, value in settings.items()}
    driver = Scheduler(Control([("A", with_settings(preset.experiments()[0][1], changed))], paused=True))
    for command in (
        *(do.RequestPictures(WHOLE), do.StepIterations(40), do.ChangeSetting("optimizer.learning_rate", 0.3)),
        *(do.StepIterations(20), do.ChangeWeight(1, 2, 0, -0.5), do.StepIterations(13)),
    ):
        driver.obey(command)
    return driver


def code_for(preset: Preset, snapshot: Snapshot, *, is_own: bool = False) -> str:
    assert snapshot.recipe is not None
    return code_of(preset, snapshot.recipe, snapshot.iteration, is_own=is_own)


def opened(code: str) -> Scheduler:
    preset = found(code)
    driver = Scheduler(Control(preset.experiments(), paused=True))
    replay = replay_of(preset)
    assert replay is not None
    driver.obey(replay)
    return driver


def test_it_leads_to_the_same_bits() -> None:
    preset = find("lr just right")
    driver = played(preset, training__seed=7, network__hidden=[5])
    code = code_for(preset, driver.snapshot())
    assert len(code) < LONGEST
    again = opened(code)
    mine, theirs = driver.control.run, again.control.run
    assert theirs.iteration == 73
    np.testing.assert_array_equal(theirs.trainer.vectors.parameters, mine.trainer.vectors.parameters)
    assert theirs.timeline.journal == mine.timeline.journal
    assert again.control.status is Status.PAUSED


def test_a_moment_in_the_past_has_its_own() -> None:
    preset = find("lr just right")
    driver = played(preset)
    driver.obey(do.Seek(50))
    again = opened(code_for(preset, driver.snapshot()))
    assert (again.control.run.iteration, len(again.control.run.timeline.journal)) == (50, 1)


def test_an_arm_of_a_race_is_a_run_of_its_own() -> None:
    preset = find("race: learning rates 0.01, 0.1, 1")
    run = DiagnosedRun(preset.experiments()[2][1])
    run.advance(5)
    code = code_for(preset, run.snapshot(WHOLE, version=0, status=Status.PAUSED))
    again = opened(code).control.run
    assert again.experiment.optimizer.learning_rate == 1
    np.testing.assert_array_equal(again.trainer.vectors.parameters, run.trainer.vectors.parameters)


def test_a_file_is_held_to_its_hash(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('title = "mine"\n[network]\nhidden = [4]\n', encoding="utf-8")
    preset = find(str(path))
    code = code_for(preset, played(preset).snapshot(), is_own=True)
    assert opened(code).control.run.iteration == 73
    path.write_text('title = "mine"\n[network]\nhidden = [5]\n', encoding="utf-8")
    with pytest.raises(PresetError, match=r"mine\.toml: has changed since the share code was made"):
        found(code)


def packed(*contents: object) -> str:
    return PREFIX + base64.urlsafe_b64encode(zlib.compress(msgspec.msgpack.encode(contents), 9, RAW)).decode().rstrip(
        "="
    )


def test_what_is_no_code_is_said_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    good = packed("iris", "", {}, [], 5)
    bomb = PREFIX + base64.urlsafe_b64encode(zlib.compress(bytes(10_000_000), 9, RAW)).decode()
    for code, message in (
        (good[:-3], "no whole share code"),
        *((good + letter, "no whole share code") for letter in "Aa_"),
        *((packed("iris", "", {}, [], at) + "A", "no whole share code") for at in (500, 50_000, 500_000)),
        (PREFIX, "no whole share code"),
        (PREFIX + "?" * 40, "no whole share code"),
        (bomb, "no whole share code"),
        (packed("iris", "", {}, [], -1), "no whole share code"),
        (packed("iris", "", {}, [], 10**12), "no whole share code"),
        (packed("no such preset", "", {}, [], 5), 'no preset "no such preset"'),
        (packed("iris", "", {"data.nois": 1}, [], 5), "share code: data.nois: unknown key"),
        (packed("iris", "", {}, [[3, "network.hidden", [2]]], 5), "allowed: settings that a run takes over at once"),
        (packed("iris", "", {}, [[3, 9, 0, 0, 0.5]], 5), "journal[0].layer = 9: allowed: 0 to 1"),
        (packed("iris", "", {}, [[3, 0, 0, 99, 0.5]], 5), "journal[0].unit = 99: allowed: 0 to"),
        (
            packed("iris", "", {}, [[3, "optimizer.learning_rate", 1], [2, "optimizer.learning_rate", 2]], 5),
            "none before",
        ),
    ):
        assert main(["train", code]) == 2, code
        written = capsys.readouterr()
        assert written.err.count("\n") == 1
        assert message in written.err


def test_no_code_with_a_changed_letter_opens_anything() -> None:
    """A tenth of them would be another moment, or other settings."""
    preset = find("overfitting")
    tables = with_settings(preset.experiment(), {"optimizer.learning_rate": 0.033, "network.hidden": (12, 7)}).tables
    code = code_of(preset, Recipe(tables=tables, journal=()), 480, is_own=False)
    assert found(code).moment == 480
    letters = f"{string.ascii_letters}{string.digits}-_."
    swapped = [code[:at] + code[at + 1] + code[at] + code[at + 2 :] for at in range(len(PREFIX), len(code) - 1)]
    changed = [code[:at] + letter + code[at + 1 :] for at in range(len(PREFIX), len(code)) for letter in letters]
    for other in {*swapped, *changed} - {code}:
        with pytest.raises(PresetError, match="no whole share code"):
            found(other)


def test_a_code_of_an_earlier_version_has_no_checksum_and_is_read() -> None:
    code = "tt1:m7oksyizeEHDhAoA"
    assert (found(code).title, found(code).moment) == ("iris", 120)
    preset = find("iris")
    recipe = Recipe(tables=preset.experiment().tables, journal=())
    assert code_of(preset, recipe, 120, is_own=False).partition(".")[0] == code


def test_train_makes_the_changes_too(capsys: pytest.CaptureFixture[str]) -> None:
    code = packed("iris", "", {"training.iterations": 30}, [[10, "optimizer.learning_rate", 0.001]], 20)
    assert main(["train", code, "--json"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert events[-1]["iteration"] == 30
    assert events[-1]["learning_rate"] == 0.001


def test_a_preset_file_holds_a_moment(tmp_path: Path) -> None:
    """What is too long for a code: the exported preset file opens at the moment too."""
    file = tmp_path / "moment.toml"
    driver = played(find("lr just right"))
    code = code_for(find("lr just right"), driver.snapshot())
    assert main(["export", code, "--to", str(file)]) == 0
    again = opened(str(file)).control.run
    assert again.iteration == 73
    np.testing.assert_array_equal(again.trainer.vectors.parameters, driver.control.run.trainer.vectors.parameters)
