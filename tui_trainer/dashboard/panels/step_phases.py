"""The lines of the four phases about one example and one weight, with the numbers filled in."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tui_trainer.arrays import Floats
from tui_trainer.dashboard.gradient_check_words import check_wordings
from tui_trainer.dashboard.panels.step_line import Line, in_ascii, number
from tui_trainer.drawing.charts.numbers import compact, count, plain
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.formulas.digits import rough_digits
from tui_trainer.formulas.expressions import Equation, Number, Symbol
from tui_trainer.formulas.printing import BOOK, Printer
from tui_trainer.telemetry import Autopsy, Phase, Snapshot, StepView, WeightStep
from tui_trainer.wording import percent

_GLOSSES = {
    Phase.FORWARD: "The example goes through all layers, with the weights as they are.",
    Phase.LOSS: "How wrong the guess is, as one number.",
    Phase.BACKWARD: "How much each weight has to do with it: back through the layers, by the chain rule.",
    Phase.UPDATE: "Every weight takes a step against its share of the blame.",
}
"""The purpose of each phase, in a sentence."""


def short_name(weight: WeightStep) -> str:
    """L1 w[2→4]."""
    return f"L{weight.layer + 1} {weight.name.partition(' ')[0]}"


def lines(snapshot: Snapshot, step: StepView, printer: Printer = BOOK) -> Iterator[Line]:
    """All lines, phase by phase."""
    for line in _by_phase(snapshot, step, printer):
        yield in_ascii(line) if printer.ascii else line


def _by_phase(snapshot: Snapshot, step: StepView, printer: Printer) -> Iterator[Line]:
    if snapshot.autopsy is not None:
        yield Line(Phase.FORWARD, _whose_numbers(snapshot, snapshot.autopsy))
    for phase, said in zip(Phase, (_guess, _measure, _blame, _fix), strict=True):
        if snapshot.phase is not None and phase > snapshot.phase:
            yield _to_come(phase, step, printer)
            continue
        if snapshot.autopsy is not None and snapshot.autopsy.phase is phase:
            found = snapshot.autopsy
            tensor = f"{found.tensor} of {found.layer}" if found.layer else found.tensor
            broke = f"✗ iteration {count(found.iteration + 1)} broke here"
            wordings = Wordings(
                f"{broke}: {tensor} ({found.operation})", f"{broke}: {tensor}", broke, f"✗ {tensor}", "✗ broke here"
            )
            yield Line(phase, wordings, broken=True)
        yield Line(phase, Wordings(_GLOSSES[phase]), detail=3)
        yield from said(snapshot, step, printer)


def _whose_numbers(snapshot: Snapshot, found: Autopsy) -> Wordings:
    """The iteration whose numbers a diverged run shows: the last complete one, before the one that broke."""
    these = f"numbers of iteration {count(snapshot.iteration)}"
    if found.iteration < snapshot.iteration:
        return Wordings(f"{these}, which broke", these)
    last = f"iteration {count(snapshot.iteration)}"
    return Wordings(f"{these}, the last finite", f"of {last}, the last finite", f"{last}, finite", last)


def _to_come(phase: Phase, step: StepView, printer: Printer) -> Line:
    """What a phase will compute; its numbers do not exist yet."""
    weight = step.weight
    wordings = {
        Phase.LOSS: Wordings(f"loss = {printer.text(step.formula)}", printer.text(step.formula)),
        Phase.BACKWARD: Wordings(
            f"{weight.name}: blame ∂loss/∂w = input a × error δ",
            "blame = input a × error δ",
            "input a × error δ",
            "blame = a × δ",
            "a × δ",
        ),
        Phase.UPDATE: _rule_wordings(weight.rule, printer),
    }[phase]
    return Line(phase, wordings)


def _guess(snapshot: Snapshot, step: StepView, printer: Printer) -> Iterator[Line]:
    phase, weight = Phase.FORWARD, step.weight
    yield Line(phase, _pair(step, step.partner) if step.partner is not None else _prediction(snapshot, step, printer))
    marked = weight.source if weight.layer == 0 else None
    if len(step.inputs) > 1:
        names = "inputs" if len(step.inputs) > 3 else " ".join(step.input_names)
        yield Line(phase, Wordings(names, "inputs"), detail=3, vector=step.inputs, marked=marked)
    last = len(step.layers) - 1
    for index, layer in enumerate(step.layers):
        unit = weight.unit if weight.layer == index else None
        detail = 1 if index == last else 2
        if index == last or layer.activation_name != "linear" or layer.dropped is not None:
            # The first layer says what z is, and so does the last one, which is often the only one with room.
            said = (f"{layer.name} sum z", f"L{index + 1} sum z") if index in (0, last) else ()
            name = Wordings(*said, f"{layer.name} z")
            yield Line(phase, name, detail=detail, vector=layer.pre_activation, marked=unit)
        if index < last:
            dropped = f", {int(layer.dropped.sum())} dropped" if layer.dropped is not None else ""
            source = weight.source if weight.layer == index + 1 else None
            activated = f"{layer.name} {layer.activation_name}"
            named = Wordings(
                f"{activated}{dropped}", activated, f"L{index + 1} {layer.activation_name}", f"{layer.name} a"
            )
            yield Line(phase, named, detail=1, vector=layer.activation, marked=source, dropped=layer.dropped)
            if layer.dropped is not None:
                yield Line(phase, _dropout(layer.dropped, layer.kept_scale), detail=2)
    yield from _unit_of(weight, printer)
    if step.answer:
        best = int(np.argmax(step.prediction))
        of = f" of {step.output_names[best]}" if len(step.prediction) > 1 else ""
        yield Line(phase, Wordings(f"p{of} = {{}}", "p = {}"), equation=step.answer, detail=2)
    if len(step.prediction) > 1 and snapshot.data is not None and snapshot.data.task == "classification":
        # Several outputs add up to 1 only as a softmax, which has an equation.
        of_all = "probabilities" if step.answer else "answers"
        yield Line(phase, Wordings(of_all, "p"), detail=2, vector=step.prediction)


def _unit_of(weight: WeightStep, printer: Printer) -> Iterator[Line]:
    """The equations of z and a of the followed weight's unit."""
    layer, unit = weight.layer + 1, weight.unit + 1
    of = f"of unit {unit} of layer {layer}"
    wordings = Wordings(
        f"sum z {of} = Σ weight w × input a + bias b = {{}}",
        f"z {of} = Σ w × a + b = {{}}",
        f"L{layer} z[{unit}] = {{}}",
    )
    yield Line(Phase.FORWARD, wordings, equation=weight.pre_activation, digits=3, detail=2)
    if weight.activation is not None:
        formula, filled = weight.activation
        wordings = Wordings(
            f"output a {of} = {printer.text(formula)} = {{}}",
            f"a {of} = {printer.text(formula)} = {{}}",
            f"L{layer} a[{unit}] = {{}}",
        )
        yield Line(Phase.FORWARD, wordings, equation=filled, digits=3, detail=3)


