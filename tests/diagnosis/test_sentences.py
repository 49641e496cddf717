"""Every number of every sentence about a real run, recomputed from its evaluations without the diagnosis's own code."""

from __future__ import annotations

import re
from itertools import pairwise
from statistics import median

import numpy as np
import pytest

from tui_trainer.presets import bundled
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.telemetry import Evaluation, Finding
from tui_trainer.training import build, with_setting

NUMBER = r"(\d[\d,]*(?:\.\d+)?(?:e-?\d+)?)"
BOUNCING = re.compile(
    rf"Bouncing since iteration {NUMBER}: in the {NUMBER} evaluations judged up to iteration {NUMBER} training loss "
    rf"rose {NUMBER} times?, jumping between {NUMBER} and {NUMBER}; its median was {NUMBER} in the first {NUMBER} "
    rf"since then and is {NUMBER} in the last {NUMBER}\."
)
AROUND = re.compile(
    rf"Bouncing since iteration {NUMBER}: in the {NUMBER} evaluations judged up to iteration {NUMBER} training loss "
    rf"rose {NUMBER} times?, jumping between {NUMBER} and {NUMBER}; the middle of these positions would "
    rf"have {NUMBER}\."
)
THROWN = re.compile(
    rf"Bouncing since iteration {NUMBER}: training loss was {NUMBER} at the start and between {NUMBER} and {NUMBER} in "
    rf"the 5 evaluations judged up to iteration {NUMBER}, and many of the steps measured there overshoot the valley\."
)
ACROSS = re.compile(
    rf"Bouncing since iteration {NUMBER}: {NUMBER} steps of the {NUMBER} measured up to iteration {NUMBER} ended "
    rf"across the valley, and training loss stays around {NUMBER}\."
)
DIVERGING = re.compile(
    rf"Diverging since iteration {NUMBER}: training loss rose from {NUMBER} at the start to {NUMBER} at iteration "
    rf"{NUMBER}\."
)
NOT_FINITE = re.compile(
    rf"Diverging since iteration {NUMBER}: after iteration {NUMBER} the loss is too large to compute with\."
)
OVERFITTING = re.compile(
    rf"Overfitting since iteration {NUMBER}: validation loss rose from {NUMBER} to {NUMBER} at iteration {NUMBER} "
    rf"while training loss fell to {NUMBER}(?: \(only {NUMBER} held-out examples\))?\."
)
CRAWLING = re.compile(
    rf"Crawling since iteration {NUMBER}: the blame points the same way all the time, and yet training loss fell only "
    rf"from {NUMBER} to {NUMBER} between iterations {NUMBER} and {NUMBER}\."
)
SHORT = re.compile(
    rf"Crawling since iteration {NUMBER}: half of the steps measured go less than {NUMBER}% of the way to the bottom "
    rf"of their valley, and training loss fell only from {NUMBER} to {NUMBER} between iterations {NUMBER} and "
    rf"{NUMBER}\."
)
REMAINS = f"training loss (?:stays around|has only come down to) {NUMBER}"
BEST = rf"training loss is {NUMBER} \(straight lines reach {NUMBER} at best\)"
UNDERFITTING = re.compile(
    rf"Underfitting since iteration {NUMBER}: (?:{REMAINS}|{BEST}) with {NUMBER}% of the examples "
    rf"wrong, where guessing each from its neighbours gets {NUMBER}% wrong; .*\."
)
SQUARED = re.compile(
    rf"Underfitting since iteration {NUMBER}: (?:{REMAINS}|{BEST}) with a mean squared error of "
    rf"{NUMBER}, where guessing each example from its neighbours has {NUMBER}; .*\."
)
PLATEAU = re.compile(
    rf"Plateau since iteration {NUMBER}: training loss stays at {NUMBER}, hardly better than always giving the same "
    rf"answer \({NUMBER}\); it may take long to get away from there\."
)
GOOD = re.compile(
    rf"Training loss is {NUMBER}, from {NUMBER} at the start; (?:validation loss is {NUMBER}|nothing is held out, so "
    rf"as far as can be told)\."
)
LAYER = re.compile(
    rf"(?:Dead ReLUs|Saturation) since iteration {NUMBER}: {NUMBER}% of (?:the units of|what) layer "
    rf"{NUMBER} (?:answer 0 to every example that was tried, so no blame reaches them|answers lies at the flat ends of "
    rf".*, where hardly any blame passes)\."
)
SIGNALS = re.compile(
    rf"(?:Exploding|Vanishing) gradients since iteration {NUMBER}: with the weights of the start "
    rf"(?:a signal grows {NUMBER} times from the first hidden layer to the last, and the blame grows on its way back|"
    rf"{NUMBER} % of a signal are left from the first hidden layer to the last, and the blame fades on its way back)\."
)
TOO_LITTLE = re.compile(rf"{NUMBER} examples are learnt to a loss of {NUMBER}, and held-out ones have {NUMBER}\.")
TREMBLING = re.compile(
    rf"The loss trembles by {NUMBER}, because the batches, of {NUMBER} examples? each, disagree about the way\."
)
LABELS = re.compile(
    rf"{NUMBER}% of the training examples stay wrong, and {NUMBER}% have neighbours of another class: some labels are "
    rf"wrong, or the classes overlap\."
)

