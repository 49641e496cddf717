"""The training loop: synchronous, without threads, repeatable to the bit on one kind of processor.

    guess → measure → blame → fix, repeat

`Trainer(experiment).run(iterations)` trains a network. The loop itself is `_run_rows`; everything else keeps count.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sized
from functools import partial

import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from tui_trainer.arrays import Array
from tui_trainer.blas import one_thread
from tui_trainer.datasets import make
from tui_trainer.experiment.experiment import Experiment
from tui_trainer.instruments.instrument import Moment, Step
from tui_trainer.layers import run
from tui_trainer.telemetry import Evaluation, EvaluationLog, Losses, Phase, Status
from tui_trainer.training.curves import Curves
from tui_trainer.training.early_stopping import EarlyStop
from tui_trainer.training.evaluation import evaluation_of
from tui_trainer.training.feed import Feed
from tui_trainer.training.iteration_block import Block, Source
from tui_trainer.training.order import Position
from tui_trainer.training.plan import Plan
from tui_trainer.training.probe import Probe, Probes
from tui_trainer.training.remembered import Remembered
from tui_trainer.training.setup import make_evaluation_sets, make_network, starting_parameters
from tui_trainer.training.state import Keyframe, Vectors
from tui_trainer.training.steady import SteadyProbe

ANCHOR_EVERY = 64
"""Iterations between copies of the state. A run that finds a non-finite loss too late returns to the last of them."""


class Trainer:
    """One network in training. `iteration` is the number of completed updates, from 0."""

    def __init__(self, experiment: Experiment, on_evaluation: Callable[[Evaluation], None] = lambda _: None) -> None:
        """Makes the data and the network of `experiment`, and evaluates it once: `on_evaluation` is called with that
        and every later evaluation. Raises `SettingError`."""
        self.experiment = experiment
        self.network = make_network(experiment)
        self._steady: SteadyProbe | None = None
        self._take_data(experiment)
        self.vectors = Vectors(starting_parameters(experiment, self.network), experiment.optimizer)
        self.iteration = self.optimizer_start = 0
        self.phase: Phase | None = None
        """The last phase completed of an open iteration; None between iterations."""
        self.status = Status.PAUSED
        """FINISHED, STOPPED_EARLY or DIVERGED after the end was reached, PAUSED otherwise."""
        self.curves, self.early_stop, self.elapsed = Curves(), EarlyStop(), 0.0
        self.on_losses: Callable[[NDArray[np.float64]], None] = lambda losses: None
        """Called with the batch losses of every stretch of new iterations."""
        self.on_evaluation, self._probes = on_evaluation, Probes(self.network)
        self.feed = self._make_feed(Position(), before=None)
        # The gradient of the first iteration, so that the evaluation at 0 has one to measure.
        self.vectors.gradient[:] = self.first_gradient()
        self.evaluate()
        self._anchor = self.keyframe()

    # Reading.

    @property
    def parameters(self) -> list[tuple[Array, Array]]:
        """For each layer its weights (inputs, units) and biases (units,): views of the live numbers."""
        return [(view[:-1], view[-1]) for view in self.network.views(self.vectors.parameters)]

    @property
    def losses(self) -> Losses:
        """The curves so far, copied."""
        return self.curves.losses()

    @property
    def evaluations(self) -> EvaluationLog:
        """All evaluations so far."""
        return self.curves.evaluations

    @property
    def epoch(self) -> int:
        """Epochs completed."""
        return self.feed.order.position(self.iteration).epoch

    @property
    def learning_rate(self) -> float:
        """In force for the next update, the schedule included."""
        return float(self.feed.rates(np.array([self.iteration]))[0])

    @property
    def target(self) -> int:
        """Iterations after which the run is finished."""
        return self.feed.target

    def predict(self, inputs: NDArray[np.float64]) -> Array:
        """Predictions (examples, outputs) for raw inputs (examples, columns): probabilities, or values."""
        prepared = self.data.preparation.prepare(np.asarray(inputs, dtype=np.float64))
        z = self.network.outputs(self.vectors.parameters, prepared.astype(self.network.dtype))
        return self.experiment.loss.predictions(z, self.experiment.network.output).T

    # Training.

    def run(self, iterations: int | None = None, waiting: Sized = ()) -> Status:
        """Run `iterations` more updates, beyond the target too, or up to the target if None.

        Returns earlier if training ends, or if another thread puts something into `waiting`: then at the end of the
        present iteration. An open iteration is completed first, and counts. Returns why training stopped: PAUSED,
        FINISHED (exactly at the target), STOPPED_EARLY or DIVERGED. A diverged run cannot continue.
        """
        stop = self.target if iterations is None else self.iteration + iterations
        if self.status is not Status.DIVERGED and self.iteration < stop:
            self.status = Status.PAUSED
        started = time.perf_counter()
        with one_thread():
            while self.iteration < stop and self.status is Status.PAUSED:
                if self.phase is None:
                    self._run_span(min(stop, self.feed.evaluations.following(self.iteration)), waiting)
                else:
                    self.step_phase()
                if waiting and self.phase is None:
                    break
        self.elapsed += time.perf_counter() - started
        return self.status

    def step_phase(self) -> Phase:
        """Run and return the next phase of the present iteration. UPDATE completes the iteration."""
        if self.status is not Status.DIVERGED:
            self.status = Status.PAUSED
        phase = Phase.FORWARD if self.phase is None else self.phase.next
        block = self.feed.enter(self.iteration)
        plan, row, _ = block.row(self.iteration)
        self.vectors.old[:] = self.vectors.parameters
        with one_thread(), np.errstate(all="ignore"):
            run(plan.phases(row)[phase])
        losses = block.losses(self.iteration, self.iteration + 1)
        if phase is Phase.LOSS and not np.isfinite(losses[0]):
            self.phase, self.status = None, Status.DIVERGED
            self.evaluate()
            return phase
        self.phase = None if phase is Phase.UPDATE else phase
        if self.phase is None:
            self._account(block, losses)
        return phase

    def evaluate(self) -> Evaluation:
        """Measure now and append it to the log. Early stopping and divergence are decided here."""
        with one_thread():
            moment = self._moment_to_judge()
            evaluation = evaluation_of(moment, in_full=moment.earlier is not None)
        latest = self.evaluations.latest
        if latest is None or latest.iteration < evaluation.iteration:
            self.evaluations.append(evaluation)
            self.curves.remembered = self.curves.remembered.after(moment, self.evaluations.best)
            self.on_evaluation(evaluation)
        if not np.isfinite(evaluation.train_loss):
            self.status = Status.DIVERGED
        self._watch_early_stopping(evaluation)
        return evaluation

    def moment(self) -> Moment:
        """What instruments measure, without what has to be computed once more or remembered for them."""
        v, network, epoch = self.vectors, self.network, self.epoch
        # After a seek the curves reach beyond this moment: take the last epoch before it.
        epoch_loss = self.curves.epoch.last if self.iteration == self.curves.iteration else None
        if epoch_loss is None and epoch:
            epoch_loss = self.curves.epoch.at(epoch - 1)
        return Moment(
            iteration=self.iteration,
            epoch=epoch,
            learning_rate=self.learning_rate,
            base_loss=self.base_loss,
            epoch_loss=epoch_loss,
            classes=len(self.data.class_names),
            target_scale=self.data.target_scale,
            train_set=self.train_set,
            validation_set=self.validation_set,
            optimizer=self.experiment.optimizer,
            activations=network.activations,
            outputs=partial(network.outputs, v.parameters),
            activity=partial(network.activity, v.parameters),
            weights=network.views(v.parameters),
            gradients=network.views(v.gradient),
            updates=network.views(v.update),
            parameters=v.parameters,
            gradient=v.gradient,
            update=v.update,
            target=self.target,
        )

    def first_gradient(self) -> Array:
        """The gradient that the first iteration will find, at the starting parameters."""
        return self._probed(*self.feed.block(0).plans[0]).gradient()

    def change(self, experiment: Experiment) -> None:
        """Replace the experiment, from the next iteration on, by one that differs in live settings only.

        A new optimizer starts with empty slots; a new batch size, and examples added or left out, divide the rest of
        the epoch anew. Raises
        `RuntimeError` while an iteration is open, and `MemoryError`, with nothing changed, if memory does not suffice.
        """
        if self.phase is not None:
            raise RuntimeError("settings change between iterations")
        before, self._steady = vars(self).copy(), None  # penalties may have changed
        try:
            if experiment.data != self.experiment.data:
                self._take_data(experiment)
            self.experiment = experiment
            if type(before["experiment"].optimizer) is not type(experiment.optimizer):
                self.vectors = self.vectors.with_empty_slots(experiment.optimizer)
                self.optimizer_start = self.iteration
            self.feed = self._make_feed(self.feed.order.position(self.iteration), before=self.feed)
            self._anchor = self.keyframe()
        except MemoryError:
            vars(self).update(before)
            raise

    def set_weight(self, layer: int, source: int, unit: int, value: float) -> None:
        """Give one weight, or a bias (`source` = inputs of the layer), another value from the next iteration on.

        Raises `RuntimeError` while an iteration is open, and `IndexError` if there is no such weight.
        """
        if self.phase is not None:
            raise RuntimeError("weights change between iterations")
        self.vectors.parameters[self.network.parameter_index(layer, source, unit)] = value
        self._anchor = self.keyframe()

    def keyframe(self) -> Keyframe:
        """A copy of everything that the next iteration depends on, and of the last step. Only between iterations."""
        return self.live_keyframe().copy()

    def live_keyframe(self, *, with_step: bool = True) -> Keyframe:
        """A keyframe of the live vectors, to be copied at once. An open iteration has overwritten the last step."""
        if self.phase is not None and with_step:
            raise RuntimeError("a keyframe is taken between iterations")
        v = self.vectors
        return Keyframe(
            iteration=self.iteration,
            parameters=v.parameters,
            slots=v.slots,
            step=(v.gradient, v.update) if with_step else None,
            optimizer_start=self.optimizer_start,
            order_start=self.feed.order.start,
            early_stop=self.early_stop,
            experiment=self.experiment,
        )

    def restore(self, keyframe: Keyframe) -> None:
        """Return to the state of `keyframe`. Curves and evaluations stay as they are.

        A keyframe without a last step is restored without one: the next iteration provides it.
        """
        now = self.experiment, self.feed.order.start, self.optimizer_start
        same_feed = (keyframe.experiment, keyframe.order_start, keyframe.optimizer_start) == now
        self.iteration, self.phase, self.status = keyframe.iteration, None, Status.PAUSED
        self.early_stop, self.optimizer_start = keyframe.early_stop, keyframe.optimizer_start
        if keyframe.experiment.data != self.experiment.data:
            self._take_data(keyframe.experiment)
        self.experiment = keyframe.experiment
        if len(keyframe.slots) != len(self.vectors.slots):
            self.vectors = self.vectors.with_empty_slots(keyframe.experiment.optimizer)
            same_feed = False
        self.vectors.restore(keyframe)
        if not same_feed:
            self.feed = self._make_feed(keyframe.order_start, before=self.feed)
        self._anchor = self.keyframe()  # a copy: the owner of `keyframe` may reuse its vectors

    def replay(self, iteration: int, see: Callable[[int, Block], None] | None = None) -> None:
        """Rerun up to `iteration`: curves do not grow, nothing is logged, and the run does not end.

        `see(start, block)` is called after each stretch of iterations within one block; `start` is its first one.
        """
        early_stopping = self.experiment.training.early_stopping is not None
        with one_thread():
            while self.iteration < iteration:
                start, block = self.iteration, self.feed.enter(self.iteration)
                stop = min(iteration, block.stop)
                if early_stopping:
                    stop = min(stop, self.feed.evaluations.following(start))
                self._run_rows(block, start, stop)
                self.iteration = stop
                if see is not None:
                    see(start, block)
                if early_stopping and self.feed.evaluations.is_due(stop):
                    self._watch_early_stopping(evaluation_of(self.moment()))
                    self.status = Status.PAUSED

    # Internals.

    def _take_data(self, experiment: Experiment) -> None:
        """Make the data of `experiment`, prepared for the network."""
        self.data = make(experiment.data, experiment.training.seed)
        self.train_set, self.validation_set = make_evaluation_sets(experiment, self.data, self.network)
        self.base_loss = self.train_set.base()
        self._source = Source(self.train_set.inputs, self.train_set.targets.T, self.data, self.network.dtype)
        self._steady = None

    @staticmethod
    def _run_rows(block: Block, start: int, stop: int, waiting: Sized = ()) -> int:
        """This is the training loop: run the updates of iterations start … stop − 1 of one block.

        Runs fewer, at least one, if something is in `waiting`. Returns the iteration after the last update.
        """
        with np.errstate(all="ignore"):
            for last in range(start, stop):
                plan, row = block.plans[last - block.start]
                if last + 1 == stop or waiting:  # the last step can be inspected afterwards
                    np.copyto(plan.vectors.old, plan.vectors.parameters)
                    run(plan.whole(row))
                    return last + 1
                for function, arguments in plan.whole(row):
                    function(*arguments)
        return stop

    def _run_span(self, stop: int, waiting: Sized) -> None:
        """Run and record iterations up to `stop`, or to the end of the block."""
        start, block = self.iteration, self.feed.enter(self.iteration)
        stop = min(stop, block.stop)
        if start >= self._anchor.iteration + ANCHOR_EVERY:
            self._anchor = self.live_keyframe().copy(self._anchor)
        stop = self._run_rows(block, start, stop, waiting)
        losses = block.losses(start, stop)
        broken = np.flatnonzero(~np.isfinite(losses))
        if len(broken):  # later updates have spoilt the parameters: go back, and rerun up to the broken iteration
            stop = start + int(broken[0])
            self.restore(self._anchor)
            self.replay(start)
            block = self.feed.enter(start)
            self._run_rows(block, start, stop)
        if stop > start:
            self._account(block, losses[: stop - start])
        if len(broken) and self.status is Status.PAUSED:
            self.status = Status.DIVERGED
            self.evaluate()

    def _account(self, block: Block, losses: NDArray[np.float64]) -> None:
        """Record the iterations that ran with these batch losses; evaluate if an evaluation is due."""
        where = slice(first := self.iteration - block.start, first + len(losses))
        self.curves.extend(losses, block.rates[where], block.ends_epoch[where])
        self.on_losses(losses)
        self.iteration += len(losses)
        if self.feed.evaluations.is_due(self.iteration):
            self.evaluate()
        if self.iteration == self.target and self.status is Status.PAUSED:
            self.status = Status.FINISHED

    def _moment_to_judge(self) -> Moment:
        """What instruments may look at where the run is evaluated: the costly ones only where it is judged."""
        latest, best, known = self.evaluations.latest, self.evaluations.best, self.curves.remembered
        if latest is not None and latest.iteration != known.evaluated:  # the run has jumped
            known = self.curves.remembered = Remembered()
        moment = self.moment()
        earlier = known.earlier(moment.share_done, self.vectors.parameters, best)
        if earlier is None:
            return moment
        if self._steady is None and not self.experiment.loss.pairs:
            self._steady = SteadyProbe(self.experiment, self.network, self.train_set)
        steady = self._steady
        return structs.replace(
            moment,
            last_step=self._last_step if self.iteration > self.feed.order.start.iteration else None,
            steady=steady,
            precise=steady.in_float64 if steady and self._probes.are_kept else None,
            earlier=earlier,
        )

    def _last_step(self) -> Step:
        """The last update on its mini-batch, whose numbers still stand in the present feed."""
        block = self.feed.block(self.iteration - 1)
        plan, row, _ = block.row(self.iteration - 1)
        probe = self._probed(plan, row)
        return Step(
            gradient_after=probe.gradient(),
            loss_before=float(plan.losses(row, row + 1)[0]),
            loss_after=float(probe.plan.losses(0, 1)[0]),
            examples=plan.batch,
        )

    def _probed(self, plan: Plan, row: int) -> Probe:
        return self._probes.of(plan, row, self.vectors.parameters, self.experiment.optimizer)

    def _watch_early_stopping(self, evaluation: Evaluation) -> None:
        settings, loss = self.experiment.training.early_stopping, evaluation.validation_loss
        if settings is None or loss is None or not np.isfinite(evaluation.train_loss) or self.status is Status.DIVERGED:
            return
        parameters = self.vectors.parameters
        self.early_stop, stops = self.early_stop.after(loss, evaluation.iteration, settings, parameters)
        if stops:
            if self.early_stop.best_parameters is not None:
                parameters[:] = self.early_stop.best_parameters
            self.status = Status.STOPPED_EARLY

    def _make_feed(self, start: Position, before: Feed | None) -> Feed:
        """The mini-batches of the present experiment from `start` on."""
        return Feed(self.experiment, self.network, self.vectors, self._source, start, self.optimizer_start, before)
