"""Each finding on made-up evaluations: when it is raised, what keeps it silent, what it proposes."""

from __future__ import annotations

import math
from typing import Any

import made_up
import pytest
from synthetic_runs import BASE, evaluation

from tui_trainer.diagnosis import RULES, Diagnosis
from tui_trainer.telemetry import Finding, LayerValues, Severity

KNOWN = {"neighbours_error": 0.05, "constant_error": 0.5, "train_examples": 400.0, "smallest_class": 1.0}
"""Of the examples, at the start: neighbours know nearly all of them."""
SETTINGS = {
    "network.hidden": (16, 16),
    "network.activation": "tanh",
    "network.gain": 1.0,
    "network.initializer": None,
    "network.dropout": 0.0,
    "optimizer.name": "sgd",
    "optimizer.learning_rate": 0.1,
    "optimizer.clip_norm": None,
    "data.standardize": False,
}
HEALTHY = {"dead_share": 0.05, "saturated_share": 0.1, "unit_spread": 1.0, "update_ratio": 1e-2}


def layers(*, deep: bool = True, **values: float) -> tuple[LayerValues, ...]:
    hidden = {**HEALTHY, **values}
    if not deep:
        return (made_up.layer("layer 1", update_ratio=hidden["update_ratio"]),)
    return (
        made_up.layer("layer 1", activation="tanh", **{**HEALTHY, "update_ratio": hidden["update_ratio"]}),
        made_up.layer("layer 2", activation="tanh", **hidden),
        made_up.layer("layer 3", update_ratio=hidden["update_ratio"]),
    )


def diagnosed(
    losses: list[float], settings: dict[str, Any] | None = None, start: dict[str, float] | None = None, **values: Any
) -> Diagnosis:
    """A run of a hundred evaluations, as far as `losses` go, each with `values`."""
    diagnosis = Diagnosis()
    hidden = {name: values.pop(name) for name in HEALTHY if name in values}
    others = {"train_error": 0.5, "share_done": 0.0} | values
    for number, loss in enumerate(losses):
        at_start = (KNOWN if start is None else start) if number == 0 else {}
        measured = {**others, **at_start, "share_done": number / 100}
        measured_layers = layers(deep=(settings or {}).get("network.hidden") != (), **hidden)
        diagnosis.observe(evaluation(number, loss, layers=measured_layers, **measured), SETTINGS | (settings or {}))
    return diagnosis


def found(diagnosis: Diagnosis, id: str) -> Finding | None:
    return next((finding for finding in diagnosis.findings if finding.id == id), None)


def falling(count: int = 40, by: float = 0.9) -> list[float]:
    return [BASE * by**number for number in range(count)]


STUCK = [0.69] * 60
SLOW = [0.69 - 0.0005 * number for number in range(40)]
CRAWLS = {"gradient_cosine": 0.999, "steady_gradient_norm": 1.0, "update_ratio": 1e-4}

HOLDS: dict[str, tuple[list[float], dict[str, Any], int]] = {
    "exploding_gradients": ([50.0] * 3, {"start": KNOWN | {"signal_growth": 57.0}}, 1),
    "symmetry": (STUCK, {"unit_spread": 1e-6}, 3),
    "dead_relu": (STUCK, {"dead_share": 0.75}, 5),
    "saturation": (STUCK, {"saturated_share": 0.8}, 5),
    "vanishing_gradients": (STUCK, {"start": KNOWN | {"signal_growth": 0.004}}, 6),
    "crawling": (SLOW, CRAWLS, 7),
    "underfitting": (STUCK, {"start": KNOWN}, 43),
    "plateau": (STUCK, {}, 28),
}
"""Finding → losses, what is measured, and the evaluation (from 1) at which it is raised."""


def faded(passed: float, *, loss: float = 0.69, deep: int = 4, **settings: Any) -> Finding | None:
    """What is said of a network whose first layer gets so much of the gradient at the last."""
    diagnosis = Diagnosis()
    for number in range(12):
        inner = [made_up.layer(f"layer {n}", activation="elu", gradient_rms=0.3, **HEALTHY) for n in range(2, deep)]
        first = made_up.layer("layer 1", activation="elu", gradient_rms=passed, **HEALTHY)
        made = (first, *inner, made_up.layer("last", gradient_rms=1.0))
        at_start = KNOWN | {"signal_growth": 1.2} if number == 0 else {}
        measured = {"train_error": 0.5, "share_done": number / 100} | at_start
        diagnosis.observe(evaluation(number, loss, layers=made, **measured), SETTINGS | settings)
    return found(diagnosis, "vanishing_gradients")


