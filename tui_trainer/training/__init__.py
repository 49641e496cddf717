"""The training loop and what it needs: `Trainer(experiment).run(iterations)`."""

from tui_trainer.training.experiment import Experiment
from tui_trainer.training.settings import SettingError, build, with_setting
from tui_trainer.training.trainer import Trainer

__all__ = ["Experiment", "SettingError", "Trainer", "build", "with_setting"]
