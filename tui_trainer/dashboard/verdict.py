"""The verdict: one plain sentence that says how the run is doing, with its sign, its numbers and the key that acts on
it."""

from __future__ import annotations

import math
from itertools import product

from msgspec import Struct

from tui_trainer.dashboard.arm_labels import focused_arm
from tui_trainer.dashboard.evaluations_at import evaluations_shown
from tui_trainer.dashboard.layout import Rect
from tui_trainer.dashboard.standings import standings, who_breaks, who_leads
from tui_trainer.dashboard.view import View
from tui_trainer.diagnosis.remedies import open_remedies
from tui_trainer.drawing.cells import Cells, text_width
from tui_trainer.drawing.charts.numbers import compact, count
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.drawing.theme import Theme
from tui_trainer.experiment.words import settings_words
from tui_trainer.setting import BATCH_SIZE
from tui_trainer.telemetry import Autopsy, Evaluation, Finding, SeekProgress, Severity, Snapshot, Status
from tui_trainer.wording import percent

SEVERITY_SIGNS = {Severity.CRITICAL: "✗", Severity.WARNING: "⚠", Severity.NOTE: "•", Severity.GOOD: "✓"}


class _Verdict(Struct, frozen=True):
    """The state of the run in words."""

    sign: str
    style: int
    headlines: Wordings
    evidence: Wordings
    """What follows the headline immediately."""


class _Line(Struct, frozen=True):
    """The wordings that fit into the line."""

    headline: str
    evidence: str
    remedy: str
    """The effect of the fix key; "" where it has no room."""
    message: str
    """The effect of the last command, at the right end."""


def draw_verdict(cells: Cells, y: int, snapshot: Snapshot, view: View, theme: Theme) -> dict[str, Rect]:
    """Draw the sentence, and at the right, where there is room, the effect of the last command.

    Returns the rectangle of the fix key, for the mouse.
    """
    rectangles = {}
    verdict = _verdict(snapshot, view, theme)
    message, key = view.in_words(snapshot.message), view.sign("fix")
    is_told = cells.width >= 60 and "fix" not in view.greyed
    remedies = _what_fixing_does(snapshot, view).prefixed(f"{key}: ") if is_told else Wordings()
    is_news = bool(message) and message not in verdict.evidence and snapshot.seeking is None
    # The header says that the run has ended: a message about it neither shortens the verdict nor replaces it.
    ended = message.startswith(snapshot.status.value)
    messages = _message_wordings(message) if is_news and not ended else Wordings()
    end = cells.width - 1
    x = cells.text(1, y, f"{verdict.sign} ", verdict.style)
    line = _fitting(verdict, remedies, messages, end - x)
    x = cells.text(x, y, line.headline, verdict.style, width=end - x)
    x = cells.text(x, y, line.evidence, theme.text, width=max(end - x, 0))
    if line.remedy:
        start = x = cells.text(x, y, " · ", theme.faint)
        x = cells.text(x, y, key, theme.key)
        x = cells.text(x, y, line.remedy.removeprefix(key), theme.muted)
        rectangles["action:fix"] = Rect(start, y, x - start, 1)
    aside = line.message
    if is_news and not aside:
        aside = Wordings(message, message.partition("; ")[2]).fitting(end - x - 3)
    if x + 3 + text_width(aside) <= end:
        cells.text(end - text_width(aside), y, aside, theme.muted)
    return rectangles


def _fitting(verdict: _Verdict, remedies: Wordings, messages: Wordings, room: int) -> _Line:
    """The wordings that together fit into `room` cells.

    The evidence always stays, if only in its shortest wording; the effect of the fix key is left out before. The effect
    of the last command, which a run reports for some seconds, makes all else shorter, and replaces it where even that
    does not fit.
    """
    choices = messages or Wordings(""), remedies.or_else(""), verdict.headlines, verdict.evidence
    for message, remedy, head, proof in product(*choices):
        words = [head + proof, *filter(None, (remedy, message))]
        if sum(map(text_width, words)) + 3 * (len(words) - 1) <= room:
            return _Line(head, proof, remedy, message)
    if messages:
        return _Line("", messages.fitting(room), "", "")
    return _Line(verdict.headlines[-1], verdict.evidence[-1], "", "")


def _message_wordings(message: str) -> Wordings:
    """The message in full, without its additions, without its consequence.

    "undo: back to iteration 61", "arm B forked at iteration 140: change a setting of it", "arm B forked at iteration
    140: …".
    """
    gist = message.partition("; ")[0].partition(", ")[0]
    head, _, rest = gist.partition(": ")
    return Wordings(message, gist, f"{head}: …" if rest and " " in head else gist)


