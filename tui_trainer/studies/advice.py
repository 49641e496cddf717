"""Advice that was tried: the findings at the end of a run, with the remedies that helped on copies of it."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.runs.proposal import attempts
from tui_trainer.telemetry import Finding, Remedy


class Advice(Struct, frozen=True, kw_only=True):
    """A finding after trials of its remedies."""

    finding: Finding
    """The finding with the remedies that help, and with those that could not be tried."""
    in_vain: tuple[Remedy, ...] = ()
    """The remedies that were tried and do not help."""


def advice(run: DiagnosedRun) -> list[Advice]:
    """The findings that hold at the end of `run`, with their remedies tried. A remedy of several findings is listed
    with the first. Remedies of a run that does well are not tried."""
    done = [attempt for attempt in attempts(run) if attempt.share is None]
    seen = [attempt.remedy.settings for attempt in done]

    def advised(finding: Finding) -> Advice:
        own = [attempt for attempt in done if attempt.finding.id == finding.id]
        offered = [attempt.remedy for attempt in own if attempt.is_offered]
        untried = [remedy for remedy in finding.remedies if remedy.settings not in seen]
        return Advice(
            finding=replace(finding, remedies=(*offered, *untried)),
            in_vain=tuple(attempt.remedy for attempt in own if not attempt.is_offered),
        )

    return [advised(finding) for finding in run.findings]