def _dropout(dropped: NDArray[np.bool_], scale: float) -> Wordings:
    """The number of units silenced, and the scale of the others (inverted dropout)."""
    silent, kept = f"{dropped.sum()} of {len(dropped)} units", f"× {plain(scale, 3)}"
    return Wordings(
        f"dropout: {silent} silent, the others {kept} = 1 / (1 − {plain(1 - 1 / scale, 3)})",
        f"dropout: {silent}, others {kept}",
        f"others {kept}",
    )


def _measure(snapshot: Snapshot, step: StepView, printer: Printer) -> Iterator[Line]:
    phase = Phase.LOSS
    formula = printer.text(step.formula)
    yield Line(phase, Wordings(f"loss = {formula}", formula), detail=2)
    yield Line(phase, Wordings("loss {}", "{}"), equation=step.filled)
    size, mean = step.batch_size, step.batch_loss
    wordings = Wordings("mean of the batch: sum {}", "batch: {}")
    yield Line(phase, wordings, equation=(Number(mean * size) / size).equals(mean), digits=3, detail=1)


def _blame(snapshot: Snapshot, step: StepView, printer: Printer) -> Iterator[Line]:
    phase, weight = Phase.BACKWARD, step.weight
    flow = Wordings(
        "the error δ of a unit is ∂loss/∂z, how fast the loss changes with its sum: from the last layer to the first",
        "error δ = ∂loss/∂z: how fast the loss changes with the sum z",
        "δ = ∂loss/∂z, from the last layer back to the first",
    )
    yield Line(phase, flow, detail=3)
    for index, layer in reversed(list(enumerate(step.layers))):
        unit = weight.unit if weight.layer == index else None
        norm = f"{layer.name} |g| {compact(layer.gradient_norm)}"
        wordings = Wordings(f"{norm} δ", f"{layer.name} δ")
        if index == len(step.layers) - 1:
            wordings = Wordings(f"{norm} error δ", f"{layer.name} error δ", f"L{index + 1} error δ", f"{layer.name} δ")
        yield Line(phase, wordings, detail=2, vector=layer.delta, marked=unit)
    if step.error:
        error = Wordings(
            f"error δ of layer {len(step.layers)} = prediction p − truth y = {{}}",
            f"δ of layer {len(step.layers)} = prediction p − truth y = {{}}",
            f"δ of layer {len(step.layers)} = p − y = {{}}",
            "δ = p − y = {}",
            "δ = {}",
        )
        yield Line(phase, error, equation=step.error, digits=3, detail=2)
    if weight.blame:
        chain = Wordings(
            "δ of its unit = (Σ w × δ of the next layer) × slope = {}", "δ = (Σ w × δ) × slope = {}", "δ = {}"
        )
        yield Line(phase, chain, equation=weight.blame, digits=3, detail=2)
    short = short_name(weight)
    product = Number(weight.input, word="input") * Number(weight.delta, word="error")
    rule = f"{weight.name}: ∂loss/∂w = ∂z/∂w × ∂loss/∂z = a × δ"
    yield Line(phase, Wordings(f"{rule}, how fast the loss changes with the weight", rule), detail=3)
    yield Line(
        phase,
        Wordings(
            f"{weight.name}: blame = a × δ = {{}} for this example",
            f"{weight.name}: blame = {{}}",
            f"{short}: blame = {{}}",
            "blame = {}",
            f"{short}: {{}}",
            "{}",
        ),
        equation=product.equals(weight.example_gradient),
        digits=3,
    )
    mean = f"mean over the batch of {step.batch_size}"
    if weight.penalised:
        penalties = Wordings(f"{mean} and the penalties: gradient {{}}", "gradient with penalties {}", "gradient {}")
        yield Line(phase, penalties, equation=weight.penalised, detail=1)
    else:
        gradient = f"gradient {number(weight.gradient, 3)}"
        without = Wordings(f"{mean}: {gradient}", f"mean of {step.batch_size}: {gradient}", gradient)
        yield Line(phase, without, detail=1)
    if snapshot.control is not None and snapshot.control.gradient_check is not None:
        yield Line(phase, check_wordings(snapshot.control.gradient_check), detail=1)


