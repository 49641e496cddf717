"""The training loop: synchronous, without threads, repeatable to the bit on one kind of processor.

    guess → measure → blame → fix, repeat

`Trainer(experiment).run(iterations)` trains a network. The loop itself is `_run_rows`; everything else keeps count.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sized

import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from tui_trainer.arrays import Array
from tui_trainer.blas import one_thread
from tui_trainer.experiment.experiment import Experiment
from tui_trainer.instruments.instrument import LastStep, Moment
from tui_trainer.layers import run
from tui_trainer.telemetry import Evaluation, EvaluationLog, Losses, Phase, Status
from tui_trainer.training.curves import Curves
from tui_trainer.training.evaluation import evaluation_of
from tui_trainer.training.iteration_block import Block
from tui_trainer.training.network import KeptPasses
from tui_trainer.training.remembered import Remembered
from tui_trainer.training.steady_probe import SteadyProbe
from tui_trainer.training.training_state import TrainingState

ANCHOR_EVERY = 64
"""Iterations between copies of the state. A run that finds a non-finite loss too late returns to the last of them."""


class Trainer(TrainingState):
    """One network in training, with the curves and evaluations of its run."""

    def __init__(self, experiment: Experiment, on_evaluation: Callable[[Evaluation], None] = lambda _: None) -> None:
        """Makes the data and the network of `experiment`, and evaluates it once: `on_evaluation` is called with that
        and every later evaluation. Raises `SettingError`."""
        super().__init__(experiment)
        self.curves, self.elapsed = Curves(), 0.0
        self.on_losses: Callable[[NDArray[np.float64]], None] = lambda losses: None
        """Called with the batch losses of every stretch of new iterations."""
        self.on_evaluation, self._passes = on_evaluation, KeptPasses(self.network)
        self._steady: SteadyProbe | None = None
        self.evaluate()
        self.anchor = self.keyframe()  # early stopping remembers the evaluation

    # Reading.

    @property
    def losses(self) -> Losses:
        """The curves so far, copied."""
        return self.curves.losses()

    @property
    def evaluations(self) -> EvaluationLog:
        """All evaluations so far."""
        return self.curves.evaluations

    def activity(self, inputs: Array) -> list[Array]:
        """As `Network.activity`, now. It is quick for the same array (examples, features) again; the next call for it
        may overwrite the result."""
        return self._passes.activity(self.vectors.parameters, inputs)

    def outputs(self, inputs: Array) -> Array:
        """As `Network.outputs`, now, with the same reservation."""
        return self._passes.outputs(self.vectors.parameters, inputs)

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
            train_set=self.train_set.sample,
            validation_set=self.validation_set.sample,
            together=self.together,
            optimizer=self.experiment.optimizer,
            activations=network.activations,
            outputs=self.outputs,
            activity=self.activity,
            weights=network.views(v.parameters),
            gradients=network.views(v.gradient),
            updates=network.views(v.update),
            parameters=v.parameters,
            gradient=v.gradient,
            update=v.update,
            target=self.target,
        )

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
        if start >= self.anchor.iteration + ANCHOR_EVERY:
            self.anchor = self.live_keyframe().copy(self.anchor)
        stop = self._run_rows(block, start, stop, waiting)
        losses = block.losses(start, stop)
        broken = np.flatnonzero(~np.isfinite(losses))
        if len(broken):  # later updates have spoilt the parameters: go back, and rerun up to the broken iteration
            stop = start + int(broken[0])
            self.restore(self.anchor)
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
        earlier = known.earlier(moment, best)
        if earlier is None:
            return moment
        steady = self._steady_probe()
        return structs.replace(
            moment,
            last_step=self._last_step if self.iteration > self.feed.order.start.iteration else None,
            steady=steady,
            precise=steady.in_float64 if steady and self._probes.are_kept else None,
            earlier=earlier,
        )

    def _steady_probe(self) -> SteadyProbe | None:
        """For the settings and the examples in force; None where the loss is one of pairs."""
        if self.experiment.loss.pairs:
            return None
        if self._steady is None or not self._steady.is_of(self.experiment, self.train_set):
            self._steady = SteadyProbe(self.experiment, self.network, self.train_set)
        return self._steady

    def _last_step(self) -> LastStep:
        """The last update on its mini-batch, whose numbers still stand in the present feed."""
        block = self.feed.block(self.iteration - 1)
        plan, row, _ = block.row(self.iteration - 1)
        probe = self._probed(plan, row)
        return LastStep(
            gradient_after=probe.gradient(),
            loss_before=float(plan.losses(row, row + 1)[0]),
            loss_after=float(probe.plan.losses(0, 1)[0]),
            examples=plan.batch,
        )

    def _watch_early_stopping(self, evaluation: Evaluation) -> None:
        settings, loss = self.experiment.training.early_stopping, evaluation.validation_loss
        if settings is None or loss is None or not np.isfinite(evaluation.train_loss) or self.status is Status.DIVERGED:
            return
        self.early_stop, stops = self.early_stop.after(loss, evaluation.iteration, settings, self.vectors.parameters)
        if stops:
            if self.early_stop.best_parameters is not None:
                self.vectors.parameters[:] = self.early_stop.best_parameters
                # The last step was one of other weights; as before the first, there is none from these.
                self.vectors.gradient[:], self.vectors.update[:] = self.next_gradient(), 0.0
            self.status = Status.STOPPED_EARLY
