"""Sensible steps, and what typed text means."""

from __future__ import annotations

import re

import pytest
from msgspec import structs

from tui_trainer.dashboard.setting_values import allowed, can_step, entered, parsed, stepped, written
from tui_trainer.experiment.declared import Setting, listed_settings

RATE = Setting(key="optimizer.learning_rate", label="learning rate", help="", low=1e-6, high=100.0, logarithmic=True)
DECAY = Setting(key="optimizer.weight_decay", label="weight decay", help="", low=0.0, high=1.0, logarithmic=True)
NOISE = Setting(key="data.noise", label="noise", help="", low=0.0, high=2.0, step=0.05)
BATCH = Setting(
    key="training.batch_size",
    label="batch size",
    help="",
    low=1,
    high=4096,
    logarithmic=True,
    integer=True,
    words=("full",),
)
HIDDEN = Setting(key="network.hidden", label="hidden", help="")
OPTIMIZER = Setting(key="optimizer.name", label="optimizer", help="", choices=("sgd", "momentum", "adam"))
FACTOR = Setting(key="data.factor", label="factor", help="", choices=(1, 2, 4))
SAMPLES = Setting(
    key="data.samples", label="samples", help="", low=1, high=100_000, logarithmic=True, integer=True, words=("all",)
)
TITLE = Setting(key="title", label="title", help="")
CLIP = Setting(
    key="optimizer.clip_norm", label="clip norm", help="", low=1e-6, high=1e6, logarithmic=True, optional=True
)
EVERY = Setting(
    key="training.evaluate_every", label="evaluate every", help="", low=1, high=10**9, logarithmic=True, integer=True,
    decimal=True, optional=True, automatic=True,
)  # fmt: skip
SCALE = Setting(key="data.feature_scale", label="feature scale", help="", low=1e-6, high=1e6, logarithmic=True)
SETS = (("x1", "x2"), ("x1", "x2", "x1x2"), ("x1", "x2", "x1^2", "x1x2"))
FEATURES = Setting(key="data.features", label="features", help="", choices=("x1", "x2", "x1^2", "x1x2"), lists=SETS)
INITIALIZER = Setting(
    key="network.initializer",
    label="initializer",
    help="",
    choices=("he", "xavier", "zeros"),
    optional=True,
    automatic=True,
)
SEED = Setting(key="training.seed", label="seed", help="", low=0, high=100, integer=True)


@pytest.mark.parametrize(
    ("setting", "value", "up", "down"),
    [
        (RATE, 0.01, 0.02, 0.005),
        (RATE, 0.03, 0.05, 0.02),
        (RATE, 1, 2, 0.5),
        (RATE, 100.0, 100.0, 50.0),
        (RATE, 1e-6, 2e-6, 1e-6),
        (DECAY, 0.0, 1e-5, 0.0),
        (DECAY, 1e-5, 2e-5, 0.0),
        (NOISE, 0.15, 0.2, 0.1),
        (NOISE, 0.17, 0.2, 0.15),
        (NOISE, 0.0, 0.05, 0.0),
        (NOISE, 2.0, 2.0, 1.95),
        (SEED, 7, 8, 6),
        (BATCH, 10, 16, 8),
        (BATCH, 16, 32, 8),
        (BATCH, 64, "full", 32),
        (BATCH, "full", "full", 64),
        (BATCH, 1, 2, 1),
        (SAMPLES, "all", "all", 64),
        (SAMPLES, 64, 128, 32),
        (structs.replace(SAMPLES, high=120), 64, "all", 32),
        (HIDDEN, [16], [32], [8]),
        (HIDDEN, [16, 8], [32, 16], [8, 4]),
        (HIDDEN, [1], [2], []),
        (HIDDEN, [], [4], []),
        (OPTIMIZER, "sgd", "momentum", "adam"),
        (CLIP, None, 1.0, 1.0),
        (CLIP, 1.0, 2.0, 0.5),
        (CLIP, 100.0, None, 50.0),
        (EVERY, 15, 20, 10),
        (EVERY, 1500, 2000, 1000),
        (EVERY, 1, 2, 1),
        (SCALE, [1.0, 100.0], [2.0, 200.0], [0.5, 50.0]),
        (FEATURES, ["x1", "x2"], SETS[1], SETS[2]),
        (FEATURES, ["x1x2"], SETS[0], SETS[0]),
        (INITIALIZER, "he", "xavier", "zeros"),
        (FACTOR, 4, 4, 2),
        (FACTOR, 3, 4, 2),
        (Setting(key="data.standardize", label="s", help=""), True, False, False),
        (Setting(key="network.dropout", label="dropout", help="", low=0, high=0.9, step=0.1), [0.1, 0.2], [0.2, 0.3],
         [0.0, 0.1]),
    ],
)  # fmt: skip
def test_a_sensible_step(setting: Setting, value: object, up: object, down: object) -> None:
    assert stepped(setting, value, 1, examples=100) == up
    assert stepped(setting, value, -1, examples=100) == down


@pytest.mark.parametrize("setting", [each for each in listed_settings() if not each.choices and not each.lists])
def test_no_step_leads_out_of_the_range_that_may_be_typed(setting: Setting) -> None:
    """Down from 2, "start divided by" became 1, which is refused."""
    low, high = setting.low or 0.0, 1e4 if setting.high is None else setting.high
    starts = (low + part * (high - low) for part in (1e-9, 1e-6, 1e-4, 0.01, 0.3, 0.5, 0.99))
    for value in {2 if high > 2 else high / 2, *starts}:
        start = max(round(value), 1) if setting.integer else value
        for direction in (1, -1):
            reached = stepped(setting, start, direction, 60)
            if isinstance(reached, int | float):
                assert parsed(setting, written(reached), start) == reached, (start, reached)


