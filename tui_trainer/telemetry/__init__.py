"""Plain data about training: what a run reports, and the commands that it takes. Imports no other room."""

from tui_trainer.telemetry.autopsy import Autopsy
from tui_trainer.telemetry.commands import Command
from tui_trainer.telemetry.earlier_run import EarlierRun, earlier_run, ghost, with_run
from tui_trainer.telemetry.evaluation import (
    EVALUATIONS_KEPT,
    Evaluation,
    EvaluationLog,
    Evaluations,
    LayerValues,
    joined,
)
from tui_trainer.telemetry.events import Event, SettingChange
from tui_trainer.telemetry.finding import Examined, Finding, Remedy, Severity, Signal, Trial
from tui_trainer.telemetry.gradient_check import GradientCheck
from tui_trainer.telemetry.history import Buckets, History
from tui_trainer.telemetry.journal import JournalEntry, Replay
from tui_trainer.telemetry.lesson import LessonEntry
from tui_trainer.telemetry.losses import Losses, RatePlan
from tui_trainer.telemetry.notice import Notice
from tui_trainer.telemetry.phase import Phase
from tui_trainer.telemetry.picture_request import NeuronAddress, PictureKind, PictureRequest, WeightAddress
from tui_trainer.telemetry.pictures import (
    Agreement,
    Asked,
    AskedText,
    ColumnWorth,
    Confusion,
    Curve,
    DecisionMap,
    Embedding,
    HardExamples,
    Picture,
)
from tui_trainer.telemetry.proposal import ProposalView
from tui_trainer.telemetry.race import ArmView, Parting, SettingHistory
from tui_trainer.telemetry.smoothing import Smoothed, trailing_mean, whole_window
from tui_trainer.telemetry.snapshot import (
    ControlView,
    DataView,
    LayerView,
    NetworkView,
    Parameters,
    Part,
    Progress,
    RaceView,
    Recipe,
    SeekProgress,
    SettingsView,
    Snapshot,
    Viewpoint,
    present,
)
from tui_trainer.telemetry.status import Status
from tui_trainer.telemetry.step import LayerStep, StepView, WeightStep

__all__ = [
    "EVALUATIONS_KEPT",
    "Agreement",
    "ArmView",
    "Asked",
    "AskedText",
    "Autopsy",
    "Buckets",
    "ColumnWorth",
    "Command",
    "Confusion",
    "ControlView",
    "Curve",
    "DataView",
    "DecisionMap",
    "EarlierRun",
    "Embedding",
    "Evaluation",
    "EvaluationLog",
    "Evaluations",
    "Event",
    "Examined",
    "Finding",
    "GradientCheck",
    "HardExamples",
    "History",
    "JournalEntry",
    "LayerStep",
    "LayerValues",
    "LayerView",
    "LessonEntry",
    "Losses",
    "NetworkView",
    "NeuronAddress",
    "Notice",
    "Parameters",
    "Part",
    "Parting",
    "Phase",
    "Picture",
    "PictureKind",
    "PictureRequest",
    "Progress",
    "ProposalView",
    "RaceView",
    "RatePlan",
    "Recipe",
    "Remedy",
    "Replay",
    "SeekProgress",
    "SettingChange",
    "SettingHistory",
    "SettingsView",
    "Severity",
    "Signal",
    "Smoothed",
    "Snapshot",
    "Status",
    "StepView",
    "Trial",
    "Viewpoint",
    "WeightAddress",
    "WeightStep",
    "earlier_run",
    "ghost",
    "joined",
    "present",
    "trailing_mean",
    "whole_window",
    "with_run",
]
