"""The command line as a person meets it: one clear message for what is wrong, and the right exit status."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tui_trainer.cli import main
from tui_trainer.cli.command import UsageError
from tui_trainer.cli.commands.screen import SCREEN
from tui_trainer.cli.parsing import parse
from tui_trainer.experiment import Experiment
from tui_trainer.presets import bundled
from tui_trainer.studies import verify
from tui_trainer.telemetry.expectation import Outcome

Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["train"], 'which preset? "tui-trainer presets" lists them'),
        (["train", "lr", "to", "large"], 'no preset "lr to large"; did you mean "lr too large"'),
        (["nosuchpreset"], 'no preset "nosuchpreset"; "tui-trainer presets" lists them all'),
        (["lr"], '"lr" could be "lr just right", "lr too small", '),
        (["lr"], '"lr far too large", '),
        (["trian"], 'no preset "trian"; did you mean "train"'),
        (["trian", "iris"], 'no preset "trian iris"; did you mean "train"'),
        (["vefiry", "lr too large"], 'did you mean "lr too large" or "verify"?'),
        (["doctor"], '"doctor" is kept for a command that this version does not have'),
        (["--seed", "3", "train"], '"train" is a command and comes first'),
        (["--seed", "3", "train", "iris"], 'no preset "train iris"; "train" is a command and comes first'),
        (["train", "iris", "--epochs", "0"], "argument --epochs: '0' is not a whole number from 1 to"),
        (["train", "iris", "--seed", "-1"], "argument --seed: '-1' is not a whole number from 0 to"),
        (["train", "iris", "--epochs", "1", "--iterations", "1"], "not allowed with argument"),
        (["train", "iris", "--preset", "xor"], 'one preset, please: "iris" or --preset "xor"'),
        (["train", "iris", "--bogus"], "unrecognized arguments: --bogus"),
        (["--pace", "fast"], "argument --pace: 'fast' is neither \"max\" nor a number above 0 to 1000000"),
        (["--pace", "nan"], "argument --pace: 'nan' is neither"),
        (["train", "iris", "--set", "data.nois=1"], "data.nois: unknown key of iris"),
        (["train", "iris", "--set", "optimizer.learning_rate"], "--set = 'optimizer.learning_rate': allowed: KEY"),
        (["train", "nowhere.toml"], "nowhere.toml: no such file"),
        (["presets", "--check", "nowhere.toml"], "nowhere.toml: no such file"),
        (["--theme", "mauve"], 'no theme "mauve"; allowed: '),
        (["--theme", ""], 'no theme ""; allowed: '),
        (["verify", "quantum"], 'no preset "quantum"'),
    ],
)  # fmt: skip
def test_wrong_usage_and_bad_input(capsys: Capture, words: list[str], message: str) -> None:
    assert main(words) == 2
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.startswith("tui-trainer: ")
    assert message in written.err
    assert written.err.count("\n") == 1


def test_the_one_file_or_folder_of_a_playlist_that_is_not_there_is_named(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.toml").write_text('[data]\nname = "xor"\n')
    (tmp_path / "empty").mkdir()
    for words, message in {
        ("one.toml", "two.toml"): "two.toml: no such file",
        ("one.toml", "empty"): "empty: no TOML files in this folder",
        (f"empty{os.sep}",): "empty: no TOML files in this folder",
        ("half", "two.toml"): "half two.toml: no such file",
    }.items():
        assert main(list(words)) == 2
        assert capsys.readouterr().err == f"tui-trainer: {message}\n"
    (tmp_path / "my two.toml").write_text("")
    assert main(["my", "two.toml"]) == 2
    assert "terminal" in capsys.readouterr().err, "a name with a blank in it that nobody has quoted"


def test_a_screen_needs_a_terminal(capsys: Capture) -> None:
    assert main(["lr just right"]) == 2
    assert "tui-trainer train PRESET" in capsys.readouterr().err


def test_what_comes_out_of_a_file_cannot_act_on_the_terminal(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "evil.toml"
    path.write_text('title = "\\u001b[31mred\\u0007"\n"\\u001b[2Jkey" = 1\n', encoding="utf-8")
    assert main(["presets", "--check", str(path)]) == 2
    assert "\x1b" not in capsys.readouterr().err
    path.write_text('title = "\\u001b[31mred\\u0007"\n[training]\niterations = 3\n', encoding="utf-8")
    assert main(["presets", "--check", str(path)]) == 0
    assert main(["train", str(path)]) == 0
    written = capsys.readouterr().out
    assert "�[31mred�" in written
    assert "\x1b" not in written


def test_a_fault_of_the_program_is_not_blamed_on_the_input(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> int:
        raise ValueError("shapes do not match")

    monkeypatch.setattr("tui_trainer.cli.preset_list.list_presets", broken)
    with pytest.raises(ValueError, match="shapes"):
        main(["presets"])


def test_options_of_the_screen() -> None:
    command, arguments = parse(
        ["lr", "too", "large", "--seed", "7", "--pace", "max", "--paused", "--set", "a=1", "--set", "b=2"]
    )
    assert command is SCREEN
    assert arguments.preset == "lr too large"
    assert (arguments.seed, arguments.pace, arguments.paused) == (7, "max", True)
    assert arguments.set == ["a=1", "b=2"]


def test_a_reserved_word_is_a_preset_only_by_its_option() -> None:
    assert parse(["--preset", "doctor"])[1].preset == "doctor"
    with pytest.raises(UsageError):
        parse(["doctor"])


def test_help_names_only_commands_that_are_there(capsys: Capture) -> None:
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    assert "verify" in text
    assert "doctor" not in text


def test_list_for_people(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    assert main(["presets"]) == 0
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 100
    line = next(line for line in text.splitlines() if line.startswith("  lr just right "))
    assert line.endswith("What does it look like when everything is right?")


def test_list_for_scripts(capsys: Capture) -> None:
    assert main(["presets", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [entry["title"] for entry in listed] == [preset.title for preset in bundled()]
    entry = next(entry for entry in listed if entry["title"] == "lr too large")
    assert entry["experiment"]["optimizer"]["learning_rate"] == 20.0
    assert entry["expect"]["finding"] == "bouncing"
    assert Path(entry["path"]).is_file()


def test_verify_says_how_a_preset_fares(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[training]\niterations = 2\n[expect]\ntrain_loss_below = 0.0001\n", encoding="utf-8")
    assert main(["verify", str(path), "--seeds", "2"]) == 1
    text = capsys.readouterr().out
    assert "mine  holds in 0 of 2 seeds; 19 of 20 needed  " in text
    assert "FAILS" not in text
    assert "seed 1: train_loss below 0.0001: it is 0." in text
    assert main(["verify", str(path), "--seeds", "2", "--json"]) == 1
    (line,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert (line["event"], line["preset"], line["holds"], line["held"], line["seeds"]) == (
        "verdict",
        "mine",
        False,
        0,
        2,
    )
    assert line["share_needed"] == 0.95
    assert line["misses"]["1"][0].startswith("train_loss below 0.0001: it is 0.")
    path.write_text("[training]\niterations = 2\n", encoding="utf-8")
    assert main(["verify", str(path)]) == 0
    assert "mine  claims nothing" in capsys.readouterr().out


SIGNALS = [(signal.SIGTERM, 130), (signal.SIGHUP, 129), (signal.SIGINT, 130)]


@pytest.mark.parametrize(("number", "status"), SIGNALS)
def test_verify_ends_with_the_status_that_the_help_names(number: signal.Signals, status: int, tmp_path: Path) -> None:
    short, endless = tmp_path / "short.toml", tmp_path / "endless.toml"
    short.write_text("[training]\niterations = 2\n[expect]\ntrain_loss_below = 100\n", encoding="utf-8")
    endless.write_text("[training]\niterations = 100000000\n[expect]\ntrain_loss_below = 0\n", encoding="utf-8")
    words = [sys.executable, "-m", "tui_trainer", "verify", str(short), str(endless), "--seeds", "1"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("short    holds in 1 of 1 seed  ")  # the next one runs
        process.send_signal(number)
        try:
            assert process.wait(60) == status
        finally:
            process.kill()


@pytest.mark.parametrize(("number", "status"), SIGNALS)
def test_verify_tells_what_it_knows_when_it_is_interrupted(
    number: signal.Signals, status: int, capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a race the first arm under all seeds, the second one under those that have ended."""
    race = tmp_path / "race.toml"
    arms = [
        f'[[arms]]\nname = "{name}"\n[arms.expect]\ntrain_loss_below = {bound}\n'
        for name, bound in (("a", 100), ("b", 0))
    ]
    race.write_text("[training]\niterations = 2\n" + "".join(arms), encoding="utf-8")
    really = verify.outcome_of
    for words in ([], ["--json"]):
        runs = count(1)

        def interrupted(experiment: Experiment, seed: int, runs: Iterator[int] = runs) -> Outcome:
            if next(runs) == 6:  # the third seed of the second arm
                os.kill(os.getpid(), number)
            return really(experiment, seed)

        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(verify, "outcome_of", interrupted)
            assert main(["verify", str(race), "--seeds", "3", *words]) == status
        told = capsys.readouterr().out
        if words:
            first, second = map(json.loads, told.splitlines())
            assert (first["arm"], first["holds"], first["seeds"]) == ("a", True, 3)
            assert "interrupted" not in first
            assert (second["arm"], second["holds"], second["held"], second["seeds"]) == ("b", None, 0, 2)
            assert second["interrupted"]
            assert set(second["misses"]) == {"0", "1"}
        else:
            assert "a holds in 3 of 3 seeds  " in told
            assert "b holds in 0 of the 2 seeds so far; 3 were asked for  " in told
            assert "seed 1: train_loss below 0: it is " in told


