"""Lets all tests import the helpers that stand here and in `reference`, lets Hypothesis run the same everywhere, and
keeps the preferences of whoever runs the tests out of them, and signals that it ignores. BLAS has one thread."""

import os
import signal
import sys
from pathlib import Path

import pytest
from hypothesis import settings

# As the command line does it, before NumPy is imported: a second thread waits at full speed for its turn.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

for helpers in ("", "reference"):
    sys.path.insert(0, str(Path(__file__).parent / helpers))

settings.register_profile("suite", deadline=None, derandomize=True, database=None)
settings.load_profile("suite")


@pytest.fixture(autouse=True, scope="session")
def nobodys_preferences(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A file that does not exist in place of the person's own, and the state of someone who knows the program; also for
    programs that the tests start."""
    state = tmp_path_factory.mktemp("state")
    (state / "familiarity.json").write_text('{"starts": 10}')
    os.environ["TUI_TRAINER_STATE"] = str(state)
    os.environ["TUI_TRAINER_PRESETS"] = str(tmp_path_factory.mktemp("presets"))
    os.environ["TUI_TRAINER_PREFERENCES"] = str(tmp_path_factory.mktemp("preferences") / "preferences.toml")


@pytest.fixture(autouse=True, scope="session")
def compiled_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Where Python may leave nothing compiled beside its modules, every program that the tests start would compile
    all of them again, which is half of its start: they share a folder of the tests."""
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        os.environ["PYTHONPYCACHEPREFIX"] = str(tmp_path_factory.mktemp("compiled"))


@pytest.fixture(autouse=True, scope="session")
def heard_signals() -> None:
    """A job in the background ignores Ctrl+C, one of `nohup` a terminal that goes, and what it starts does likewise."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
