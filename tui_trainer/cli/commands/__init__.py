"""The commands of `tui-trainer`, one light module each: its arguments, and the function that carries it out."""

from __future__ import annotations

from tui_trainer.cli.command import Commands
from tui_trainer.cli.commands.completion import COMPLETION
from tui_trainer.cli.commands.data import DATA
from tui_trainer.cli.commands.export import EXPORT
from tui_trainer.cli.commands.lessons import LESSONS
from tui_trainer.cli.commands.predict import PREDICT
from tui_trainer.cli.commands.presets import PRESETS
from tui_trainer.cli.commands.replay import REPLAY
from tui_trainer.cli.commands.resume import RESUME
from tui_trainer.cli.commands.runs import RUNS
from tui_trainer.cli.commands.screen import SCREEN
from tui_trainer.cli.commands.train import TRAIN
from tui_trainer.cli.commands.verify import VERIFY

COMMANDS: Commands = {
    "": SCREEN,
    "train": TRAIN,
    "presets": PRESETS,
    "lessons": LESSONS,
    "verify": VERIFY,
    "runs": RUNS,
    "resume": RESUME,
    "replay": REPLAY,
    "export": EXPORT,
    "data": DATA,
    "predict": PREDICT,
    "completion": COMPLETION,
}