def test_where_training_has_led_gradients_vanish_too() -> None:
    """A signal that does not fade at the start may do so after steps that were too long."""
    finding = faded(1e-4)
    assert finding is not None
    assert "0.010 % of the blame" in finding.body
    assert finding.remedies[0].settings == {"optimizer.learning_rate": 0.01}
    assert faded(0.05) is None
    assert faded(1e-4, deep=3) is None, "two layers are not deep"
    assert faded(1e-4, loss=0.6) is None, "it has learned something"
    assert faded(1e-4, **{"optimizer.l2": 0.5}) is None, "a penalty holds it back"


@pytest.mark.parametrize("id", HOLDS)
def test_it_is_raised_in_time(id: str) -> None:
    losses, values, count = HOLDS[id]
    assert found(diagnosed(losses[: count - 1], **dict(values)), id) is None
    finding = found(diagnosed(losses[:count], **dict(values)), id)
    assert finding is not None
    assert finding.severity in (Severity.CRITICAL, Severity.WARNING)
    assert finding.since <= 10 * (count - 1)
    assert finding.evidence["base_loss"] == BASE
    assert finding.expert
    assert finding.brief


@pytest.mark.parametrize(
    ("id", "values"),
    [*((id, {}) for id in HOLDS), ("underfitting", {"train_error": 0.1})],
    ids=lambda value: str(value),
)
def test_an_examination_shows_by_which_signal_it_holds(id: str, values: dict[str, Any]) -> None:
    losses, measured, count = HOLDS[id]
    examined = {each.id: each for each in diagnosed(losses[:count], **measured | values).examination()}
    assert examined[id].verdict == "holds"
    assert not all(signal.is_healthy for signal in examined[id].signals if signal.value is not None)
    if values:
        beside, _ = examined[id].signals
        assert not beside.is_healthy, "the limit is another one where nothing has been learned"


@pytest.mark.parametrize("id", [id for id in HOLDS if id not in ("underfitting", "plateau", "crawling")])
def test_a_symptom_of_a_run_that_succeeds_is_no_finding(id: str) -> None:
    _, values, _ = HOLDS[id]
    low = [0.1 * BASE] * 60
    assert found(diagnosed(low, **dict(values)), id) is None


@pytest.mark.parametrize(
    ("id", "values"),
    [
        ("exploding_gradients", {"start": KNOWN | {"signal_growth": 16.0}}),
        ("symmetry", {"unit_spread": 0.01}),
        ("dead_relu", {"dead_share": 0.4}),
        ("saturation", {"saturated_share": 0.4}),
        ("vanishing_gradients", {"start": KNOWN | {"signal_growth": 0.037}}),
        ("underfitting", {"train_error": 0.06}),
        ("plateau", {"train_error": 0.06}),
    ],
)
def test_within_the_healthy_range_it_is_silent(id: str, values: dict[str, Any]) -> None:
    assert found(diagnosed(STUCK, **values), id) is None


@pytest.mark.parametrize("id", HOLDS)
@pytest.mark.parametrize("last", [math.inf, math.nan, 1e308, 5e-324, 0.0])
def test_no_rule_fails_at_a_last_loss_that_is_out_of_all_bounds(id: str, last: float) -> None:
    losses, values, _ = HOLDS[id]
    for before in (losses, [0.2, 0.9, 1e-300] * 10, [0.2, 0.9, 1e300] * 10):
        for finding in diagnosed([*before, last], **dict(values)).findings:
            assert finding.sentence


@pytest.mark.parametrize(
    ("settings", "cause", "first"),
    [
        ({"network.dropout": 0.5}, "dropout may hold it back", {"network.dropout": 0.0}),
        ({"network.dropout": (0.0, 0.5)}, "dropout may hold it back", {"network.dropout": 0.0}),
        ({"optimizer.l2": 0.1}, "the L2 penalty may hold it back", {"optimizer.l2": 0.0}),
        ({"training.input_noise": 1.0}, "the noise on the inputs may hold it back", {"training.input_noise": 0.0}),
        ({}, "the network may be too small", {"network.hidden": (64, 64)}),
        ({"network.hidden": ()}, "draws only straight lines", {"network.hidden": (16,)}),
    ],
)
def test_underfitting_names_its_cause(settings: dict[str, Any], cause: str, first: dict[str, object]) -> None:
    finding = found(diagnosed([0.5] * 60, settings), "underfitting")
    assert cause in finding.sentence
    assert finding.remedies[0].settings == first


def test_a_start_that_is_not_normal_is_a_cause_too() -> None:
    finding = found(diagnosed([0.5] * 60, {"network.gain": 0.05}), "underfitting")
    assert "start" in finding.sentence
    assert finding.remedies[0].settings == {"network.gain": 1.0}


