"""A `Run` without a thread: it answers every command at once, on top of one sample snapshot."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache

import made_up
from msgspec import structs
from short_runs import YARDSTICK, moons

from tui_trainer.dashboard.catalogue import Catalogue, OpenRequest, PresetEntry
from tui_trainer.experiment.declared import Setting
from tui_trainer.runs.live import CAPABILITIES
from tui_trainer.telemetry import (
    ArmView,
    Command,
    Examined,
    Finding,
    GradientCheck,
    Notice,
    Parting,
    Phase,
    PictureRequest,
    ProposalView,
    RaceView,
    Remedy,
    SettingHistory,
    Severity,
    Snapshot,
    Status,
    Viewpoint,
)
from tui_trainer.telemetry import commands as do

SETTINGS = (
    Setting(
        key="optimizer.learning_rate",
        label="learning rate",
        help="How far each update goes.",
        low=1e-6,
        high=100.0,
        logarithmic=True,
        live=True,
    ),
    Setting(
        key="training.batch_size",
        label="batch size",
        help="Examples in one mini-batch.",
        low=1,
        high=100_000,
        logarithmic=True,
        integer=True,
        live=True,
    ),
    Setting(
        key="optimizer.name",
        label="optimizer",
        help="The rule of the update.",
        choices=("sgd", "momentum", "adam"),
        live=True,
    ),
    Setting(
        key="optimizer.momentum",
        label="momentum",
        help="How much of the last update goes on.",
        low=0.0,
        high=0.999,
        step=0.05,
        live=True,
    ),
    Setting(
        key="network.activation",
        label="activation",
        help="The bend between two layers.",
        choices=("relu", "tanh", "sigmoid"),
    ),
    Setting(
        key="network.hidden",
        label="hidden",
        help="Units of each hidden layer.",
        low=1,
        high=1024,
        integer=True,
    ),
    Setting(key="data.noise", label="noise", help="How far the points scatter.", low=0.0, high=2.0, step=0.05),
    Setting(key="data.shuffled", label="shuffled", help="Another order every epoch.", choices=(False, True)),
    Setting(key="title", label="title", help="The name of the experiment."),
)


class LoadFake(Command, frozen=True):
    """Go on as a fake run of another title."""

    title: str


def load_fake(request: OpenRequest) -> LoadFake:
    """What `cli` hands the app to load with, here: refuses the preset "broken"."""
    if request.preset == "broken":
        raise ValueError("presets/broken.toml: data.samples is -3, but has to be at least 1")
    return LoadFake(request.preset)


CATALOGUE = Catalogue(
    load=load_fake,
    settings=SETTINGS,
    presets=lambda: tuple(
        PresetEntry(
            title=title,
            family="Learning rate" if title.startswith("lr") else "Others",
            question=question,
            watch="The loss jumps; the map flips from one wrong answer to another.",
            text="The rate is the length of a step.\n\nToo long, and it lands on the other wall [bold]x[/].",
        )
        for title, question in (
            [
                ("lr just right", "How does a network learn two moons?"),
                ("lr too large", "What happens when every step is too long?"),
                ("lr too small", "What happens when every step is far too short?"),
                ("overfitting", "When does learning by heart begin?"),
                ("broken", "Which preset cannot be opened?"),
            ]
        )
    ),
)

VALUES: dict[str, object] = {
    "optimizer.learning_rate": 0.1,
    "training.batch_size": 10,
    "optimizer.name": "sgd",
    "optimizer.momentum": 0.0,
    "network.activation": "tanh",
    "network.hidden": [8, 4],
    "data.noise": 0.15,
    "data.shuffled": True,
    "title": "lr just right",
    "training.seed": 0,
}

BOUNCING = Finding(
    id="bouncing",
    severity=Severity.WARNING,
    since=40,
    headline="bouncing",
    cause="learning rate too large",
    body="the loss rises in 6 of 15 evaluations and gets nowhere; a shorter step would settle.",
    expert="rises 40 %, lr·λ/limit 1.2",
    evidence={"rises": 0.4},
    remedies=(Remedy("lower the learning rate to 0.02", {"optimizer.learning_rate": 0.02}),),
)


ABILITIES = CAPABILITIES - {"seeds"}


class FakeRun:
    """Serves all capabilities unless told otherwise; `sent` keeps every command. Pictures are those of a
    sample."""

    def __init__(
        self,
        request: OpenRequest | None = None,
        *,
        capabilities: frozenset[str] = ABILITIES,
        speed: float = 0.0,
        findings: tuple[Finding, ...] = (),
    ) -> None:
        """`speed`: iterations a second of wall time while running; at 0 only commands move the run."""
        request = request or OpenRequest(preset="lr just right")
        self.capabilities = capabilities
        self.sent: list[Command] = []
        self.closed = False
        self._base = made_up.changed(_sample(), title=request.preset, findings=findings, speed=speed)
        self._speed = speed
        self._status = Status.PAUSED if request.paused else Status.RUNNING
        self._pace: float | None = 20.0
        self._values = {**VALUES, "title": request.preset, **request.overrides}
        self._iteration = self._newest = self._base.iteration
        self._phase: Phase | None = None
        self._undo: list[tuple[str, object]] = []
        self._redo: list[tuple[str, object]] = []
        self._look, self._version, self._message = PictureRequest(), 1, Notice()
        self._arms, self._focused = ["A"], 0
        self._then = time.monotonic()
        self._check: GradientCheck | None = None
        self._proposal: ProposalView | None = None

    def latest(self, *, numbers: bool = True) -> Snapshot:
        now, then = time.monotonic(), self._then
        self._then = now
        if self._speed and self._status is Status.RUNNING:
            self._move(self._iteration + max(1, int(self._speed * (now - then))))
        layers = len(self._base.network.shape) - 1
        return made_up.changed(
            self._base,
            version=self._version,
            status=self._status,
            message=self._message,
            iteration=self._iteration,
            epoch=self._iteration // 8,
            batch=self._iteration % 8,
            phase=self._phase,
            pace=self._pace,
            learning_rate=float(self._values["optimizer.learning_rate"]),  # type: ignore[arg-type]
            values=dict(self._values),
            layer=structs.replace(self._base.network.layer, index=self._look.weights_layer % layers, count=layers),
            past=Viewpoint(iteration=self._iteration, newest=self._newest) if self._iteration < self._newest else None,
            race=self._race(),
            gradient_check=self._check,
            proposal=self._proposal,
            examination=self._examination() if self._look.examination else None,
            can_undo=f"take {self._undo[-1][0]} back" if self._undo else "",
            can_redo=f"set {self._redo[-1][0]} again" if self._redo else "",
        )

    def _examination(self) -> tuple[Examined, ...]:
        holding = [Examined(id=each.id, title=each.title, verdict="holds") for each in self._base.findings]
        return (*holding, Examined(id="symmetry", title="symmetry", verdict="not_checked", reason="no hidden layer"))

    def _race(self) -> RaceView | None:
        if len(self._arms) < 2:
            return None
        parting = Parting(arms=("A", "B"), iteration=None, first="", layers={})
        return RaceView(arms=tuple(map(self._arm, range(len(self._arms)))), parting=parting)

    def answer(self, then: Callable[[], None]) -> None:
        then()

    def go_on(self) -> None:
        pass

    def close(self, *, is_cut_off: bool = False) -> None:
        self.closed = True

    def send(self, command: Command) -> None:
        self.sent.append(command)
        self._version += 1
        match command:
            case do.TogglePause():
                self._status = Status.PAUSED if self._status is Status.RUNNING else Status.RUNNING
            case do.StepIterations(count):
                self._move(self._iteration + count)
            case do.StepEpoch():
                self._move((self._iteration // 8 + 1) * 8)
            case do.StepPhase(direction):
                at = self._iteration * 4 + (0 if self._phase is None else self._phase + 1) + direction
                self._move(max(at, 0) // 4)
                self._phase = Phase(at % 4 - 1) if at % 4 else None
            case do.Seek(iteration):
                self._iteration = iteration
            case do.SeekRelative(offset):
                self._iteration += offset
            case do.SeekLive():
                self._iteration = self._newest
            case do.Pause():
                self._status = Status.PAUSED
            case do.Resume():
                self._status = Status.RUNNING
            case do.Fork():
                self._arms.append("BCDEF"[len(self._arms) - 1])
                self._focused = len(self._arms) - 1
            case do.FocusArm(offset):
                self._focused = (self._focused + offset) % len(self._arms)
            case do.DropArm() if len(self._arms) > 1:
                self._arms.pop(self._focused)
                self._focused = 0
            case do.SetPace(pace):
                self._pace = pace
            case do.Propose():
                finding = self._base.findings[0]
                self._proposal = ProposalView(finding=finding.title, remedy=finding.remedies[0], number=1, count=1)
            case do.ApplyRemedy() | do.CloseProposal():
                self._proposal = None
            case do.CheckGradient():
                self._check = GradientCheck(relative_error=3e-8, parameters=300, iteration=self._iteration)
            case do.RequestPictures(request):
                self._look = request
            case do.Restart(seed):
                self._iteration = self._newest = 0
                self._values["training.seed"] = self._values["training.seed"] if seed is None else seed
            case LoadFake(title):
                self._base = structs.replace(self._base, title=title)
                self._values["title"] = title
                self._status = Status.RUNNING
            case do.ChangeSetting(key, value):
                self._undo.append((key, self._values[key]))
                self._change(key, value)
            case do.Undo() if self._undo:
                key, value = self._undo.pop()
                self._redo.append((key, self._values[key]))
                self._change(key, value)
            case do.Redo() if self._redo:
                key, value = self._redo.pop()
                self._undo.append((key, self._values[key]))
                self._change(key, value)
        if isinstance(command, do.StepIterations | do.StepEpoch | do.StepPhase | do.Seek | do.SeekRelative):
            self._status = Status.PAUSED

    def _arm(self, number: int) -> ArmView:
        return ArmView(
            name=self._arms[number],
            letter="ABCDEFGHIJ"[number],
            differs=(SettingHistory(key="optimizer.learning_rate", values=((0, 0.2),)),) if number else (),
            status=Status.PAUSED,
            iteration=self._iteration,
            losses=self._base.losses,
            yardstick=YARDSTICK,
            focused=number == self._focused,
        )

    def _move(self, iteration: int) -> None:
        self._iteration, self._phase = iteration, None
        self._newest = max(self._newest, iteration)
        self._version += 1

    def _change(self, key: str, value: object) -> None:
        self._values[key] = value
        self._message = Notice(f"{key} is now {value}")


@cache
def _sample() -> Snapshot:
    return moons(60)


def open_fake(request: OpenRequest) -> FakeRun:
    """What `cli` hands the app, here: opens a fake run, refuses the preset "broken"."""
    load_fake(request)
    return FakeRun(request)