BESIDE = re.compile(
    rf"Training error {NUMBER} against {NUMBER} of 5-NN leave-one-out: {NUMBER} times, with {NUMBER}% of a constant "
    rf"answer's error added to both"
)

MOMENTUM = {
    "data": {"name": "iris"},
    "network": {"hidden": [16], "activation": "leaky_relu"},
    "optimizer": {"name": "momentum", "learning_rate": 0.001},
    "training": {"batch_size": 1, "iterations": 600},
}


class Told:
    """What a run told, and the check of each sentence at the moment it was said."""

    def __init__(self, run: DiagnosedRun) -> None:
        self.run, self.evaluations = run, list[Evaluation]()
        self.sentences = set[str]()
        self.observed(run.trainer.evaluations.first)
        run.on_observation = self.observed

    def observed(self, evaluation: Evaluation | None) -> None:
        """Hold every sentence that stands now to all evaluations up to now."""
        if evaluation is not None:
            self.evaluations.append(evaluation)
        for finding in self.run.findings:
            if finding.sentence not in self.sentences:
                self.sentences.add(finding.sentence)
                check(finding, self.evaluations, self.run.trainer.target)


def numbers(pattern: re.Pattern[str], sentence: str) -> list[float] | None:
    found = pattern.fullmatch(sentence)
    return None if found is None else [float(each.replace(",", "")) for each in found.groups() if each is not None]


def is_near(said: float, value: float) -> bool:
    """Two significant digits are said."""
    return abs(said - value) <= 0.0501 * abs(value) + 1e-300