def verdict_wordings(snapshot: Snapshot, view: View, theme: Theme) -> Wordings:
    verdict = _verdict(snapshot, view, theme)
    return verdict.evidence.prefixed(f"{verdict.sign} {verdict.headlines[0]}")


def _what_fixing_does(snapshot: Snapshot, view: View) -> Wordings:
    """The proposed fix, "dropout 0.3"; empty where there is none, or it is not to be told."""
    if snapshot.seeking is not None or "fix" in view.greyed:
        return Wordings()
    _, remedy = next(open_remedies(snapshot.findings, snapshot.values), (None, None))
    if remedy is None:
        return Wordings()
    words = settings_words(remedy.settings)
    return Wordings(words, words.partition(",")[0], "a fix")


def _verdict(snapshot: Snapshot, view: View, theme: Theme) -> _Verdict:
    last_words = (snapshot.message.text.splitlines() or [""])[-1]
    if snapshot.status in (Status.FAILED, Status.CRASHED):
        return _Verdict("✗", theme.critical, Wordings(f"{snapshot.status.upper()}: "), Wordings(last_words))
    if snapshot.status is Status.STALLED:
        return _Verdict("⚠", theme.warning, Wordings("STALLED: "), Wordings(last_words or "no news for a while"))
    if snapshot.seeking is not None:
        return _Verdict("…", theme.note, Wordings(""), going_words(snapshot.seeking, view))
    arms = snapshot.arms
    whose = f"{arms[focused_arm(arms)].letter}: " if arms else ""  # other panels of a race are about all arms
    if snapshot.autopsy is not None:
        return _Verdict("✗", theme.critical, Wordings(f"{whose}DIVERGED: "), autopsy_words(snapshot.autopsy))
    finding = snapshot.findings[0] if snapshot.findings else None
    if finding is not None and finding.severity is not Severity.GOOD:
        is_restored = snapshot.progress is not None and snapshot.progress.restored is not None
        is_older = is_restored or finding.is_older_than(snapshot.iteration)
        is_older = is_older and snapshot.status is not Status.RUNNING
        return _of_finding(finding, whose, theme, count(finding.at or 0) if is_older else "")
    if not arms:
        calm = _calm_sentence(snapshot, view)
        if finding is None:
            return _Verdict("•", theme.muted, Wordings(""), calm)
        both = (words for each in calm for words in (f"{finding.title}: {each}", each))  # the numbers matter more
        return _Verdict(SEVERITY_SIGNS[Severity.GOOD], theme.good, Wordings(""), Wordings(*both))
    table = standings(arms)
    evidence = who_leads(table)
    if broken := who_breaks(table):
        evidence = evidence.suffixed(f" · {broken[0]}").or_else(f"{evidence[-1]} · {broken[-1]}", *evidence)
    sign, style = ("▲", theme.best) if table.lead.ahead else ("•", theme.muted)
    return _Verdict(sign, style, Wordings(""), evidence)


def _of_finding(finding: Finding, whose: str, theme: Theme, at: str) -> _Verdict:
    """ "⚠ LEARNING RATE TOO LARGE: BOUNCING since 4: loss 41 to 59", "⚠ BOUNCING: loss 41 to 59", in a race
    "⚠ A: BOUNCING: loss 41 to 59". `at`: the iteration of its numbers, if they are older than those beside them."""
    sign = SEVERITY_SIGNS[finding.severity]
    style = {Severity.CRITICAL: theme.critical, Severity.WARNING: theme.warning, Severity.NOTE: theme.note}[
        finding.severity
    ]
    headlines, brief = Wordings(finding.title, finding.headline), Wordings(*finding.brief)
    if not finding.is_alarm:
        said = Wordings(finding.sentence, *brief).prefixed(": ")
        return _Verdict(sign, style, headlines.prefixed(whose), _of_moment(said, at))
    since = count(finding.since)
    evidence = Wordings(
        f" since iteration {since}: {finding.body}",
        *brief.prefixed(f" since {since}: "),
        *(f": {shortest}" for shortest in brief[-1:]),
    )
    return _Verdict(sign, style, Wordings(*map(str.upper, headlines)).prefixed(whose), _of_moment(evidence, at))


def _of_moment(evidence: Wordings, at: str) -> Wordings:
    """The evidence with the iteration at which it was measured."""
    return Wordings(*(f"{words.removesuffix('.')} · at {at}" for words in evidence)) if at else evidence


def going_words(going: SeekProgress, view: View) -> Wordings:
    """The goal of a seek and its progress."""
    share, stays = f"{going.share:.0%}", f"{view.sign('leave')} stays here"
    where = f"Going to iteration {count(going.iteration)}: {share}"
    return Wordings(f"{where} of the way is computed again · {stays}", f"{where} · {stays}", where, share)