def _fix(snapshot: Snapshot, step: StepView, printer: Printer) -> Iterator[Line]:
    phase, weight = Phase.UPDATE, step.weight
    for done in weight.clipping:
        yield Line(phase, Wordings("gradient clipped: {}", "clipped: {}"), equation=done)
    yield Line(phase, _rule_wordings(weight.rule, printer), detail=1)
    if weight.values:
        fewest = _digits_that_differ(weight.new, weight.update)
        yield Line(
            phase, Wordings("{}"), equation=weight.rule.filled(weight.values), digits=max(fewest + 1, 4), fewest=fewest
        )
    else:
        yield Line(phase, Wordings(f"{weight.name} is still {number(weight.old, 3)}", f"still {number(weight.old, 3)}"))
    if weight.by_hand is not None:
        value = number(weight.by_hand, 4)
        yield Line(phase, Wordings(f"changed by hand to {value}", f"by hand {value}"))
    if weight.values and weight.memory:
        pairs = [f"{printer.text(symbol)}={number(weight.values[symbol.name], 2)}" for symbol in weight.memory]
        yield Line(phase, Wordings(" ".join(pairs)), detail=1, until=2)
        for symbol, recipe in weight.memory.items():
            rule = printer.text(symbol.equals(recipe))
            wordings = Wordings(f"{rule} = {{}}", f"{printer.text(symbol)} = {{}}")
            if symbol.meaning:
                named = f"{symbol.meaning} {printer.text(symbol)} = {{}}"
                wordings = Wordings(f"{symbol.meaning} {rule} = {{}}", named, *wordings)
            numbers = recipe.comes_to(weight.values[symbol.name], weight.values)
            yield Line(phase, wordings, equation=numbers, digits=3, detail=2)