def check(finding: Finding, evaluations: list[Evaluation], target: int) -> None:
    sentence, at = finding.sentence, {each.iteration: each for each in evaluations}
    judged = judged_of(evaluations, target)
    latest = judged[-1]
    if said := numbers(BOUNCING, sentence):
        since, count, up_to, rose, low, high, at_first, first, now, last = said
        losses = [each.train_loss for each in judged if each.iteration <= up_to]
        check_jumps(sentence, losses[-int(count) :], rose, low, high)
        begun = [each.train_loss for each in judged if each.iteration >= since][: int(first)]
        assert is_near(at_first, median(begun)), sentence
        assert is_near(now, median(losses[-int(last) :])), sentence
        assert median(losses[-int(last) :]) >= 0.8 * median(begun), f"got lower: {sentence}"
    elif said := numbers(AROUND, sentence):
        _, count, up_to, rose, low, high, middle = said
        span = [each for each in judged if each.iteration <= up_to][-int(count) :]
        check_jumps(sentence, [each.train_loss for each in span], rose, low, high)
        assert is_near(middle, median(values(span[-8:], "mean_weights_loss"))), sentence
        assert middle < median(each.train_loss for each in span), sentence
    elif said := numbers(THROWN, sentence):
        since, start, low, high, up_to = said
        last = [each.train_loss for each in judged if each.iteration <= up_to][-5:]
        assert is_near(start, evaluations[0].train_loss), sentence
        assert is_near(low, min(last)), sentence
        assert is_near(high, max(last)), sentence
        assert since in at, sentence
    elif said := numbers(DIVERGING, sentence):
        since, start, now, up_to = said
        assert is_near(start, evaluations[0].train_loss), sentence
        assert is_near(now, at[int(up_to)].train_loss), sentence
        assert all(each.train_loss > start for each in evaluations if since <= each.iteration <= up_to), sentence
    elif said := numbers(NOT_FINITE, sentence):
        assert said[0] <= said[1], sentence
        assert all(np.isfinite(each.train_loss) for each in evaluations if each.iteration < said[1]), sentence
    elif said := numbers(OVERFITTING, sentence):
        since, lowest, risen, up_to, fallen = said[:5]
        known = [each for each in evaluations if each.iteration <= up_to]
        best = min(known, key=lambda each: each.validation_loss)
        assert since == best.iteration, sentence
        assert is_near(lowest, best.validation_loss), sentence
        assert is_near(risen, at[int(up_to)].validation_loss), sentence
        assert is_near(fallen, at[int(up_to)].train_loss), sentence
        assert at[int(up_to)].train_loss < best.train_loss, sentence
        assert (len(said) == 6) == (known[0].get("validation_examples") < 50), sentence
    elif said := numbers(CRAWLING, sentence):
        since, before, after, first, last = said
        assert is_near(before, at[int(first)].train_loss), sentence
        assert is_near(after, at[int(last)].train_loss), sentence
        assert since <= last, sentence
    elif said := numbers(SHORT, sentence):
        _, part, before, after, first, last = said
        assert is_near(before, at[int(first)].train_loss), sentence
        assert is_near(after, at[int(last)].train_loss), sentence
        steps = [each for each in judged if first <= each.iteration <= last]
        assert median(s for each in steps if (s := each.get("step_quality")) is not None) <= part / 100 - 1, sentence
    elif said := numbers(ACROSS, sentence):
        _, across, measured, up_to, around = said
        steps = [q for each in judged if each.iteration <= up_to and (q := each.get("step_quality")) is not None]
        assert across == sum(quality >= 0.5 for quality in steps[-int(measured) :]), sentence
        lately = [each.train_loss for each in judged if each.iteration <= up_to][-64:]
        assert min(lately) <= 1.06 * around, sentence
        assert around <= 1.06 * max(lately), sentence
    elif said := numbers(UNDERFITTING, sentence) or numbers(SQUARED, sentence):
        _, stays, *best, error, neighbours = said
        assert all(is_near(each, judged[0].get("straight_loss")) for each in best), sentence
        unit = 100 if numbers(UNDERFITTING, sentence) else 1
        assert min(each.train_loss for each in judged) <= 1.06 * stays, sentence
        assert any(is_near(error, unit * each.get("train_error")) for each in judged[1:]), sentence
        assert is_near(neighbours, unit * judged[0].get("neighbours_error")), sentence
        check_beside(finding.expert, judged)
    elif said := numbers(PLATEAU, sentence):
        assert any(is_near(said[1], each.train_loss) for each in judged), sentence
        assert is_near(said[2], judged[0].base_loss), sentence
    elif said := numbers(GOOD, sentence):
        assert is_near(said[1], judged[0].train_loss), sentence
        assert any(is_near(said[0], each.train_loss) for each in judged), sentence
        assert (len(said) == 2) == (latest.validation_loss is None), sentence
        check_beside(finding.expert, judged)
    elif said := numbers(LAYER, sentence):
        name = "dead_share" if "answer 0" in sentence else "saturated_share"
        shares = [each.layers[int(said[-1]) - 1].get(name) for each in judged]
        assert any(share is not None and abs(100 * share - said[-2]) <= 0.5 for share in shares), sentence
    elif said := numbers(SIGNALS, sentence):
        growth = judged[0].get("signal_growth")
        assert growth is not None
        assert is_near(said[-1], growth if "grows" in sentence else 100 * growth), sentence
    elif said := numbers(TOO_LITTLE, sentence):
        assert said[0] == judged[0].get("train_examples"), sentence
        assert any(is_near(said[1], e.train_loss) and is_near(said[2], e.validation_loss) for e in judged), sentence
    elif said := numbers(TREMBLING, sentence):
        assert said[0] <= max(each.train_loss for each in judged), sentence
        assert ("example each" in sentence) == (said[1] == 1), sentence
    elif said := numbers(LABELS, sentence):
        assert abs(said[1] - 100 * judged[0].get("neighbours_error")) <= 0.5, sentence
        assert any(abs(said[0] - 100 * each.get("train_error")) <= 0.5 for each in judged), sentence
    else:
        raise AssertionError(f"a sentence that nobody recomputes: {sentence}")


def check_beside(expert: str, judged: list[Evaluation]) -> None:
    """The ratio is that of the two numbers beside it, as the sentence says."""
    if (found := BESIDE.search(expert)) is None:
        assert judged[0].get("neighbours_error") is None, expert
        return
    error, neighbours, ratio, added = (float(each.replace(",", "")) for each in found.groups())
    assert any(is_near(error, each.get("train_error")) for each in judged[1:]), expert
    assert is_near(neighbours, judged[0].get("neighbours_error")), expert
    more = added / 100 * judged[0].get("constant_error")
    assert abs(ratio - (error + more) / (neighbours + more)) <= 0.11 * ratio, expert


