"""The ways in which one run can be lived: at once, in pieces, by phases. All of them end in the same bits."""

from __future__ import annotations

from lived import run_to

from tui_trainer.telemetry import Status
from tui_trainer.training import Trainer


def by_phases(trainer: Trainer, iteration: int) -> None:
    while trainer.iteration < iteration and trainer.status is not Status.DIVERGED:
        trainer.step_phase()


def one_by_one(trainer: Trainer, iteration: int) -> None:
    for number in range(trainer.iteration, iteration):
        run_to(trainer, number + 1)


def in_uneven_pieces(trainer: Trainer, iteration: int) -> None:
    for stop in (1, 5, 6, 77, 999, iteration):
        run_to(trainer, min(stop, iteration))


def by_turns(trainer: Trainer, iteration: int) -> None:
    for number in range(0, iteration, 10):
        run_to(trainer, min(number + 7, iteration))
        by_phases(trainer, min(number + 10, iteration))


class NowAndThen:
    """Stands for a queue that another thread has filled by every seventh look at it."""

    looks = 0

    def __len__(self) -> int:
        self.looks += 1
        return self.looks % 7 == 0


def interrupted(trainer: Trainer, iteration: int) -> None:
    waiting = NowAndThen()
    while trainer.iteration < iteration and trainer.status is not Status.DIVERGED:
        before = trainer.iteration
        trainer.run(iteration - before, waiting)
        assert trainer.iteration > before or trainer.status is Status.DIVERGED


PATHS = {
    "at once": run_to,
    "one by one": one_by_one,
    "in uneven pieces": in_uneven_pieces,
    "by phases": by_phases,
    "by turns": by_turns,
    "interrupted": interrupted,
}
