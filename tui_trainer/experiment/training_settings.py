"""The `[training]` table: batches, length, seed, augmentation and early stopping."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from tui_trainer.setting import FACTOR, ROUND, Seed, setting

Count = Annotated[int, Meta(ge=1, le=1_000_000_000)]

Patience = Annotated[
    int,
    Meta(ge=1, le=100_000_000),
    setting(
        "Iterations without a better validation loss before the run stops.", order=580, step=ROUND, unit="iterations"
    ),
]
MinDelta = Annotated[
    float,
    Meta(ge=0, le=1e6),
    setting(
        "How much lower a validation loss has to be to count as better.",
        label="least progress",
        short="progress",
        order=590,
        step=FACTOR,
    ),
]
RestoreBest = Annotated[
    bool,
    setting(
        "Whether the weights of the best evaluation come back where the run stops early; at its target they do not.",
        order=595,
    ),
]


class EarlyStopping(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Stop when the validation loss has not become better for a while."""

    patience: Patience = 100
    min_delta: MinDelta = 0.0
    restore_best: RestoreBest = True


BatchSize = Annotated[
    Annotated[int, Meta(ge=1, le=1_000_000)] | Literal["full"],
    setting(
        'Examples in a mini-batch; "full" takes all of them in every iteration.',
        short="batch",
        order=20,
        step=FACTOR,
        unit="examples",
        live=True,
    ),
]
Iterations = Annotated[
    Count | None,
    setting(
        "Target of the run in iterations (or give epochs).", order=620, step=ROUND, unit="iterations", automatic=True
    ),
]
Epochs = Annotated[
    Count | None,
    setting(
        "Target of the run in passes over the training data (or give iterations).",
        order=610,
        step=ROUND,
        unit="epochs",
        automatic=True,
    ),
]
Shuffle = Annotated[bool, setting("Whether every epoch has an order of its own.", order=540)]
DropLast = Annotated[
    bool,
    setting(
        "Whether a last batch that is not full is left out.", label="drop last batch", short="drop last", order=550
    ),
]
BalancedBatches = Annotated[
    bool,
    setting(
        "Whether examples are drawn so that every class is seen equally often.",
        short="balanced",
        order=560,
        applies=lambda experiment: experiment.data.task == "classification",
    ),
]
EvaluateEvery = Annotated[
    Count | None,
    setting(
        "Iterations between evaluations. By default a hundredth of the target, for targets up to 1,000; beyond, 10 up "
        "to iteration 1,000, then at most 2 % of the iterations so far, and never so few that more than a tenth of the "
        "examples computed are evaluated (a hundredth of the target is allowed always).",
        short="evaluate",
        order=600,
        step=ROUND,
        unit="iterations",
        automatic=True,
    ),
]
Pace = Annotated[
    Annotated[float, Meta(gt=0, le=1e6)] | Literal["max"],
    setting('Iterations a second on screen; "max" for as fast as possible.', live=True, listed=False),
]
RunSeed = Annotated[Seed, setting("Decides data, weights, shuffle, dropout and augmentation together.", order=630)]
InputNoise = Annotated[
    float,
    Meta(ge=0, le=100),
    setting(
        "Standard deviation of fresh noise on the training inputs in each iteration (augmentation).",
        short="noise",
        order=500,
        step=0.05,
        live=True,
    ),
]
Shift = Annotated[
    float,
    Meta(ge=0, le=64),
    setting(
        "Images: random shift of up to so many pixels.",
        order=510,
        step=0.5,
        unit="pixels",
        applies=lambda experiment: experiment.data.image_shape is not None,
    ),
]
Rotate = Annotated[
    float,
    Meta(ge=0, le=180),
    setting(
        "Images: random rotation of up to so many degrees.",
        order=520,
        step=5,
        unit="degrees",
        applies=lambda experiment: experiment.data.image_shape is not None,
    ),
]
Flip = Annotated[
    bool,
    setting(
        "Images: half of them mirrored left to right.",
        order=530,
        applies=lambda experiment: experiment.data.image_shape is not None,
    ),
]
Stopping = Annotated[
    EarlyStopping | None,
    setting(
        "Stop when the validation loss has not become better for a while.",
        order=570,
        applies=lambda experiment: experiment.data.has_validation,
    ),
]


class TrainingSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the loop runs."""

    batch_size: BatchSize = 32
    iterations: Iterations = None
    epochs: Epochs = None
    shuffle: Shuffle = True
    drop_last: DropLast = False
    balanced_batches: BalancedBatches = False
    evaluate_every: EvaluateEvery = None
    pace: Pace = 30.0
    seed: RunSeed = 0
    input_noise: InputNoise = 0.0
    shift: Shift = 0.0
    rotate: Rotate = 0.0
    flip: Flip = False
    early_stopping: Stopping = None

    @property
    def target_epochs(self) -> int:
        """The target in epochs if none is given in iterations."""
        return self.epochs or 100
