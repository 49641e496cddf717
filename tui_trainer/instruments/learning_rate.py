"""The learning rate in force, the schedule included."""

from __future__ import annotations

from tui_trainer.instruments.instrument import Instrument

LEARNING_RATE = Instrument(
    name="learning_rate",
    help="The learning rate of the next update.",
    measure=lambda moment: moment.learning_rate,
)