def test_a_floor_of_noise_is_good_and_its_labels_are_suspected() -> None:
    noisy = KNOWN | {"neighbours_error": 0.2}
    diagnosis = diagnosed([0.5] * 60, start=noisy, train_error=0.2)
    assert [finding.id for finding in diagnosis.findings] == ["good", "label_noise"]
    by_heart = diagnosed([0.5] * 60, start=noisy, train_error=0.0)
    assert [finding.id for finding in by_heart.findings] == ["good"]


def test_what_goes_well_is_said_and_not_beside_an_alarm() -> None:
    diagnosis = diagnosed(falling(), train_error=0.05)
    assert [(each.id, each.severity) for each in diagnosis.findings] == [("good", Severity.GOOD)]
    assert diagnosis.findings[0].sentence.endswith("nothing is held out, so as far as can be told.")
    dead = diagnosed([0.5 * BASE] * 20, dead_share=0.9, train_error=0.08)
    assert [each.id for each in dead.findings] == ["dead_relu"]


@pytest.mark.parametrize(
    ("id", "start", "settings", "remedy"),
    [
        ("unscaled_inputs", {"input_ratio": 30.0, "input_size": 5.0}, {}, {"data.standardize": True}),
        ("unscaled_inputs", {"input_ratio": 1.0, "input_size": 30.0}, {}, {"data.standardize": True}),
        (
            "class_imbalance",
            {"smallest_class": 0.1},
            {"training.balanced_batches": False},
            {"training.balanced_batches": True},
        ),
    ],
)
def test_notes_about_the_examples_come_at_once_and_after_all_else(
    id: str, start: dict[str, float], settings: dict[str, Any], remedy: dict[str, object]
) -> None:
    (finding,) = diagnosed([0.7], settings, start=KNOWN | start).findings
    assert (finding.id, finding.severity) == (id, Severity.NOTE)
    assert finding.remedies[0].settings == remedy
    later = diagnosed(falling(), settings, start=KNOWN | start, train_error=0.05)
    assert [each.id for each in later.findings] == ["good", id]


def test_too_few_examples_are_said_to_be_too_few_where_others_fare_worse() -> None:
    few = KNOWN | {"train_examples": 20.0}
    held_out = {"validation_loss": 0.5 * BASE, "validation_examples": 100.0}
    assert found(diagnosed(falling(), start=few, train_error=0.0, **held_out), "too_little_data") is not None
    assert found(diagnosed(falling(), train_error=0.0, **held_out), "too_little_data") is None
    assert found(diagnosed([0.45 * BASE] * 20, start=few, train_error=0.0, **held_out), "too_little_data") is None
    at_a_lucky_start = diagnosed([0.2 * BASE] * 20, start=few, train_error=0.0, **held_out)  # nothing has been learnt
    assert found(at_a_lucky_start, "too_little_data") is None


def test_trembling_is_put_down_to_small_batches_only_where_they_are_noisy() -> None:
    losses = [(0.2 + 0.04 * (number % 2)) * BASE for number in range(40)]
    settings = {"training.batch_size": 8}
    noisy = found(diagnosed(losses, settings, noise_scale=100.0, train_error=0.05), "noisy_batch")
    assert noisy.remedies[0].settings == {"training.batch_size": 32}
    assert found(diagnosed(losses, settings, noise_scale=4.0, train_error=0.05), "noisy_batch") is None
    assert found(diagnosed(losses, {"training.batch_size": "full"}, train_error=0.05), "noisy_batch") is None


def test_a_run_whose_patience_is_over_has_stopped_early() -> None:
    diagnosis, settings = Diagnosis(), SETTINGS | {"training.early_stopping.patience": 50}
    for number, loss in enumerate([0.5, 0.4, 0.3, 0.31, 0.31, 0.31, 0.31, 0.31]):
        assert found(diagnosis, "early_stopped") is None
        diagnosis.observe(evaluation(number, loss, loss, validation_examples=100, share_done=number / 100), settings)
    assert found(diagnosis, "early_stopped").evidence["best_iteration"] == 20


@pytest.mark.parametrize("restores", [True, False])
def test_a_run_that_stands_on_its_best_weights_again_does_not_overfit(restores: bool) -> None:
    diagnosis = Diagnosis()
    settings = {"training.early_stopping.patience": 100, "training.early_stopping.restore_best": restores}
    for number in range(21):
        held_out = max(0.6 - 0.03 * number, 0.3) + max(number - 10, 0) * 0.03
        loss = 0.5 * 0.9**number
        diagnosis.observe(evaluation(number, loss, held_out, share_done=number / 100), settings)
    ids = [finding.id for finding in diagnosis.findings]
    assert ids == (["good", "early_stopped"] if restores else ["overfitting", "early_stopped"])