def check_jumps(sentence: str, losses: list[float], rose: float, low: float, high: float) -> None:
    assert rose == sum(b > a for a, b in pairwise(losses)), sentence
    assert is_near(low, min(losses)), sentence
    assert is_near(high, max(losses)), sentence


def values(evaluations: list[Evaluation], name: str) -> list[float]:
    return [value for each in evaluations if (value := each.get(name)) is not None]


def judged_of(evaluations: list[Evaluation], target: int) -> list[Evaluation]:
    """Those that lie a hundredth of the run apart."""
    judged = evaluations[:1]
    for each in evaluations[1:]:
        if 100 * (each.iteration - judged[-1].iteration) >= target or not np.isfinite(each.train_loss):
            judged.append(each)
    return judged


def told(run: DiagnosedRun) -> Told:
    each = Told(run)
    with np.errstate(all="ignore"):
        run.advance()
    return each


@pytest.mark.parametrize("seed", [1, 2, 247])
def test_a_run_that_learnt_is_not_said_to_get_no_lower(seed: int) -> None:
    """It went from 1.57 to 0.112, and was "bouncing since iteration 0 and gets no lower"."""
    told(DiagnosedRun(with_setting(build(MOMENTUM), "training.seed", seed)))


@pytest.mark.parametrize("seed", range(40))
def test_random_small_runs(seed: int) -> None:
    random = np.random.default_rng(seed)
    name = str(random.choice(["adam", "sgd", "momentum"]))
    experiment = build(
        {
            "data": {"name": str(random.choice(["moons", "circles", "iris", "spiral"])), "samples": 60},
            "network": {"hidden": [int(random.choice([4, 16]))], "activation": str(random.choice(["tanh", "relu"]))},
            "optimizer": {"name": name, "learning_rate": float(10 ** random.uniform(-2, 1.7))},
            "training": {
                "batch_size": int(random.choice([1, 8, 60])),
                "iterations": int(random.integers(150, 900)),
                "evaluate_every": int(random.choice([1, 3, 7])),
                "seed": seed,
            },
        }
    )
    told(DiagnosedRun(experiment))


@pytest.mark.parametrize(("title", "grows"), [("exploding gradients", True), ("vanishing gradients", False)])
def test_the_blame_at_the_start_grows_or_fades_as_is_said(title: str, grows: bool) -> None:
    """By a backward pass of its own. It was said to do so as much as the signal, where one is 1.7 times the other."""
    (preset,) = (each for each in bundled() if each.title == title)
    trainer = DiagnosedRun(preset.experiment()).trainer
    layers = [(weight.astype(float), bias.astype(float)) for weight, bias in trainer.parameters]
    activation = preset.experiment().network.activation
    passed = [trainer.train_set.inputs.astype(float)]
    for weight, bias in layers[:-1]:
        z = passed[-1] @ weight + bias
        passed.append(np.maximum(z, 0) if activation == "relu" else 1 / (1 + np.exp(-z)))
    output = (passed[-1] @ layers[-1][0] + layers[-1][1])[:, 0]
    with np.errstate(over="ignore"):
        delta = (1 / (1 + np.exp(-output)) - trainer.train_set.labels)[:, None]
    blames = []
    for (weight, _), answer in zip(layers[:0:-1], passed[:0:-1], strict=True):
        blames.append(delta @ weight.T)
        delta = blames[-1] * ((answer > 0) if activation == "relu" else answer * (1 - answer))
    last, first = (float(np.sqrt(np.mean(blame**2))) for blame in (blames[0], blames[-1]))
    assert first > 20 * last if grows else first < 0.02 * last


def test_the_random_runs_say_something_of_each_kind() -> None:
    """What nothing is said of proves nothing: presets that are about a finding each have theirs checked."""
    kinds = set()
    titles = "lr too large", "lr far too large", "overfitting", "lr too small", "underfitting", "exploding gradients"
    for title in titles:
        (preset,) = (each for each in bundled() if each.title == title)
        kinds |= {sentence.split()[0] for sentence in told(DiagnosedRun(preset.experiment())).sentences}
    assert kinds >= {"Bouncing", "Diverging", "Overfitting", "Crawling", "Underfitting", "Exploding", "Training"}
