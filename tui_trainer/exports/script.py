"""The parts that the NumPy and the PyTorch script of a run share: data, starting weights, mini-batches, masks, learning
rates.

Both scripts need no tui-trainer. NumPy draws everything that is random in both, at the addresses of `randomness`, so
they give the losses of the run. Of what a person has changed on the way they know the learning rate and weights; where
more was changed, they train with the settings in force, from the start.
"""

from __future__ import annotations

import base64
import io
import math
import re
from collections.abc import Callable
from textwrap import dedent, indent, wrap
from typing import Any

import msgspec
import numpy as np

from tui_trainer.exports.format import ExportError, Source
from tui_trainer.exports.script_changes import are_made_again, journal_of, rates_by_hand, weights_by_hand
from tui_trainer.exports.script_draws import BALANCED_ORDERS, MIRROR, MOVED, ORDERS, PAIRS
from tui_trainer.losses import Loss
from tui_trainer.optimizers import Schedule
from tui_trainer.randomness import Purpose
from tui_trainer.training import Trainer
from tui_trainer.training.summary import summary

DEVIATIONS = {
    "he": "(2 / inputs) ** 0.5",
    "xavier": "(2 / (inputs + units)) ** 0.5",
    "lecun": "(1 / inputs) ** 0.5",
    "normal": "1.0",
}
"""Initializer → the standard deviation of its draws."""

SCHEDULES: dict[str, Callable[[Any], str]] = {
    "constant": lambda each: "1.0",
    "step": lambda each: f"{each.gamma} ** min(int(share * {each.steps}), {each.steps - 1})",
    "exponential": lambda each: f"{each.end} ** share",
    "cosine": lambda each: f"{each.end} + (1 - {each.end}) * 0.5 * (1 + math.cos(math.pi * share))",
    "linear": lambda each: f"1 + {each.end - 1} * share",
}
"""Schedule → its factor on the base rate, given the completed `share` of the run."""