def autopsy_words(found: Autopsy) -> Wordings:
    """The operation at which the run broke."""
    tensor = f"{found.tensor} of {found.layer}" if found.layer else f"the {found.tensor}"
    when, phase = f"iteration {count(found.iteration + 1)}", found.phase.word.lower()
    size = compact(found.largest_input, 2)
    return Wordings(
        found.sentence,
        f"in {when}, {phase}: {tensor} not finite after {found.operation} of numbers up to {size}.",
        f"{when}, {phase}: {tensor} not finite ({found.operation} of numbers up to {size})",
        f"{when}, {phase}: {tensor} ({found.operation}, inputs ≤ {size})",
        f"{when}, {phase}: {tensor} not finite",
        f"{when}, {phase}: {tensor}",
        f"{tensor} at {count(found.iteration + 1)}",
        tensor,
    )


def _calm_sentence(snapshot: Snapshot, view: View) -> Wordings:
    """The losses, while the diagnosis has no finding."""
    evaluations = evaluations_shown(snapshot)
    latest = evaluations.latest
    if latest is None or not snapshot.iteration or "train_loss" not in latest.values:
        if snapshot.control is None:
            return _few_values(snapshot, latest)
        run, step, phase = map(view.sign, ("toggle", "step", "phase"))
        yet = "Nothing learnt yet"
        return Wordings(
            f"{yet}: {run} runs, {step} makes one iteration, {phase} one phase of it.",
            f"{yet}: {run} runs, {step} steps, {phase} one phase.",
            f"{yet}: {run} runs, {step} steps.",
            f"{yet}.",
        )
    train, validation = compact(latest.train_loss), latest.validation_loss
    first, start = compact(float(evaluations.train_loss[0])), "the start"
    if evaluations.iteration[0]:  # a log may begin later
        start = count(int(evaluations.iteration[0]))
    if penalty := latest.get("penalty"):  # the sum falls: a loss that rises alone would look like a fault
        at_start = float(evaluations.of("penalty")[0])
        if math.isfinite(at_start):  # there may have been no penalty yet
            first = f"{first} + {compact(at_start)}"
        train = f"{train} + penalty {compact(penalty)}"
    shares = latest.train_accuracy, latest.validation_accuracy
    right = ["" if share is None else f", {percent(share)} right" for share in shares]
    began = f"Training loss {train}{right[0]}, from {first} at {start}"
    printed = _printed_loss(snapshot, latest)
    if snapshot.status is not Status.RUNNING and latest.iteration < snapshot.iteration:
        printed += f" · measured at {count(latest.iteration)}"
    if validation is None:
        brief = f"Training loss {train}{right[0]}"
        return Wordings(began + printed, brief + printed, began, brief)
    held_out = f"{compact(validation)}{right[1]}"
    return Wordings(
        f"{began} · validation loss {held_out}{printed}",
        f"Training loss {train}{right[0]} · validation loss {held_out}",
        f"Training {train}{right[0]} · validation {held_out}",
        f"Training {compact(latest.train_loss)}{right[0]} · validation {held_out}",
        f"Validation {held_out}",
    )


def _few_values(snapshot: Snapshot, latest: Evaluation | None) -> Wordings:
    """The values of a source without a training loss of whole sets."""
    batch, values = snapshot.losses.batch, []
    if len(batch.last):
        values.append(
            f"Loss {compact(float(batch.last[-1]))}, from {compact(float(batch.last[0]))} at {count(batch.first[0])}"
        )
    if latest is not None and latest.validation_loss is not None:
        values.append(f"validation loss {compact(latest.validation_loss)}")
    if latest is not None and latest.validation_accuracy is not None:
        values.append(f"{percent(latest.validation_accuracy)} right")
    if not values:
        return Wordings("No values yet.")
    values[0] = values[0][0].upper() + values[0][1:]
    return Wordings(" · ".join(values), values[0])


def _printed_loss(snapshot: Snapshot, latest: Evaluation) -> str:
    """What a program prints that adds up the squared errors of an epoch, one example at a time."""
    settings = snapshot.values
    if settings.get("loss.name") != "half_mean_squared_error" or settings.get(BATCH_SIZE) != 1:
        return ""
    epoch_loss = latest.get("epoch_loss")
    if epoch_loss is None or snapshot.progress is None:
        return ""
    batches = snapshot.progress.batches_per_epoch
    return f" · epoch's squared errors sum to {compact(2 * batches * epoch_loss, 4)}"
