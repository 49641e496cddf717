"""What a shell offers: as the program says it, as bash shows it, and whether each shell can read its script."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from checkout_program import put_program

from tui_trainer.cli import main
from tui_trainer.cli.command import Parser
from tui_trainer.cli.commands import COMMANDS
from tui_trainer.cli.commands.completion import SHELLS
from tui_trainer.cli.completion import offered, script, setting_keys
from tui_trainer.drawing.theme_files import BUNDLED
from tui_trainer.experiment.declared import listed_settings
from tui_trainer.presets import bundled, find

ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
TITLES = [re.sub(r"[^\w.]+", "-", preset.title) for preset in bundled()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the script for bash and a `tui-trainer` that runs the checkout."""
    folder = tmp_path_factory.mktemp("completion")
    put_program(folder)
    (folder / "script.bash").write_text(script("bash"), encoding="utf-8")
    return folder


def bash_offers(folder: Path, *words: str) -> list[str]:
    """What bash offers for the last of the words, split as its word breaks do; nothing stands on standard error."""
    program = (
        'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tui_trainer; printf "%s\n" "${COMPREPLY[@]}"'
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


@pytest.mark.parametrize(
    ("words", "rest", "expected"),
    [
        ([""], "preset files", [*filter(None, COMMANDS), *TITLES]),
        (["--paused", ""], "preset files", TITLES),
        (["tr"], "preset files", ["train"]),
        (["lr-"], "preset files", [title for title in TITLES if title.startswith("lr-")]),
        (["train", ""], "preset files", TITLES),
        (["verify", "xor-wi"], "preset files", [title for title in TITLES if title.startswith("xor-wi")]),
        (["--preset", "iri"], "preset files", ["iris"]),
        (["presets", "--check", ""], "preset files", []),
        (["--theme", "high"], "words", ["high-contrast"]),
        (["--theme=high"], "words", ["--theme=high-contrast"]),
        (["--painter", "t"], "words", ["textual"]),
        (["train", "iris", "--set", "optimizer.learning"], "part", ["optimizer.learning_rate="]),
        (["--set", "data.name=ir"], "words", ["data.name=iris"]),
        (["--set=training.shuffle="], "words", ["--set=training.shuffle=false", "--set=training.shuffle=true"]),
        (["--set", "nonsense="], "words", []),
        (["--seed", ""], "words", []),
        (["--paused="], "words", []),
        (["train", "--it"], "words", ["--iterations"]),
        (["--pa"], "words", ["--paused", "--pace", "--painter"]),
        (["completion", ""], "words", list(SHELLS)),
        (["presets", ""], "words", ["--help", "--json", "--titles", "--check"]),
    ],
)
def test_the_program_offers(words: list[str], rest: str, expected: list[str]) -> None:
    assert offered(words, COMMANDS) == (rest, expected)


def test_every_option_and_setting_is_offered() -> None:
    for command in COMMANDS:
        assert offered([command, "--"], COMMANDS)[1] == list(Parser(command, COMMANDS).options)
    assert offered(["--set", ""], COMMANDS)[1] == [f"{key}=" for key in setting_keys()]


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["tr"], ["train"]),
        (["train", "iri"], ["iris"]),
        (["--theme", "="], [theme.replace(" ", "-") for theme in BUNDLED]),
        (["--theme", "=", "li"], ["light"]),
        (["train", "iris", "--set", "optimizer.learning"], ["optimizer.learning_rate="]),
        (["--set", "=", "data.name", "=", "ir"], ["iris"]),
        (["--seed", ""], []),
    ],
)
def test_bash_offers(folder: Path, words: list[str], expected: list[str]) -> None:
    assert bash_offers(folder, *words) == expected


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_can_read_its_script(shell: str, tmp_path: Path) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here to read it")
    path = tmp_path / "script"
    path.write_text(script(shell), encoding="utf-8")
    done = subprocess.run([shell, "-n", path], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_says_where_to_put_it(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    assert f"tui-trainer completion {shell} > " in capsys.readouterr().out


def test_every_title_is_found_by_the_one_word_that_is_offered(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["presets", "--titles"]) == 0
    assert capsys.readouterr().out.splitlines() == [preset.title for preset in bundled()]
    assert [find(word).title for word in TITLES] == [preset.title for preset in bundled()]


@pytest.mark.parametrize("words", [["presets", "--titles"], ["completion", "zsh", "--offer"]])
def test_titles_are_told_without_importing_the_engine(words: list[str]) -> None:
    program = f"import sys; from tui_trainer.cli import main; main({words!r}); assert 'numpy' not in sys.modules"
    done = subprocess.run(
        [sys.executable, "-c", program], env=ENVIRONMENT, input="tui-trainer\ntrain\niri\n",
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "iris\n" in done.stdout


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
