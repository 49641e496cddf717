"""tui-trainer: see a neural network learn, live in a terminal. This module imports nothing heavy."""

__version__ = "0.1.0"
