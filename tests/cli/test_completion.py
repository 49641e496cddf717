"""The completion scripts: bash is asked itself; the scripts of the other shells are read by them where they exist."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tui_trainer.cli import main
from tui_trainer.cli.arguments import COMMANDS, SHELLS, options_of
from tui_trainer.cli.completion import script, setting_keys
from tui_trainer.drawing.theme import THEMES
from tui_trainer.experiment.declared import listed_settings
from tui_trainer.presets import bundled, find

ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
TITLES = [re.sub(r"[^\w.]+", "-", preset.title) for preset in bundled()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the script for bash and a `tui-trainer` that runs the checkout."""
    folder = tmp_path_factory.mktemp("completion")
    program = folder / "tui-trainer"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tui_trainer "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    (folder / "script.bash").write_text(script("bash"), encoding="utf-8")
    return folder


def offered(folder: Path, *words: str) -> list[str]:
    """What bash offers for the last of the words, split as its word breaks do; nothing stands on standard error."""
    program = (
        'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tui_trainer; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "--norc", "-c", program, "bash", folder / "script.bash", "tui-trainer", *words],
        env=ENVIRONMENT | {"PATH": f"{folder}{os.pathsep}{ENVIRONMENT['PATH']}"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split()


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["tr"], ["train"]),
        (["lr-"], [title for title in TITLES if title.startswith("lr-")]),
        (["train", ""], TITLES),
        (["train", "iri"], ["iris"]),
        (["verify", "xor-wi"], [title for title in TITLES if title.startswith("xor-wi")]),
        (["--preset", "iri"], ["iris"]),
        (["--theme", ""], [theme.replace(" ", "-") for theme in THEMES]),
        (["--theme", "="], [theme.replace(" ", "-") for theme in THEMES]),
        (["--theme", "=", "li"], ["light"]),
        (["--painter", "t"], ["textual"]),
        (["train", "iris", "--set", "optimizer.learning"], ["optimizer.learning_rate="]),
        (["--set", "data.name", "=", ""], []),
        (["--seed", ""], []),
        (["train", "--it"], ["--iterations"]),
        (["--pa"], ["--paused", "--pace", "--painter"]),
        (["completion", ""], list(SHELLS)),
        (["presets", "--t"], ["--titles"]),
    ],
)
def test_bash_offers(folder: Path, words: list[str], expected: list[str]) -> None:
    assert offered(folder, *words) == expected


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_bash_offers_commands_as_the_first_word_only(folder: Path) -> None:
    assert offered(folder, "") == [*COMMANDS, *TITLES]
    assert offered(folder, "--paused", "") == TITLES


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_can_read_its_script(shell: str, tmp_path: Path) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here to read it")
    path = tmp_path / "script"
    path.write_text(script(shell), encoding="utf-8")
    done = subprocess.run([shell, "-n", path], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("shell", SHELLS)
def test_every_script_has_every_word_and_no_gap(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    text = capsys.readouterr().out
    assert not re.search(r"@\w+\|?@", text)
    options = {name for command in ("screen", *COMMANDS) for name in options_of(command)}
    for word in (*COMMANDS, *SHELLS, *(options - {"--help"}), *(f"{key}=" for key in setting_keys())):
        assert word in text


def test_every_title_is_found_by_the_one_word_that_is_offered(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["presets", "--titles"]) == 0
    assert capsys.readouterr().out.splitlines() == [preset.title for preset in bundled()]
    assert [find(word).title for word in TITLES] == [preset.title for preset in bundled()]


def test_titles_are_told_without_importing_the_engine() -> None:
    program = (
        "import sys; from tui_trainer.cli import main; main(['presets', '--titles']); assert 'numpy' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", program], env=ENVIRONMENT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_setting_of_the_list_is_offered_and_no_table() -> None:
    keys = setting_keys()
    assert {setting.key for setting in listed_settings() if not setting.is_table} <= set(keys)
    assert not any(other.startswith(f"{key}.") for key in keys for other in keys)


@pytest.mark.parametrize(
    ("words", "message"), [(["completion"], "required: shell"), (["completion", "tcsh"], "invalid choice: 'tcsh'")]
)
def test_another_shell_is_refused(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert message in capsys.readouterr().err
