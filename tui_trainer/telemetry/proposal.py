"""What a run proposes against its findings, after copies of it have tried it."""

from __future__ import annotations

from msgspec import Struct

from tui_trainer.telemetry.finding import Remedy


class ProposalView(Struct, frozen=True, kw_only=True):
    """The remedy that is proposed now, or tried now."""

    finding: str
    """The title of the finding against which it is."""
    remedy: Remedy | None
    """None if nothing that was tried helps."""
    trying: float | None = None
    """The share of the trial done, 0 to 1; None after the trial."""
    number: int = 0
    """Which proposal this is, from 1; 0 while the next one is looked for."""
    count: int = 0
    """The proposals found so far."""
    complete: bool = False
    """Whether all remedies have been tried; the next proposal is then the first again."""
    from_start: bool = False
    """Whether it is tried, and acts, from the start of the run."""
    in_vain: tuple[Remedy, ...] = ()
    """The remedies that were tried and do not help."""
