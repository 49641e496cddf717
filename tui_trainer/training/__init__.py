"""The training loop and what it needs: `Trainer(experiment).run(iterations)`."""

from tui_trainer.experiment import Experiment, SettingError, build, with_setting
from tui_trainer.training.trainer import Trainer

__all__ = ["Experiment", "SettingError", "Trainer", "build", "with_setting"]
