"""What the environment says of the terminal is asked: without UTF-8 screen and plot are in ASCII, and say so."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from real_terminal import ROOT, running

from tui_trainer.tui.charset import why_ascii

UNICODE = {"LANG": "C.UTF-8", "LC_ALL": "", "LC_CTYPE": "", "TMUX": "", "PYTHONIOENCODING": ""}
"""Over whatever the tests were started with."""
LACKING = [
    ({"PYTHONIOENCODING": "ascii"}, "encoded as ascii"),
    ({"LC_ALL": "C"}, "(LC_ALL=C)"),
    ({"LANG": "C"}, "(LANG=C)"),
    ({"LC_ALL": "POSIX"}, "(LC_ALL=POSIX)"),
    ({"LC_ALL": "de_DE.ISO-8859-1"}, "(LC_ALL=de_DE.ISO-8859-1)"),
    ({"LANG": "en_US"}, "(LANG=en_US)"),
    ({"TERM": "linux"}, "no braille"),
    ({"TERM": "linux-16color"}, "(TERM=linux-16color)"),
]
OF_EACH_KIND = [LACKING[0], LACKING[4], LACKING[6]]
"""An encoding, a locale and a terminal: for what starts the program."""


@pytest.mark.parametrize(("said", "words"), LACKING)
def test_the_reason_is_what_the_environment_says(said: dict[str, str], words: str) -> None:
    encoding = said.get("PYTHONIOENCODING", "utf-8")
    assert words in why_ascii(UNICODE | said, encoding)


@pytest.mark.parametrize(
    "said",
    [{}, {"LANG": "de_DE.utf8"}, {"LC_ALL": "en_US.UTF-8", "LANG": "C"}, {"LC_CTYPE": "UTF-8", "LANG": ""},
     {"LANG": ""}, {"LANG": "", "LC_CTYPE": "C.UTF-8"}, {"LANG": "de_DE.UTF-8@euro"}],
)  # fmt: skip
def test_utf8_by_any_of_its_names_or_by_nobodys_choice_is_unicode(said: dict[str, str]) -> None:
    assert why_ascii(UNICODE | said, "utf-8") == why_ascii(UNICODE | said, "UTF8") == ""


def test_the_locale_of_characters_comes_before_the_general_one() -> None:
    assert "(LC_CTYPE=de_DE@euro)" in why_ascii(UNICODE | {"LC_CTYPE": "de_DE@euro"}, "utf-8")


def arguments(*options: str) -> tuple[str, ...]:
    return ("overfitting", "--paused", *options)


@pytest.mark.parametrize(("said", "words"), OF_EACH_KIND)
def test_the_screen_is_in_ascii_and_says_why_once(said: dict[str, str], words: str, tmp_path: Path) -> None:
    environment = UNICODE | {"TUI_TRAINER_PREFERENCES": str(tmp_path / "preferences.toml")} | said
    with running(*arguments(), program=("-m", "tui_trainer"), environment=environment, size=(180, 30)) as program:
        program.until(program.shows("drawn in ASCII", "--no-ascii", words))
        assert program.text().isascii()
        program.type(" ")
        program.until(lambda: "drawn in ASCII" not in program.text())  # said once
        program.quits()
        assert program.raw.isascii()


@pytest.mark.parametrize(
    ("said", "by_preference"),
    [
        ({"PYTHONIOENCODING": "ascii"}, False),
        ({"LC_ALL": "de_DE.ISO-8859-1"}, True),
        ({"TERM": "linux"}, False),
        ({"TERM": "linux"}, True),
    ],
)
def test_unicode_can_be_had_all_the_same(said: dict[str, str], by_preference: bool, tmp_path: Path) -> None:
    if by_preference:
        (tmp_path / "preferences.toml").write_text("ascii = false\n", encoding="utf-8")
    environment = UNICODE | {"TUI_TRAINER_PREFERENCES": str(tmp_path / "preferences.toml")} | said
    options = arguments() if by_preference else arguments("--no-ascii")
    with running(*options, program=("-m", "tui_trainer"), environment=environment) as program:
        program.until(program.shows("╭─"))
        program.until(program.shows("run/pause"))
        assert "drawn in ASCII" not in program.raw


@pytest.mark.parametrize(("said", "words"), OF_EACH_KIND)
def test_a_plot_is_in_ascii_and_says_why(said: dict[str, str], words: str) -> None:
    told = plotted(said)
    assert words in told.stderr
    assert "--no-ascii" in told.stderr
    assert told.stdout[told.stdout.index(" loss ") :].isascii()
    assert ". mini-batch means   * training   o validation" in told.stdout
    assert "?" not in told.stdout


def test_a_plot_in_unicode_can_be_had_all_the_same() -> None:
    for said, options in (({}, ()), ({"PYTHONIOENCODING": "ascii"}, ("--no-ascii",))):
        told = plotted(said, *options)
        assert "⠒ training" in told.stdout
        assert "ASCII" not in told.stderr
    assert "* training" in plotted({}, "--ascii").stdout


def plotted(said: dict[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    """A short run with a plot."""
    words = [sys.executable, "-m", "tui_trainer", "train", "overfitting", "--iterations", "5", "--plot", *options]
    environment = {**os.environ, **UNICODE, "PYTHONPATH": str(ROOT), **said}
    return subprocess.run(words, env=environment, capture_output=True, encoding="utf-8", errors="strict", check=True)


@pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux")
def test_tmux_without_utf8_is_asked(tmp_path: Path) -> None:
    socket = ("-S", str(tmp_path / "tmux"), "-f", "/dev/null")
    inside = f"{sys.executable} -m tui_trainer overfitting --paused"
    environment = {**UNICODE, "LANG": "", "XDG_CONFIG_HOME": str(tmp_path)}
    forget = "[os.environ.pop(name, '') for name in ('LC_CTYPE', 'TMUX')]"
    run = f"import os; {forget}; os.execvp('tmux', ['tmux', *{socket!r}, 'new', {inside!r}])"
    try:
        with running(program=("-c", run), environment=environment, size=(120, 30)) as program:
            program.until(program.shows("tmux runs without UTF-8"))
            assert "__" not in program.text()
    finally:
        subprocess.run(["tmux", *socket, "kill-server"], check=False, capture_output=True)