def test_verify_says_one_thing_of_one_number(capsys: Capture, tmp_path: Path) -> None:
    """It counts the seeds in which a claim holds, also where too few do, for an arm as for a run alone."""
    race = tmp_path / "race.toml"
    claims = [
        "train_loss_below = 100",
        "train_loss_below = 0",
        "train_loss_below = 100\nshare_of_seeds = 0.35\nshare_of_seeds_at_most = 0.9",
    ]
    arms = [f'[[arms]]\nname = "{name}"\n[arms.expect]\n{claim}\n' for name, claim in zip("abc", claims, strict=True)]
    race.write_text("[training]\niterations = 2\n" + "".join(arms), encoding="utf-8")
    assert main(["verify", str(race), "--seeds", "3"]) == 1
    told = [line.split("  ")[-2].strip() for line in capsys.readouterr().out.splitlines() if " holds " in line]
    assert told == [
        "a holds in 3 of 3 seeds",
        "b holds in 0 of 3 seeds; 19 of 20 needed",
        "c holds in 3 of 3 seeds; 7 to 18 of 20 needed",
    ]


def program(*words: str) -> list[str]:
    return [sys.executable, "-m", "tui_trainer", *words]


ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


@pytest.mark.parametrize("words", [["presets", "--json"], ["--help"], ["train", "iris", "--json"]])
def test_a_reader_that_leaves_is_no_error(words: list[str]) -> None:
    process = subprocess.Popen(program(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT)
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    complaint = process.stderr.read()
    process.stderr.close()
    assert (process.wait(timeout=60), complaint) == (0, b"")


def test_a_closed_standard_output_is_no_error() -> None:
    words = " ".join(program("presets"))
    done = subprocess.run(f"{words} >&-", shell=True, capture_output=True, env=ENVIRONMENT, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_terminal_that_knows_few_characters_gets_what_is_like_the_others() -> None:
    environment = {**ENVIRONMENT, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        program("train", "iris", "--iterations", "1"), capture_output=True, env=environment, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"iris | iris 120 + 30" in done.stdout