def _digits_that_differ(value: float, change: float) -> int:
    """The significant digits of `value` that show a change of this size: 3 to 7, the digits of a float32."""
    if not (value and change and math.isfinite(value) and math.isfinite(change)):
        return 3
    return min(max(math.floor(math.log10(abs(value))) - math.floor(math.log10(abs(change))) + 1, 3), 7)


_LR, _DECAY = Symbol("lr"), Symbol("decay")
_FORM = Symbol("new").equals(Symbol("old") - _LR * Symbol("direction"))


def _rule_wordings(rule: Equation, printer: Printer) -> Wordings:
    """The update rule; last only its form."""
    short = rule.filled({"learning_rate": _LR})
    shorter = short.filled({"weight_decay": _DECAY})
    texts = [printer.text(each) for each in (rule, short, shorter, _FORM)]
    return Wordings(*texts[:3], min(texts[2:], key=len))


def _vector(values: Floats, shown: int) -> str:
    """ "(0.55, 0.48)", or the first numbers and their count."""
    if len(values) <= 3:
        return "(" + ", ".join(number(float(v), 2) for v in values) + ")"
    return "(" + ", ".join(number(float(v), 2) for v in values[:shown]) + f", … {len(values)} in all)"


def _pair(step: StepView, partner: Floats) -> Wordings:
    """The two points of a pair, and whether they belong together."""
    belong = "together" if step.target[0] > 0.5 else "apart"
    left, right = _vector(step.prediction, 2), _vector(partner, 2)
    rough = " ".join(f"({x:.2f} {y:.2f})".replace("-", "−") for x, y in (step.prediction, partner))
    return Wordings(
        f"x = {_vector(step.inputs, 2)} → {left}, its partner → {right}: they belong {belong}",
        f"{left} and {right}: {belong}",
        f"{rough} {belong}",
    )


def _prediction(snapshot: Snapshot, step: StepView, printer: Printer) -> Wordings:
    """Example, prediction and truth."""
    inputs, (prediction, full) = _vector(step.inputs, 2), _prediction_words(snapshot, step, printer)
    return Wordings(
        f"x = {inputs} → {full}", f"x = {inputs} → {prediction}", f"{inputs} → {prediction}", f"→ {prediction}"
    )


def _one_prediction(step: StepView, printer: Printer) -> str:
    """ "0.832", but "1 − 2e-6" and "3e-49" where two digits would give 1 or 0."""
    p = float(step.prediction[0])
    if 0.01 < p < 0.99 or step.answer is None:
        return number(p, 3)
    return rough_digits(Equation(step.answer.sides[-1:]), 2).text(printer)


def _prediction_words(snapshot: Snapshot, step: StepView, printer: Printer) -> tuple[str, str]:
    """The prediction and the truth, without and with the name of the class."""
    data = snapshot.data
    names = data.class_names if data is not None and data.task == "classification" else ()
    if len(step.prediction) == 1:
        truth = float(step.target[0])
        text = f"{_one_prediction(step, printer)}, truth {plain(truth, 3)}"
        known = len(names) == 2 and truth in (0.0, 1.0)
        return text, f"{text} ({names[int(truth)]})" if known else text
    guess, truth_class = int(np.argmax(step.prediction)), int(np.argmax(step.target))
    best = float(step.prediction[guess])
    said = percent(best) if step.answer else compact(best, 2)
    text = f"{step.output_names[guess]} ({said}), truth {step.output_names[truth_class]}"
    return text, text