def test_words_can_be_stepped_only_where_they_can_be_counted() -> None:
    assert can_step(OPTIMIZER, "sgd")
    assert not can_step(TITLE, "moons")
    activations = Setting(key="network.activation", label="activation", help="", choices=("relu", "tanh"))
    assert can_step(activations, ["relu", "relu"])
    assert not can_step(activations, ["relu", "tanh"])
    assert can_step(FEATURES, ["x1", "x2"])
    assert can_step(SCALE, [1.0, 100.0])
    assert can_step(CLIP, None)
    assert not can_step(RATE, None)


@pytest.mark.parametrize(
    ("setting", "text", "old", "new"),
    [
        (RATE, " 0.3 ", 0.1, 0.3),
        (RATE, "1e-3", 0.1, 0.001),
        (RATE, "5", 1, 5.0),
        (CLIP, "none", 2.5, None),
        (CLIP, "2.5", None, 2.5),
        (NOISE, "0.35", 0, 0.35),
        (EVERY, "auto", 20, None),
        (EVERY, "1,500", None, 1500),
        (INITIALIZER, "auto", "he", None),
        (Setting(key="data.standardize", label="s", help="", choices=(False, True)), "yes", False, True),
        (Setting(key="data.standardize", label="s", help="", choices=(False, True)), "off", True, False),
        (
            Setting(key="loss.name", label="loss", help="", choices=("cross_entropy",)),
            "cross entropy",
            "",
            "cross_entropy",
        ),
        (SEED, "12", 3, 12),
        (BATCH, "FULL", 10, "full"),
        (BATCH, "32", "full", 32),
        (SAMPLES, "all", "all", "all"),
        (SAMPLES, "All", 100, "all"),
        (SAMPLES, "100", "all", 100),
        (HIDDEN, "16, 8", [4], [16, 8]),
        (HIDDEN, "[16 8]", [], [16, 8]),
        (HIDDEN, "", [4], []),
        (HIDDEN, "none", [4], []),
        (OPTIMIZER, "Adam", "sgd", "adam"),
        (TITLE, "my moons", "moons", "my moons"),
        (Setting(key="data.standardize", label="s", help=""), "true", False, True),
    ],
)
def test_what_typed_text_means(setting: Setting, text: str, old: object, new: object) -> None:
    value = parsed(setting, text, old)
    assert value == new
    assert type(value) is type(new)


@pytest.mark.parametrize(
    ("setting", "text", "old", "complaint"),
    [
        (RATE, "fast", 0.1, "learning rate is a number, not 'fast'"),
        (SAMPLES, "full", "all", "samples is a number, not 'full'"),
        (RATE, "nan", 0.1, "learning rate is a finite number, not 'nan'"),
        (RATE, "500", 0.1, "learning rate is at most 100, not 500"),
        (RATE, "0", 0.1, "learning rate is at least 1e-6, not 0"),
        (RATE, "-1e-3", 0.1, "learning rate is at least 1e-6, not −1e-3"),
        (BATCH, "2.5", 10, "batch size is a whole number, not 2.5"),
        (BATCH, "-2.5", 10, "batch size is a whole number, not −2.5"),
        (BATCH, "half", 10, "batch size is a number, not 'half'"),
        (HIDDEN, "16, x", [4], "hidden is a number, not 'x'"),
        (OPTIMIZER, "adma", "sgd", "optimizer is one of sgd, momentum, adam, not 'adma'; did you mean adam?"),
        (OPTIMIZER, "", "sgd", "optimizer is one of sgd, momentum, adam, not ''"),
    ],
)
def test_what_is_wrong_with_typed_text(setting: Setting, text: str, old: object, complaint: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(complaint)}$"):
        parsed(setting, text, old)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        (RATE, 0.1),
        (RATE, 1e-6),
        (BATCH, "full"),
        (HIDDEN, [16, 8]),
        (HIDDEN, []),
        (OPTIMIZER, "adam"),
        (NOISE, 0.15),
        (CLIP, None),
        (EVERY, None),
        (INITIALIZER, None),
        (FEATURES, ["x1", "x1^2"]),
    ],
)
def test_a_value_that_is_written_is_read_back(setting: Setting, value: object) -> None:
    assert parsed(setting, entered(setting, value), value) == value


def test_a_value_that_the_run_chooses_is_written_as_that() -> None:
    assert [entered(setting, None) for setting in (CLIP, EVERY)] == ["none", "auto"]


def test_what_is_allowed_is_said_in_words() -> None:
    assert allowed(RATE, 0.1) == "a number from 1e-6 to 100"
    assert allowed(BATCH, 10) == 'a whole number from 1 to 4,096 or "full"'
    assert allowed(CLIP, None) == allowed(CLIP, 2.5) == 'a number from 1e-6 to 1e6 or "none"'
    assert allowed(EVERY, 20).endswith(' or "auto"')
    assert allowed(FEATURES, ["x1"]) == "words parted by commas; each one of x1, x2, x1^2, x1x2"
    assert allowed(OPTIMIZER, "sgd") == "one of sgd, momentum, adam"
    assert allowed(HIDDEN, [16]) == "numbers parted by commas; nothing for none"
