"""Export formats: the files in which a run can be taken away. To add one: one file here, and one line in the
registry."""

from __future__ import annotations

from tui_trainer.exports.experiment_toml import TOML
from tui_trainer.exports.film_cast import CAST
from tui_trainer.exports.film_svg import ANIMATED_SVG
from tui_trainer.exports.format import ExportError, Format, ScreenPicture, Source
from tui_trainer.exports.json_lines import JSON_LINES
from tui_trainer.exports.metrics_csv import CSV
from tui_trainer.exports.picture_png import PNG
from tui_trainer.exports.picture_svg import SVG
from tui_trainer.exports.picture_text import TEXT
from tui_trainer.exports.script_numpy import NUMPY
from tui_trainer.exports.script_pytorch import PYTORCH
from tui_trainer.exports.tensorboard import TENSORBOARD
from tui_trainer.exports.weights_npz import NPZ

FORMATS: dict[str, Format] = {
    ".csv": CSV,
    ".jsonl": JSON_LINES,
    ".tfevents": TENSORBOARD,
    ".toml": TOML,
    ".numpy.py": NUMPY,
    ".torch.py": PYTORCH,
    ".npz": NPZ,
    ".svg": SVG,
    ".png": PNG,
    ".txt": TEXT,
    ".cast": CAST,
    ".animated.svg": ANIMATED_SVG,
}
"""Ending of the file name → format, in the order of lists. Of two endings that fit, the longer one counts."""

__all__ = ["FORMATS", "ExportError", "Format", "ScreenPicture", "Source"]