class Script:
    """The parts of a script as source text, for the experiment in force."""

    def __init__(self, source: Source) -> None:
        """Raises `ExportError` for an experiment that no script is written for."""
        experiment = source.experiment
        self.experiment, self.trainer = experiment, Trainer(experiment)
        self.feed, self.order = self.trainer.feed, self.trainer.feed.order
        self.pairs = experiment.loss.pairs
        """Whether the loss compares two examples."""
        self.dtype = experiment.network.dtype
        self.remark, self.is_other_run = remark(source), not are_made_again(journal_of(source))
        self.by_hand, self._rates_by_hand = weights_by_hand(source), rates_by_hand(source)
        self.arm = source.arm
        self.loss, self.optimizer = tag(experiment.loss), tag(experiment.optimizer)

    def text(self, library: str, imports: str, *own: str) -> bytes:
        """The whole script. `own`: the parts that only a script in this library has, the training loop last."""
        parts = [
            self._opening(library, imports),
            self.start,
            self.rates,
            self.batches,
            self.masks,
            self.moved,
            self.noise,
            self.by_hand,
            *own,
            self.data,
            'if __name__ == "__main__":\n    train()\n',
        ]
        return "\n\n\n".join(filter(None, parts)).encode()

    def _opening(self, library: str, imports: str) -> str:
        """Docstring, imports and sizes."""
        title = ", ".join(filter(None, (self.experiment.title, self.arm)))
        words = f"{harmless(title)}, in {library}: {harmless(summary(self.trainer))}."
        calm = " as long as the run is calm" if self.dtype == "float32" else ""
        claim = "but the losses are not" if self.is_other_run else "so that the losses are"
        note = (
            f"Written by tui-trainer: {self.remark}. All random numbers are NumPy's, {claim} those of its run"
            f"{'' if self.is_other_run else calm}."
        )
        cached = "\nfrom functools import cache" if self._shuffles else ""
        sizes = ", ".join(map(str, self.trainer.network.sizes))
        count = "PAIRS" if self.pairs else "EXAMPLES"
        return "\n".join(
            [
                '"""' + "\n".join(wrap(words, 118)) + "\n\n" + "\n".join(wrap(note, 118)) + '\n"""\n',
                f"import base64\nimport io\nimport math{cached}\n\n{imports}\n",
                f"SIZES = [{sizes}]  # inputs, units of each hidden layer, outputs",
                f"ITERATIONS, {count}, BATCH = {self.trainer.target}, {self.order.count}, {self.order.batch}",
                f"EVALUATIONS = {self._evaluations}",
                *self._recipe,
            ]
        )

    @property
    def _recipe(self) -> list[str]:
        """What new rows of a person's table need besides the weights."""
        data = self.trainer.data
        if data.recipe is None:
            return []
        return [
            "\n# A row of the table becomes inputs by this recipe: columns, categories, stand-ins for missing values.",
            "# The network sees (inputs - MEAN) / SCALE.",
            f"RECIPE = {msgspec.json.encode(data.recipe).decode()!a}",
            f"MEAN = {data.preparation.mean.tolist()}",
            f"SCALE = {data.preparation.scale.tolist()}",
        ]

    @property
    def start(self) -> str:
        """The source of a function that returns the starting weights and biases."""
        network = self.experiment.network
        seed = self.experiment.training.seed if network.seed is None else network.seed
        if network.weights is not None:
            rows = ",\n".join(
                f"        np.array({np.asarray(part).tolist()}, {self.dtype!r})"
                for layer in network.weights
                for part in layer
            )
            body = f"return [\n{rows},\n    ]"
            return (
                f'def start():\n    """Weights (inputs, units) and biases (units,), layer after layer."""\n    {body}'
            )
        if network.starting_scheme in DEVIATIONS:
            gain = "" if network.gain == 1 else f"{network.gain} * "
            draw = f"np.random.default_rng([{seed}, {Purpose.WEIGHTS:d}, 1, layer]).standard_normal((inputs, units))"
            weight = f"{gain}{DEVIATIONS[network.starting_scheme]} * {draw}"
        elif network.starting_scheme in ("zeros", "constant"):
            weight = f"np.full((inputs, units), {network.gain if network.starting_scheme == 'constant' else 0.0})"
        else:
            raise ExportError(f"no script is written for the initializer {network.starting_scheme}")
        biases = (
            f"np.full(units, {network.bias_init} if layer < len(SIZES) - 2 else 0.0)"
            if network.bias_init
            else "np.zeros(units)"
        )
        return dedent(f'''\
            def start():
                """Weights (inputs, units) and biases (units,), layer after layer."""
                parameters = []
                for layer, (inputs, units) in enumerate(zip(SIZES, SIZES[1:])):
                    weight = {weight}
                    parameters += [weight.astype("{self.dtype}"), {biases}.astype("{self.dtype}")]
                return parameters''')

    @property
    def rates(self) -> str:
        """The source of a function that returns the learning rate of an iteration."""
        schedule, base, table = self.experiment.schedule, str(self.experiment.optimizer.learning_rate), ""
        if self._rates_by_hand:
            table = f"RATES = {self._rates_by_hand}  # iteration: base rate from there on, changed by hand\n\n\n"
            base = "RATES[max(at for at in RATES if at <= iteration)]"
        warmed = f" * min((iteration + 1) / {schedule.warmup}, 1)" if schedule.warmup else ""
        if tag(schedule) == "one_cycle":
            lines = _one_cycle(schedule, self.trainer.target)
        elif tag(schedule) in SCHEDULES:
            share = [] if tag(schedule) == "constant" else ["share = min(iteration / ITERATIONS, 1)"]
            lines = [*share, f"factor = {SCHEDULES[tag(schedule)](schedule)}"]
        else:
            raise ExportError(f"no script is written for the schedule {tag(schedule)}")
        if lines == ["factor = 1.0"]:
            return f"{table}def learning_rate(iteration):\n    return {base}{warmed}"
        return (
            f"{table}def learning_rate(iteration):\n"
            + indent("\n".join(lines), "    ")
            + f"\n    return {base} * factor{warmed}"
        )

    @property
    def batches(self) -> str:
        """The source of a generator of mini-batches, each as the numbers of its examples."""
        order = self.order
        if self.pairs:
            last = "PAIRS - BATCH + 1" if order.drop_last else "PAIRS"
            return PAIRS.format(rows=self.feed.rows, seed=self._drawn_for(Purpose.PAIRS, "count"), last=last)
        if not self._shuffles:
            draw, source = "", "np.arange(EXAMPLES)"
        else:
            group = max(1, 8192 // order.count)
            seed = f"[{self.experiment.training.seed}, {Purpose.SHUFFLE:d}, 1, group]"
            draw = BALANCED_ORDERS if order.classes is not None else ORDERS
            draw = draw.format(group=group, seed=seed) + "\n\n\n"
            source = f"orders(epoch // {group})[epoch % {group}]"
        if order.takes_all(order.batch):
            all_of_them = '"""All examples, again and again."""'
            return f"def batches():\n    {all_of_them}\n    while True:\n        yield np.arange(EXAMPLES)"
        last = "EXAMPLES - BATCH + 1" if order.drop_last else "EXAMPLES"
        return draw + dedent(f'''\
            def batches():
                """The numbers of the examples of one mini-batch after the other, epoch after epoch."""
                epoch = 0
                while True:
                    order = {source}
                    for first in range(0, {last}, BATCH):
                        yield order[first : first + BATCH]
                    epoch += 1''')

    @property
    def _shuffles(self) -> bool:
        return self.order.shuffle and not self.order.takes_all(self.order.batch)

    @property
    def masks(self) -> str:
        """The source of a function that returns the dropout masks of an iteration; "" without dropout."""
        rates = self.experiment.network.dropout_rates
        if not any(rates):
            return ""
        rows, seed = self.feed.rows, self._drawn_for(Purpose.DROPOUT, f"layer, {self._size_of('batch')}")
        kept = [max(1, round((1 - rate) * 65536)) for rate in rates]
        return dedent(f'''\
            KEPT = {kept}  # of 65,536, the share of units that dropout keeps in each hidden layer


            def masks(iteration, batch):
                """For each hidden layer (batch, units): 0 for a silenced unit, 1 / share kept for the others."""
                drawn = []
                for layer, (units, kept) in enumerate(zip(SIZES[1:-1], KEPT)):
                    block, row = divmod(iteration, {rows})
                    random = np.random.default_rng({seed})
                    size = units * batch
                    draws = random.bit_generator.random_raw(-(-(row + 1) * size // 4)).view(np.uint16)
                    draws = draws[row * size : (row + 1) * size].reshape(units, batch).T
                    drawn.append((draws < kept) * np.{self.dtype}(65536 / kept))
                return drawn''')

    @property
    def noise(self) -> str:
        """The source of a function that returns the noise on the inputs of an iteration; "" without noise."""
        deviation = self.experiment.training.input_noise
        if not deviation:
            return ""
        seed = self._drawn_for(Purpose.INPUT_NOISE, self._size_of("batch"))
        return dedent(f'''\
            def noise(iteration, batch):
                """Fresh noise on the inputs, (batch, inputs)."""
                block, row = divmod(iteration, {self.feed.rows})
                random = np.random.default_rng({seed})
                drawn = random.standard_normal(({self.feed.rows}, batch, SIZES[0]))[row]
                return ({deviation} * drawn).astype("{self.dtype}")''')

    @property
    def moved(self) -> str:
        """The source of a function that moves the images of an iteration; "" if they stay as they are."""
        training, shape = self.experiment.training, self.feed.image_shape
        if not (shape and (training.shift or training.rotate or training.flip)):
            return ""
        words = [
            *([f"shifted by at most {training.shift:g} pixels"] if training.shift else []),
            *([f"rotated by at most {training.rotate:g}°"] if training.rotate else []),
            *(["half of them mirrored"] if training.flip else []),
        ]
        return MOVED.format(
            words=", ".join(words),
            shape=shape,
            rows=self.feed.rows,
            seed=self._drawn_for(Purpose.AUGMENTATION, self._size_of("len(images)")),
            shift=training.shift,
            angle=math.radians(training.rotate),
            mirror=MIRROR if training.flip else "",
        )

    def _drawn_for(self, purpose: Purpose, address: str) -> str:
        """The seed of a draw as source text, addressed by `block` and by the expression `address`."""
        parts = address.count(",") + 2
        return f"[{self.experiment.training.seed}, {purpose:d}, {parts}, block, {address}]"

    def _size_of(self, examples: str) -> str:
        """The size of a mini-batch, given how many examples it has."""
        return f"{examples} // 2" if self.pairs else examples

    @property
    def data(self) -> str:
        """The source of a function that returns the data, ready for the network."""
        trainer, preparation = self.trainer, self.trainer.data.preparation
        sets = {"x": trainer.train_set, "x_validation": trainer.validation_set}
        arrays: dict[str, Any] = {}
        for name, each in sets.items():
            arrays[name] = each.inputs
            is_class = self.loss == "cross_entropy" or self.pairs
            targets = each.labels.astype(np.int64) if is_class else self.experiment.loss.decode(each.targets).T
            arrays[name.replace("x", "y", 1)] = targets if is_class else targets.astype(self.dtype)
        archive = io.BytesIO()
        np.savez_compressed(archive, allow_pickle=False, **arrays)
        text = base64.b85encode(archive.getvalue()).decode()
        lines = "\n".join(f'        "{text[at : at + 110]}"' for at in range(0, len(text), 110))
        names = ", ".join(map(harmless, preparation.names[:12])) + (", …" if len(preparation.names) > 12 else "")
        standard = ", standardised" if preparation.standardizes else ""
        scales = (
            f"\n    # Standardised with mean {_short(preparation.mean)} and scale {_short(preparation.scale)}."
            if standard
            else ""
        )
        return (
            f'def data():\n    """Inputs ({names}{standard}) and targets: training, then validation."""{scales}\n'
            f"    text = (\n{lines}\n    )\n    arrays = np.load(io.BytesIO(base64.b85decode(text)))\n"
            '    return [arrays[name] for name in ("x", "y", "x_validation", "y_validation")]'
        )

    @property
    def stopping(self) -> tuple[str, str]:
        """Early stopping as source text: the lines before the loop, and the lines at an evaluation; "" without it."""
        rule = self.experiment.training.early_stopping
        if rule is None or not len(self.trainer.validation_set):
            return "", ""
        restored = ("            restore(best)\n" if rule.restore_best else "") + "            break"
        return "lowest, to_beat, since, best = math.inf, math.inf, 0, None", (
            "if validation < lowest:\n"
            "    lowest, best = validation, copy()\n"
            f"if validation < to_beat{f' - {rule.min_delta}' if rule.min_delta else ''}:\n"
            "    to_beat, since = validation, iteration\n"
            f"elif iteration - since >= {rule.patience}:  # stopped early" + "\n" + indent(dedent(restored), "    ")
        )

    @property
    def _evaluations(self) -> str:
        schedule, target = self.feed.evaluations, self.trainer.target
        if schedule.every is not None or target <= 1000:
            every = schedule.distance(0)
            return f"{{*range(0, ITERATIONS, {every}), ITERATIONS}}"
        at, found = 0, [0]
        while at < target:
            at = schedule.following(at)
            found.append(at)
        return "{\n" + indent("\n".join(wrap(", ".join(map(str, found)), 110)), "    ") + ",\n}"


def remark(source: Source) -> str:
    """How far a script trains, which does not depend on the moment, and whether it leaves out what a person has
    changed."""
    experiment = source.experiment
    at_most = " at most" if experiment.training.early_stopping is not None else ""
    words = f"it trains from the start to iteration {Trainer(experiment).target:,}{at_most}"
    if not (journal := journal_of(source)):
        return words
    if are_made_again(journal):
        return f"{words}, and what was changed by hand up to iteration {source.snapshot.iteration:,} is in it"
    return (
        f"{words} with the settings at iteration {source.snapshot.iteration:,}, "
        "and what was changed by hand on the way is not in it"
    )


def tag(struct: Loss | Schedule | Any) -> str:
    """The name of an item in its registry."""
    return str(struct.__struct_config__.tag)


def harmless(text: str) -> str:
    """The text made safe for a docstring or a comment, so that it cannot end either."""
    return re.sub(r"[^\w ·:,.+−()/-]", " ", text)


def known(table: dict[str, Any], name: str, kind: str) -> Any:
    """The entry of `name` in a table of a script. Raises `ExportError` if there is none."""
    if name not in table:
        raise ExportError(f"no script is written for the {kind} {name}")
    return table[name]


def _one_cycle(schedule: Any, target: int) -> list[str]:
    start, end = 1 / schedule.divide, 1 / (schedule.divide * 1e4)
    return [
        f"top, last = {schedule.rise * target - 1}, ITERATIONS - 1",
        "now = min(iteration, last)",
        f"up = {start} + {1 - start} * 0.5 * (1 - math.cos(math.pi * now / max(top, 1e-9)))",
        f"down = {end} + {1 - end} * 0.5 * (1 + math.cos(math.pi * max(now - top, 0) / max(last - top, 1e-9)))",
        "factor = up if now <= top else down",
    ]


def _short(numbers: Any) -> str:
    return "[" + ", ".join(f"{number:.6g}" for number in numbers[:12]) + (", …]" if len(numbers) > 12 else "]")
