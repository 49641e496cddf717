"""The configuration of a run: the experiment, its settings, how settings are combined, and the errors in them."""

from tui_trainer.experiment.experiment import AxisKind, Experiment
from tui_trainer.experiment.settings import build, with_setting, with_settings
from tui_trainer.setting_error import SettingError

__all__ = ["AxisKind", "Experiment", "SettingError", "build", "with_setting", "with_settings"]
