"""Every formula against the code beside it: random numbers, the engine's calls on one side, the tree on the other.

The picture is what the program does.
"""

from __future__ import annotations

import numpy as np
import pytest

from tui_trainer.formulas.printing import BOOK
from tui_trainer.layers import ACTIVATIONS, linear, run
from tui_trainer.losses import LOSSES
from tui_trainer.optimizers import OPTIMIZERS

OUTPUTS = [(name, output) for name, loss in LOSSES.items() for output in loss.outputs]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation(name: str) -> None:
    z = np.random.default_rng(1).normal(0, 3, 200)
    h, d, t = z.copy(), np.empty_like(z), np.empty_like(z)
    run(ACTIVATIONS[name].forward(h, d, t))
    assert [ACTIVATIONS[name].formula.value({"z": float(each)}) for each in z] == pytest.approx(h, abs=1e-12)


def test_a_linear_unit_and_its_blame() -> None:
    random = np.random.default_rng(2)
    weight, a, z = random.normal(size=(9, 4)), np.append(random.normal(size=8), 1.0), np.empty((4, 1))
    run(linear.forward(weight, a[:, None], z))
    for unit in range(4):
        values = {"w": weight[:-1, unit], "a": a[:-1], "b": weight[-1, unit]}
        assert linear.PRE_ACTIVATION.value(values) == pytest.approx(float(z[unit, 0]))
    delta, blame = random.normal(size=4), np.empty((8, 1))
    run([linear.input_gradient(weight, delta[:, None], blame)])
    assert linear.BLAME.value({"w": weight[0], "delta": delta, "slope": 0.5}) == pytest.approx(0.5 * blame[0, 0])


@pytest.mark.parametrize(("name", "output"), OUTPUTS)
def test_a_loss_and_the_prediction_before_it(name: str, output: str) -> None:
    loss, random = LOSSES[name](), np.random.default_rng(3)
    assert BOOK.text(loss.formula)
    for _ in range(50):
        for classes in (3,) if loss.pairs or not loss.serves("classification", 2) else (2, 3):
            if loss.pairs:
                z, y = random.normal(0, 0.7, (2, 2)), np.array([[float(random.integers(2))]])
                d = float(np.hypot(*(z[:, 0] - z[:, 1])))
                values = [{"y": y[0, 0], "d": d, "margin": loss.margin}]
            else:
                targets = random.integers(classes, size=1)
                y = loss.encode(targets, classes, output).T
                if len(y) != loss.output_count(classes):
                    continue
                z = random.normal(0, 2, (len(y), 1))
                values = known(loss, z, y, output)
            value = float(loss.values(z, y, output)[0])
            assert np.mean([loss.formula.value(each) for each in values]) == pytest.approx(value), BOOK.text(
                loss.formula
            )
            answer = loss.answer(z[:, 0], output)
            if answer is not None:
                p = float(loss.predictions(z, output)[:, 0].max())
                assert [side.value() for side in answer.sides] == pytest.approx([p, p])
            filled = loss.filled(z, loss.predictions(z, output)[:, 0], y[:, 0], value)
            assert [v for v in (side.value() for side in filled.sides) if v == v][-1] == pytest.approx(value)


def known(loss, z, y, output) -> list[dict[str, float]]:
    """What the symbols of the loss's formula are, for each of its outputs."""
    p, truth = loss.predictions(z, output)[:, 0], loss.decode(y)[:, 0]
    if loss.output_count(2) == 2:  # a softmax
        return [{"p_true": float(p[truth.argmax()])}]
    return [
        {"p": float(a), "y": float(b), "prediction": float(a), "truth": float(b), "e": float(a - b), "delta": 1.0}
        for a, b in zip(p, truth, strict=True)
    ]


@pytest.mark.parametrize("decays", [True, False])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_with_its_slots_over_several_steps(name: str, decays: bool) -> None:
    optimizer, random, rate = OPTIMIZERS[name](weight_decay=0.1), np.random.default_rng(4), 0.05
    weights, slots = random.normal(size=5), [np.zeros(5) for _ in optimizer.slots]
    g, u = np.empty(5), np.empty(5)
    before = [{f"{slot}_old": 0.0 for slot in optimizer.slots} for _ in range(5)]
    for step in range(1, 8):
        old, g[:] = weights.copy(), random.normal(size=5)
        coefficients = optimizer.coefficients(np.array([rate]), np.array([step - 1.0]))[0]
        run(optimizer.update(g, u, slots, [np.array(c) for c in coefficients]))
        weights = old + u - (rate * 0.1 * old if decays else 0)
        for i in range(5):
            values = optimizer.values([float(slot[i]) for slot in slots], step, float(g[i]))
            # The tree alone, from what the slots were and the gradient …
            recomputed = {**values, **before[i]}
            for symbol, recipe in optimizer.memory.items():
                recomputed[symbol.name] = recipe.value(recomputed)
            recomputed |= {"old": float(old[i]), "learning_rate": rate}
            _, new = optimizer.rule(decays=decays).sides
            assert new.value(recomputed) == pytest.approx(float(weights[i]))
            # … and what the screen takes for it.
            for symbol in optimizer.memory:
                assert values[symbol.name] == pytest.approx(recomputed[symbol.name])
            assert {key: values[key] for key in before[i]} == pytest.approx(before[i], rel=1e-6, abs=1e-9)
            before[i] = {f"{slot}_old": values[slot] for slot in optimizer.slots}
