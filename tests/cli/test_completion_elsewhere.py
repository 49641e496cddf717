"""The completion scripts of fish and zsh, run by these shells where they are installed: what is offered for a line."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from checkout_program import put_program
from patience import PATIENCE

from tui_trainer.cli.commands.completion import SHELLS
from tui_trainer.cli.completion import script
from tui_trainer.drawing.theme_files import BUNDLED
from tui_trainer.presets import bundled

TITLES = sorted(re.sub(r"[^\w.]+", "-", preset.title) for preset in bundled())
OFFERS = [
    ("tui-trainer trai", ["train"]),
    ("tui-trainer lr-", [title for title in TITLES if title.startswith("lr-")]),
    ("tui-trainer train iri", ["iris"]),
    ("tui-trainer --preset xor-wi", [title for title in TITLES if title.startswith("xor-wi")]),
    ("tui-trainer --theme ", sorted(theme.replace(" ", "-") for theme in BUNDLED)),
    ("tui-trainer --painter t", ["textual"]),
    ("tui-trainer train iris --set optimizer.learning", ["optimizer.learning_rate="]),
    ("tui-trainer --theme=hi", ["--theme=high-contrast"]),
    ("tui-trainer --set data.name=ir", ["data.name=iris"]),
    ("tui-trainer --seed ", []),
    ("tui-trainer train --it", ["--iterations"]),
    ("tui-trainer completion ", sorted(SHELLS)),
    ("tui-trainer presets --t", ["--titles"]),
]
"""A line, and what the key tab offers at its end."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts as they are installed, and a `tui-trainer` that runs the checkout."""
    folder = tmp_path_factory.mktemp("completion")
    put_program(folder)
    (folder / "tui-trainer.fish").write_text(script("fish"), encoding="utf-8")
    (folder / "_tui-trainer").write_text(script("zsh"), encoding="utf-8")
    return folder


def environment(folder: Path) -> dict[str, str]:
    """With that `tui-trainer` before any other, and nobody's own settings of a shell."""
    path = os.pathsep.join(path for path in sys.path if path)
    own = {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": path, "HOME": str(folder)}
    return {**os.environ, **own, "TERM": "dumb"}


@pytest.mark.skipif(shutil.which("fish") is None, reason="no fish here")
@pytest.mark.parametrize(("line", "expected"), OFFERS)
def test_fish_offers(folder: Path, line: str, expected: list[str]) -> None:
    program = f"source tui-trainer.fish; complete -C '{line}'"
    done = subprocess.run(
        ["fish", "--no-config", "-c", program],
        cwd=folder, env=environment(folder), capture_output=True, text=True, timeout=PATIENCE,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(done.stdout.split()) == expected


class Zsh:
    """An interactive zsh on a terminal of its own, whose completion prints what it would add to the line."""

    def __init__(self, folder: Path) -> None:
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.execvpe("zsh", ["zsh", "-f", "-i"], environment(folder))
        self.asked(
            f"fpath=({folder} $fpath); autoload -Uz compinit; compinit -D -u; "
            "bindkey '^I' complete-word '^X' kill-whole-line\n"
        )
        self.asked(
            'compadd() { if [[ "$*" == *-[AOD]\\ * ]]; then builtin compadd "$@"; return; fi; '
            'local -a hits; builtin compadd -A hits "$@"; print -rl -- ">>"$^hits"<<" }\n'
        )

    def asked(self, typed: str) -> str:
        """Type, clear the line, and return what was printed until all that was done.

        The line is cleared by a key that means nothing to the terminal itself, which may not be zsh's yet.
        """
        os.write(self.descriptor, f'{typed}\x18print "DO"NE\n'.encode())
        told, end = b"", time.monotonic() + PATIENCE
        while b"DONE\r" not in told:
            assert time.monotonic() < end, told
            if select.select([self.descriptor], [], [], 0.1)[0]:
                told += os.read(self.descriptor, 1 << 16)
        return told.decode()

    def close(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.descriptor)


@pytest.mark.skipif(shutil.which("zsh") is None, reason="no zsh here")
@pytest.mark.parametrize(("line", "expected"), OFFERS)
def test_zsh_offers(folder: Path, line: str, expected: list[str]) -> None:
    shell = Zsh(folder)
    try:
        assert sorted(re.findall(r">>(\S*)<<", shell.asked(f"{line}\t"))) == expected
    finally:
        shell.close()
