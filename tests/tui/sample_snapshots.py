"""Snapshots to draw, of small networks that are really trained here in plain NumPy, so that pictures look true.

Independent of the package's own engine: a panel's test fails for the panel's reasons only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import made_up
import numpy as np
from msgspec import structs

from tui_trainer.experiment.declared import Setting
from tui_trainer.formulas.expressions import Number, ln
from tui_trainer.losses import ALIASES, LOSSES
from tui_trainer.optimizers.adam import Adam
from tui_trainer.optimizers.sgd import Sgd
from tui_trainer.telemetry import (
    Agreement,
    Confusion,
    ControlView,
    Curve,
    DataView,
    DecisionMap,
    Embedding,
    EvaluationLog,
    Event,
    Finding,
    History,
    LayerStep,
    LayerValues,
    LayerView,
    Losses,
    NetworkView,
    Notice,
    Picture,
    Progress,
    Remedy,
    SettingChange,
    SettingsView,
    Severity,
    Snapshot,
    Status,
    StepView,
    WeightStep,
)
from tui_trainer.telemetry.lead import ExampleSet, Yardstick

YARDSTICK = Yardstick(
    loss="binary cross-entropy",
    train=ExampleSet(inputs="a", labels="b", count=120),
    validation=ExampleSet(inputs="c", labels="d", count=200),
)
"""Of all arms that are made here."""


@dataclass
class Run:
    """A network while it is trained by `train`, with all that a snapshot tells."""

    title: str
    name: str
    x: np.ndarray
    t: np.ndarray  # (n, outputs): what the output should be
    vx: np.ndarray
    vt: np.ndarray
    sizes: tuple[int, ...]
    loss: str  # "bce", "ce" or "mse"
    activation: str = "relu"
    rate: float = 0.1
    adam: bool = False
    batch_size: int = 10
    target: int = 400
    image_shape: tuple[int, int] | None = None
    class_names: tuple[str, ...] = ()
    seed: int = 0
    weights: list[np.ndarray] = field(default_factory=list)
    biases: list[np.ndarray] = field(default_factory=list)

    def __post_init__(self) -> None:
        rng = np.random.default_rng(self.seed)
        for fan_in, fan_out in zip(self.sizes, self.sizes[1:], strict=False):
            self.weights.append(rng.normal(0, np.sqrt(2 / (fan_in + fan_out)), (fan_in, fan_out)))
            self.biases.append(np.zeros(fan_out))
        self.slots = [np.zeros_like(w) for w in self.weights + self.biases]
        self.squares = [np.zeros_like(w) for w in self.weights + self.biases]
        self.iteration = 0
        self.batch_losses, self.epoch_losses, self.rates = History(start=1), History(), History(start=1)
        self.log = EvaluationLog()
        self.last: dict[str, object] = {}

    def forward(self, x: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray]]:
        zs, activations = [], [x]
        for number, (w, b) in enumerate(zip(self.weights, self.biases, strict=True), start=1):
            z = activations[-1] @ w + b
            zs.append(z)
            activations.append(self.activate(z) if number < len(self.weights) else self.answer(z))
        return zs, activations

    def activate(self, z: np.ndarray) -> np.ndarray:
        return np.maximum(z, 0) if self.activation == "relu" else np.tanh(z)

    def answer(self, z: np.ndarray) -> np.ndarray:
        if self.loss == "bce":
            return 1 / (1 + np.exp(-np.clip(z, -60, 60)))
        if self.loss == "ce":
            e = np.exp(z - z.max(axis=1, keepdims=True))
            return e / e.sum(axis=1, keepdims=True)
        return z

    def losses(self, p: np.ndarray, t: np.ndarray) -> np.ndarray:
        with np.errstate(over="ignore"):
            if self.loss == "mse":
                return ((p - t) ** 2).mean(axis=1)
        p = np.clip(p, 1e-12, 1 - 1e-12)
        each = t * np.log(p) + ((1 - t) * np.log(1 - p) if self.loss == "bce" else 0)
        return -each.sum(axis=1)

    def step(self, rows: np.ndarray) -> None:
        x, t = self.x[rows], self.t[rows]
        zs, a = self.forward(x)
        batch_loss = float(self.losses(a[-1], t).mean())
        delta = (a[-1] - t) * (2 if self.loss == "mse" else 1)
        deltas, gradients, bias_gradients = [delta], [], []
        for layer in reversed(range(len(self.weights))):
            gradients.insert(0, a[layer].T @ deltas[0] / len(x))
            bias_gradients.insert(0, deltas[0].mean(axis=0))
            if layer:
                slope = (a[layer] > 0) if self.activation == "relu" else 1 - a[layer] ** 2
                deltas.insert(0, deltas[0] @ self.weights[layer].T * slope)
        old = [w.copy() for w in self.weights]
        updates = []
        for index, (p, g) in enumerate(zip(self.weights + self.biases, gradients + bias_gradients, strict=True)):
            if self.adam:
                m, v, n = self.slots[index], self.squares[index], self.iteration + 1
                m += 0.1 * (g - m)
                v += 0.001 * (g * g - v)
                update = -self.rate * (m / (1 - 0.9**n)) / (np.sqrt(v / (1 - 0.999**n)) + 1e-8)
            else:
                update = -self.rate * g
            p += update
            updates.append(update)
        self.iteration += 1
        self.batch_losses.extend(np.array([batch_loss]))
        self.rates.extend(np.array([self.rate]))
        self.last = {
            "x": x, "t": t, "zs": zs, "a": a, "deltas": deltas, "gradients": gradients, "old": old,
            "updates": updates, "batch_loss": batch_loss,
        }  # fmt: skip

    def batches(self) -> int:
        return -(-len(self.x) // self.batch_size)

    def train(self, iterations: int, every: int = 4) -> Run:
        rng = np.random.default_rng(self.seed + 1)
        with np.errstate(all="ignore"):
            if self.iteration == 0:
                self.evaluate()
            order = rng.permutation(len(self.x))
            for _ in range(iterations):
                batch = self.iteration % self.batches()
                if batch == 0:
                    order = rng.permutation(len(self.x))
                self.step(order[batch * self.batch_size :][: self.batch_size])
                if batch == self.batches() - 1:
                    self.epoch_losses.extend(np.array([self.last["batch_loss"]]))
                if self.iteration % every == 0:
                    self.evaluate()
        return self

    def evaluate(self) -> None:
        p, vp = self.forward(self.x)[1][-1], self.forward(self.vx)[1][-1]
        mean = self.t.mean(axis=0, keepdims=True).repeat(len(self.t), axis=0)
        self.log.append(
            made_up.evaluation(
                self.iteration,
                epoch=self.iteration // self.batches(),
                train_loss=float(self.losses(p, self.t).mean()),
                validation_loss=float(self.losses(vp, self.vt).mean()) if len(self.vx) else None,
                train_accuracy=self.accuracy(p, self.t),
                validation_accuracy=self.accuracy(vp, self.vt) if len(self.vx) else None,
                learning_rate=self.rate,
                base_loss=float(self.losses(mean, self.t).mean()),
                layers=self.measures(),
            )
        )

    def accuracy(self, p: np.ndarray, t: np.ndarray) -> float | None:
        if self.loss == "mse":
            return None
        return float((self.classes(p) == self.classes(t)).mean())

    def classes(self, p: np.ndarray) -> np.ndarray:
        return p.argmax(axis=1) if p.shape[1] > 1 else (p[:, 0] > 0.5).astype(int)

    def measures(self) -> tuple[LayerValues, ...]:
        measures = []
        for number, w in enumerate(self.weights):
            gradient = self.last["gradients"][number] if self.last else np.zeros_like(w)
            update = self.last["updates"][number] if self.last else np.zeros_like(w)
            norm, hidden = float(np.linalg.norm(gradient)), number < len(self.weights) - 1
            measures.append(
                made_up.layer(
                    f"layer {number + 1}",
                    weight_norm=float(np.linalg.norm(w)),
                    gradient_norm=norm,
                    gradient_rms=norm / np.sqrt(w.size),
                    update_ratio=float(np.linalg.norm(update) / np.linalg.norm(w)),
                    activation=self.activation if hidden else "linear",
                    dead_share=0.125 if hidden and self.activation == "relu" else None,
                    saturated_share=0.0 if hidden and self.activation == "tanh" else None,
                )
            )
        return tuple(measures)

    def layer(self, index: int = 0) -> LayerView:
        zero = np.zeros_like(self.weights[index])
        return LayerView(
            name=f"layer {index + 1}",
            index=index,
            count=len(self.weights),
            weight=self.weights[index].copy(),
            gradient=self.last["gradients"][index] if self.last else zero,
            update=self.last["updates"][index] if self.last else zero,
            image_shape=self.image_shape if index == 0 else None,
        )

    def picture(self) -> Picture:
        if self.x.shape[1] == 1:
            x = np.linspace(self.x.min() - 0.1, self.x.max() + 0.1, 60)
            y = self.forward(x[:, None])[1][-1][:, 0]
            return Curve(x=x.astype(np.float32), y=y.astype(np.float32))
        if self.x.shape[1] > 2:
            counts = np.zeros((self.sizes[-1], self.sizes[-1]), dtype=np.int64)
            answered = self.classes(self.forward(self.vx)[1][-1])
            np.add.at(counts, (self.classes(self.vt), answered), 1)
            return Confusion(counts=counts, of="validation")
        low, high = self.x.min(axis=0) - 0.4, self.x.max(axis=0) + 0.4
        columns, rows = np.meshgrid(np.linspace(low[0], high[0], 48), np.linspace(high[1], low[1], 32))
        p = self.forward(np.stack([columns.ravel(), rows.ravel()], axis=1))[1][-1]
        return DecisionMap(
            low=(float(low[0]), float(low[1])),
            high=(float(high[0]), float(high[1])),
            values=p.max(axis=1).reshape(32, 48).astype(np.float32),
            classes=self.classes(p).reshape(32, 48),
            outputs=self.sizes[-1],
            title="answer",
        )

    def step_view(self) -> StepView | None:
        if not self.last:
            return None
        last, layers = self.last, []
        for number in range(len(self.weights)):
            layers.append(
                LayerStep(
                    name=f"layer {number + 1}",
                    activation_name=self.activation if number < len(self.weights) - 1 else "sigmoid",
                    pre_activation=last["zs"][number][0],
                    activation=last["a"][number + 1][0],
                    delta=last["deltas"][number][0],
                    gradient_norm=float(np.linalg.norm(last["gradients"][number])),
                )
            )
        old = float(last["old"][0][0, 0])
        gradient, update = float(last["gradients"][0][0, 0]), float(last["updates"][0][0, 0])
        delta, value = float(last["deltas"][0][0, 0]), float(last["x"][0, 0])
        p, t = last["a"][-1][0], last["t"][0]
        loss = float(self.losses(p[None], t[None])[0])
        optimizer = Adam() if self.adam else Sgd()
        values = {"old": old, "new": old + update, "learning_rate": self.rate, "gradient": -update / self.rate}
        if self.adam:
            direction = {"m": 0.0021, "v": 3.4e-5, "m_hat": -update / self.rate * (4.1e-5**0.5 + 1e-8), "v_hat": 4.1e-5}
            values = optimizer.values([0.0, 0.0], 9, gradient) | direction | values
        p_max = float(p.max())
        return StepView(
            example=0,
            batch_size=self.batch_size,
            inputs=last["x"][0],
            layers=tuple(layers),
            prediction=p,
            target=t,
            batch_loss=last["batch_loss"],
            answer=(1 / (1 + Number(1 / p_max - 1))).equals(p_max) if self.loss == "ce" else None,
            formula=LOSSES[ALIASES[self.loss]].formula,
            filled=(-ln(1 - Number(-float(np.expm1(-loss))))).equals(loss)
            if self.loss != "mse"
            else ((Number(float(p[0])) - float(t[0])) ** 2).equals(loss),
            weight=WeightStep(
                layer=0, source=0, unit=0, name="w[1→1] of layer 1",
                old=old, new=old + update, input=value, delta=delta, example_gradient=value * delta,
                gradient=gradient, update=update,
                rule=optimizer.rule(decays=True), memory=dict(optimizer.memory), values=values,
                pre_activation=(Number(old) * value + Number(0.0, "b")).equals(old * value),
            ),
            input_names=tuple(f"x{i + 1}" for i in range(self.x.shape[1])),
            output_names=self.class_names if self.sizes[-1] > 1 else ("p",),
        )  # fmt: skip

    def data(self) -> DataView:
        regression = self.loss == "mse"
        return DataView(
            name=self.name,
            task="regression" if regression else "classification",
            inputs=self.x,
            targets=self.t[:, 0] if regression else self.classes(self.t).astype(float),
            validation_inputs=self.vx,
            validation_targets=self.vt[:, 0] if regression else self.classes(self.vt).astype(float),
            class_names=self.class_names,
            input_names=tuple(f"x{i + 1}" for i in range(self.x.shape[1])),
            image_shape=self.image_shape,
        )

    def snapshot(self, **changes: object) -> Snapshot:
        """What the run tells now; `changes` replace fields."""
        batches = self.batches()
        hidden = "-".join(map(str, self.sizes))
        optimizer = "adam" if self.adam else "sgd"
        snapshot = Snapshot(
            version=self.iteration,
            title=self.title,
            status=Status.RUNNING,
            iteration=self.iteration,
            summary=f"{self.name} {len(self.x)} + {len(self.vx)} · {hidden} {self.activation} · {optimizer}",
            losses=Losses(
                batch=self.batch_losses.buckets(),
                epoch=self.epoch_losses.buckets(),
                evaluations=self.log.view(),
                learning_rate=self.rates.buckets(),
            ),
            progress=Progress(
                epoch=self.iteration // batches,
                batch=self.iteration % batches,
                batches_per_epoch=batches,
                batch_size=min(self.batch_size, len(self.x)),
                examples=len(self.x),
                target_iterations=self.target,
                target_epochs=self.target / batches,
                learning_rate=self.rate,
                speed=79.6,
            ),
            settings=SettingsView(values=self.settings()),
            network=NetworkView(
                shape=self.sizes,
                measures=self.measures(),
                layer=self.layer(),
                weights=tuple(weight[:30, :30].copy() for weight in self.weights),
            ),
            data=structs.replace(self.data(), picture=self.picture()),
            step=self.step_view(),
            control=ControlView(pace=80.0),
        )
        return made_up.changed(snapshot, **changes)

    def settings(self) -> dict[str, object]:
        return {
            "optimizer.learning_rate": self.rate,
            "training.batch_size": self.batch_size if self.batch_size < len(self.x) else "full",
            "optimizer.name": "adam" if self.adam else "sgd",
            "optimizer.momentum": 0.0,
            "network.activation": self.activation,
            "network.hidden": list(self.sizes[1:-1]),
            "network.dropout": 0.0,
            "optimizer.weight_decay": 0.0,
            "loss.name": {"bce": "binary_cross_entropy", "ce": "cross_entropy"}.get(self.loss, "mean_squared_error"),
            "data.name": self.name,
            "data.noise": 0.35,
            "data.samples": len(self.x),
            "training.seed": self.seed,
        }


SETTINGS = tuple(
    Setting(key=key, label=label, help=f"What {label} means.", live=live)
    for key, label, live in (
        ("optimizer.learning_rate", "learning rate", True),
        ("training.batch_size", "batch size", True),
        ("optimizer.name", "optimizer", True),
        ("optimizer.momentum", "momentum", True),
        ("network.activation", "activation", False),
        ("network.hidden", "hidden layers", False),
        ("network.dropout", "dropout", True),
        ("optimizer.weight_decay", "weight decay", True),
        ("loss.name", "loss", False),
        ("data.name", "data", False),
        ("data.noise", "noise", False),
        ("data.samples", "samples", False),
        ("training.seed", "seed", False),
    )
)
"""What the settings list shows in the samples."""


def two_moons(count: int, noise: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """`count` points of two interleaved half circles and their class (count, 1)."""
    t, which = rng.uniform(0, np.pi, count), np.arange(count) % 2
    x = np.where(which, 1 - np.cos(t), np.cos(t)) - 0.5
    y = np.where(which, 0.5 - np.sin(t), np.sin(t)) - 0.25
    points = np.stack([x, y], axis=1) + rng.normal(0, noise, (count, 2))
    return points, which[:, None].astype(float)


@cache
def moons(iterations: int = 240) -> Snapshot:
    """A good run: 200 points, 2-16-1."""
    rng = np.random.default_rng(3)
    x, t = two_moons(200, 0.1, rng)
    vx, vt = two_moons(400, 0.1, rng)
    run = Run("lr just right", "moons", x, t, vx, vt, (2, 16, 1), "bce", class_names=("upper", "lower"))
    run.train(iterations)
    good = Finding(
        id="good",
        severity=Severity.GOOD,
        since=120,
        headline="learning well",
        body="Both losses fall together: training 0.08, validation 0.09.",
        expert="No rule raised.",
        evidence={},
    )
    return run.snapshot(findings=(good,) if iterations > 120 else ())


@cache
def overfitting() -> Snapshot:
    """60 noisy points learnt by heart by 64 units, with the learning rate changed on the way."""
    rng = np.random.default_rng(5)
    x, t = two_moons(60, 0.35, rng)
    vx, vt = two_moons(500, 0.35, rng)
    run = Run(
        "overfitting", "moons", x, t, vx, vt, (2, 64, 1), "bce", rate=0.05, adam=True, batch_size=60,
        target=1500, class_names=("upper", "lower"),
    )  # fmt: skip
    run.train(480)
    view = run.log.view()
    best, now = view.best, view.latest
    assert best is not None
    assert now is not None
    finding = Finding(
        id="overfitting",
        severity=Severity.WARNING,
        since=best.iteration,
        headline="overfitting",
        body=f"validation loss rose from {best.validation_loss:.2f} to {now.validation_loss:.2f} while training loss "
        f"fell to {now.train_loss:.2f}.",
        brief=(f"validation {best.validation_loss:.2f} → {now.validation_loss:.2f}",),
        expert="GL 41 %",
        evidence={},
        remedies=(Remedy("collect more data", {"data.samples": 400}),),
    )
    change = SettingChange(
        iteration=200, label="learning rate 0.01 → 0.05", key="optimizer.learning_rate", old=0.01, new=0.05
    )
    return run.snapshot(findings=(finding,), events=(change,))


@cache
def sine() -> Snapshot:
    """A fitted curve: 40 noisy points of a sine, no validation set."""
    rng = np.random.default_rng(1)
    x = rng.uniform(-1, 1, (40, 1))
    t = np.sin(np.pi * x) + rng.normal(0, 0.1, x.shape)
    run = Run("sine", "sine", x, t, x[:0], t[:0], (1, 16, 1), "mse", activation="tanh", rate=0.1, target=1200)
    return run.train(900, every=12).snapshot(status=Status.PAUSED)


@cache
def digits() -> Snapshot:
    """8×8 images of ten shapes, 64-32-16-10, with a confusion matrix."""
    rng = np.random.default_rng(2)
    yy, xx = np.mgrid[0:8, 0:8] / 7 - 0.5
    shapes = []
    for number in range(10):
        a, b = np.cos(number * 0.63), np.sin(number * 0.63)
        ring = np.abs(np.hypot(xx * (1 + 0.1 * number), yy) - 0.1 - 0.03 * number) < 0.12
        shapes.append((0.5 + np.sign(a * xx + b * yy) * 0.5) * 0.6 + ring * 0.7)
    prototypes = np.array(shapes).reshape(10, 64)
    labels = rng.integers(0, 10, 900)
    images = np.clip(prototypes[labels] + rng.normal(0, 0.45, (900, 64)), 0, 1.5)
    t = np.eye(10)[labels]
    run = Run(
        "handwritten digits", "digits", images[:600], t[:600], images[600:], t[600:], (64, 32, 16, 10), "ce",
        rate=0.1, batch_size=32, target=600, image_shape=(8, 8), class_names=tuple("0123456789"),
    )  # fmt: skip
    return run.train(330, every=6).snapshot(pace=None, speed=41_200.0)


@cache
def diverged() -> Snapshot:
    """A squared loss with a rate far too large: numbers grow until they are no numbers."""
    rng = np.random.default_rng(4)
    x = rng.normal(0, 1, (60, 2))
    t = x @ np.array([[1.5], [-2.0]]) + 0.5
    run = Run(
        "lr far too large",
        "linear_regression",
        x,
        t,
        x[:30] + 0.1,
        t[:30],
        (2, 8, 1),
        "mse",
        rate=0.7,
        target=200,
    )
    run.train(40, every=2)
    finding = Finding(
        id="diverging",
        severity=Severity.CRITICAL,
        since=3,
        headline="diverging",
        body="training loss rose from 6.95 to 4.3e51.",
        expert="lr·λ/2 = 8.1",
        evidence={},
    )
    return run.snapshot(
        status=Status.DIVERGED,
        message=Notice("diverged after iteration 30: nothing comes after a loss that is no finite number"),
        findings=(finding,),
        events=(Event(iteration=9, label="non-finite loss"),),
    )


@cache
def glasses() -> Snapshot:
    """Four examples, paused after the first iteration."""
    x = np.array([[0.55, 0.48], [0.45, 0.72], [0.35, 0.03], [0.20, 0.03]])
    t = np.array([[1.0], [1.0], [0.0], [0.0]])
    run = Run(
        "glasses or rings", "glasses_or_ring", x, t, x[:0], t[:0], (2, 1), "mse", batch_size=1, target=400,
        class_names=("ring", "glasses"),
    )  # fmt: skip
    return run.train(1, every=1).snapshot(status=Status.PAUSED)


@cache
def untrained() -> Snapshot:
    """Iteration 0: nothing but weights."""
    return made_up.changed(moons(0), status=Status.PAUSED, step=None, picture=None)


@cache
def spiral() -> Snapshot:
    """Three classes in the plane, answered by chance, and the map of one hidden unit beside."""
    rng = np.random.default_rng(6)
    labels = np.arange(90) % 3
    radius = rng.uniform(0.1, 1.5, 90)
    angle = 2 * np.pi * (radius / 1.5 + labels / 3)
    x = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    t = np.eye(3)[labels]
    run = Run(
        "three arms", "spiral", x, t, x[:0], t[:0], (2, 12, 3), "ce", activation="tanh", target=50,
        class_names=("red [b]arm[/b]", "日本語の腕", "an arm with a very long name indeed"),
    )  # fmt: skip
    return run.train(30).snapshot()


@cache
def embedding() -> Snapshot:
    """Points of a contrastive run: two subjects apart."""
    rng = np.random.default_rng(7)
    labels = np.arange(24) % 2
    points = rng.normal(0, 0.1, (24, 2)) + labels[:, None]
    picture = Embedding(
        points=points.astype(np.float32),
        labels=labels,
        validation=np.arange(24) > 18,
        texts=tuple(f"phrase {i}" for i in range(24)),
        within_distance=0.21,
        between_distance=1.4,
        nearest_right=0.91,
    )
    data = structs.replace(digits().data, name="phrases", task="embedding", class_names=("animals", "tools"))
    return made_up.changed(digits(), title="embeddings", picture=picture, data=data)


@cache
def agreement() -> Snapshot:
    """A regression on five inputs: answers near the truth, one of them far off."""
    truth = np.linspace(-2, 2, 30)
    answer = truth + np.random.default_rng(3).normal(0, 0.1, 30)
    answer[-1] = np.inf
    picture = Agreement(truth=truth.astype(np.float32), answer=answer.astype(np.float32), of="validation")
    data = structs.replace(sine().data, name="linear_regression", input_names=tuple("abcde"))
    return made_up.changed(sine(), title="agreement", picture=picture, data=data)


@cache
def neuron() -> Snapshot:
    """The map of one hidden unit in place of the answer."""
    picture = moons().data.picture
    assert isinstance(picture, DecisionMap)
    return made_up.changed(
        moons(), picture=structs.replace(picture, title="layer 1, unit 3", values=picture.values - 0.5)
    )


@cache
def huge() -> Snapshot:
    """Everything finite and as large as a float can be."""
    big = 1e300
    run = Run(
        "huge", "moons", np.array([[big, -big], [1.0, 1.0]]), np.array([[big], [-big]]), np.zeros((1, 2)),
        np.zeros((1, 1)), (2, 3, 1), "mse", target=10_000_000,
    )  # fmt: skip
    run.weights = [w * big for w in run.weights]
    run.batch_losses.extend(np.array([big, -big, 1e-300, 0.0] * 500))
    run.iteration = 2000
    run.log.append(
        made_up.evaluation(2000, epoch=1, train_loss=big, validation_loss=-big, learning_rate=big, base_loss=big)
    )
    measures = tuple(
        made_up.layer(m.name, gradient_norm=big, update_ratio=big, weight_norm=big) for m in moons().network.measures
    )
    picture = DecisionMap(
        low=(-big, -big), high=(big, big), values=np.full((3, 4), 3e38, np.float32), classes=np.zeros((3, 4), int),
        title="answer",
    )  # fmt: skip
    step = structs.replace(moons().step, prediction=np.array([big]), batch_loss=big, inputs=np.array([big, -big]))
    with np.errstate(over="ignore"):
        layer, network = run.layer(), tuple(weight.copy() for weight in run.weights)
    return made_up.changed(
        moons(), losses=structs.replace(moons().losses, batch=run.batch_losses.buckets(), evaluations=run.log.view()),
        layer=layer, weights=network, measures=measures, picture=picture, step=step, data=run.data(), iteration=10**12,
        learning_rate=big, speed=big, target_iterations=10**12,
    )  # fmt: skip


@cache
def one_row() -> Snapshot:
    """One example, one unit, one iteration."""
    x, t = np.array([[0.5]]), np.array([[1.0]])
    run = Run("one row", "sine", x, t, x, t, (1, 1), "mse", batch_size=1, target=1)
    return run.train(1, every=1).snapshot(status=Status.FINISHED)


ALL = (
    moons, overfitting, sine, digits, diverged, glasses, untrained, spiral, embedding, agreement, neuron, huge, one_row,
)  # fmt: skip
"""Every sample, each a function of no arguments."""
