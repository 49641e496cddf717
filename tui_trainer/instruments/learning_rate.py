"""The learning rate in force, the schedule included."""

from __future__ import annotations

from tui_trainer.instruments.instrument import Instrument

LEARNING_RATE = Instrument(
    name="learning_rate",
    help="The learning rate of the next update.",
    measure=lambda moment: moment.learning_rate,
)
SHARE_DONE = Instrument(
    name="share_done",
    help="The iterations so far as a share of the target.",
    measure=lambda moment: moment.share_done,
)