def test_all_findings_are_there_in_the_order_of_the_contract() -> None:
    contract = (
        "diverging exploding_gradients symmetry dead_relu saturation vanishing_gradients bouncing overfitting crawling "
        "underfitting plateau unscaled_inputs class_imbalance label_noise too_little_data noisy_batch early_stopped "
        "good"
    )
    assert list(RULES) == contract.split()


def test_all_units_are_dead_only_if_none_is_alive() -> None:
    for share, said in ((1.0, "100% of"), (255 / 256, "99.6% of")):
        (dead,) = diagnosed(STUCK, dead_share=share).findings
        assert all(words.startswith(said) for words in (dead.body, dead.brief[0], dead.expert)), dead


def test_an_examination_tells_of_every_finding_or_why_it_was_not_checked() -> None:
    examined = {each.id: each for each in diagnosed(STUCK, dead_share=0.75).examination()}
    assert list(examined) == list(RULES)
    assert examined["dead_relu"].verdict == "holds"
    (share, _) = examined["dead_relu"].signals
    assert (share.value, share.healthy, share.is_healthy) == (0.75, "below 0.5", False)
    assert examined["symmetry"].verdict == "clear"
    assert all(signal.is_healthy for signal in examined["symmetry"].signals)
    for id, reason in {
        "exploding_gradients": "it takes two hidden layers whose units are not all silent",
        "overfitting": "no examples are held out",
        "crawling": "the gradient on always the same examples is not known",
        "early_stopped": "no examples are held out",
        "noisy_batch": "the noise of its batches is not known",
    }.items():
        assert (examined[id].verdict, examined[id].reason) == ("not_checked", reason)
        assert examined[id].signals == ()
    assert Diagnosis().examination() == ()


def test_a_log_that_has_only_losses_is_examined_too() -> None:
    diagnosis = Diagnosis()
    for number in range(30):
        diagnosis.observe(made_up.evaluation(number, train_loss=1.0 / (1 + number)))
    verdicts = {each.id: each.verdict for each in diagnosis.examination()}
    assert verdicts["diverging"] == verdicts["bouncing"] == "clear"
    for id in ("dead_relu", "symmetry", "overfitting", "underfitting", "crawling"):
        assert verdicts[id] == "not_checked"


def test_whether_a_run_waits_or_is_held_back_is_told_by_its_settings() -> None:
    small = diagnosed(STUCK, {"network.gain": 0.05})
    assert [finding.id for finding in small.findings] == ["plateau"], "its start is why, however long it takes"
    assert small.findings[0].remedies[0].settings == {"network.gain": 1.0}
    sinking = [0.69 - 0.0002 * number for number in range(60)]
    for losses in (STUCK, sinking):
        (held,) = diagnosed(losses, {"network.dropout": 0.5}, gradient_cosine=0.999).findings
        assert (held.id, held.remedies[0].settings) == ("underfitting", {"network.dropout": 0.0})


@pytest.mark.parametrize(
    ("decay", "cause"), [(0.01, "the network may be too small"), (1.0, "weight decay may hold it")]
)
def test_weight_decay_is_a_cause_only_where_it_is_strong(decay: float, cause: str) -> None:
    """0.01, the usual one, takes a hundredth of a weight in a run of 1,000 iterations at this rate."""
    settings = {"optimizer.weight_decay": decay, "optimizer.learning_rate": 1e-3}
    finding = found(diagnosed(STUCK, settings, learning_rate=1e-3), "underfitting")
    assert finding is not None
    assert cause in finding.body


def test_a_limit_is_written_as_it_was_chosen() -> None:
    examination = diagnosed(SLOW, validation_loss=0.7, validation_examples=100.0).examination()
    healthy = {signal.name: signal.healthy for each in examination for signal in each.signals}
    assert healthy["validation loss / its minimum"] == "below 1.15"
    assert healthy["share of rises above 1 %"] == "below 0.2"


@pytest.mark.parametrize(("examples", "verdict"), [(1, "not_checked"), (9, "not_checked"), (40, "holds")])
def test_a_handful_of_examples_says_nothing_of_the_balance_of_classes(examples: int, verdict: str) -> None:
    rare = KNOWN | {"smallest_class": 0.0 if examples == 1 else 0.2, "train_examples": float(examples)}
    examined = diagnosed([0.7], start=rare).examination()
    assert {each.id: each.verdict for each in examined}["class_imbalance"] == verdict
