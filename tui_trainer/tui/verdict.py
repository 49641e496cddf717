"""The verdict: one plain sentence that says how it goes, with its sign, its numbers and the key that acts on it."""

from __future__ import annotations

from tui_trainer.telemetry import Autopsy, Evaluation, Going, Severity, Snapshot, Status, value_words
from tui_trainer.telemetry.settings import EARLY_STOPPING
from tui_trainer.tui.cells import Cells, text_width
from tui_trainer.tui.charts.numbers import compact, count
from tui_trainer.tui.layout import Rect
from tui_trainer.tui.moment import evaluations_shown
from tui_trainer.tui.panels.race import standings, who_breaks, who_leads
from tui_trainer.tui.proposal import proposed
from tui_trainer.tui.theme import Theme
from tui_trainer.tui.travel import best_moment, broke
from tui_trainer.tui.view import View
from tui_trainer.tui.words import fewer_words

_SEVERITY_SIGNS = {Severity.CRITICAL: "✗", Severity.WARNING: "⚠", Severity.NOTE: "•", Severity.GOOD: "✓"}


def draw_verdict(cells: Cells, y: int, snapshot: Snapshot, view: View, theme: Theme) -> dict[str, Rect]:
    """One sentence that says how it goes, with its sign, its numbers and the key that acts on it.

    At the right, where there is room, what the last command did. Returns the place of that key, for the mouse.
    """
    places = {}
    end = cells.width - 1
    sign, packed, headline, ways = _verdict(snapshot, view, theme)
    key, message = view.sign("fix"), view.naming_keys(snapshot.message)
    said = message
    does = _what_fixing_does(snapshot, view) if cells.width >= 60 else ""
    aside = len(key) + text_width(does) + 5 if does else 0
    stands = snapshot.status is Status.PAUSED and snapshot.going is None
    if message not in ways:
        least = text_width(headline.rpartition(": ")[2] or ways[-1])
        message = fewer_words(_told(message), end - least - 6)
        if message and stands and text_width(message) > end - least - 6:
            # There is no room for both: the sign stays, and what the last key did takes the place of the words.
            headline, ways, message = "", _told(said), ""
    # While the run stands still, what the last key did is worth shorter words.
    told = text_width(message) + 3 if message and stands and message not in ways else 0
    x = cells.text(1, y, f"{sign} ", packed)
    if x + text_width(headline) + text_width(ways[-1]) + aside + told > end:
        headline = headline.rpartition(": ")[2] or headline  # "learning rate too large: bouncing"
        if told and x + text_width(headline) + aside + told > end:
            does, aside = "", 0
    x = cells.text(x, y, headline, packed, width=end - x)
    room = end - x - aside
    if told > room:
        told = 0
    ways = (*ways, "") if told and headline else ways
    rest = fewer_words(ways, room - told)
    if text_width(rest) > room - told:
        rest = fewer_words(ways, room)
    if rest and room > 1:
        x = cells.text(x, y, rest, theme.text, width=room)
    if does and x + aside <= end:
        start = x = cells.text(x, y, " · ", theme.faint)
        x = cells.text(x, y, key, theme.key)
        x = cells.text(x, y, f": {does}", theme.muted)
        places["action:fix"] = Rect(start, y, x - start, 1)
    if message != rest and x + text_width(message) + 3 <= end:
        cells.text(end - text_width(message), y, message, theme.muted)
    return places


def _told(message: str) -> tuple[str, ...]:
    """What was done, ways to say it: all, then without what belongs to it, then without what comes of it.

    "undo: back to iteration 61", "arm B forked at iteration 140: change a setting of it", "arm B forked at iteration
    140: …".
    """
    gist = message.partition("; ")[0].partition(", ")[0]
    head, _, rest = gist.partition(": ")
    return tuple(dict.fromkeys((message, gist, f"{head}: …" if rest and " " in head else gist)))


def verdict_ways(snapshot: Snapshot, view: View, theme: Theme) -> tuple[str, ...]:
    """The verdict in one piece, ways to say it, the longest first."""
    sign, _, text, ways = _verdict(snapshot, view, theme)
    return tuple(f"{sign} {text}{way}" for way in ways)


def _what_fixing_does(snapshot: Snapshot, view: View) -> str:
    """What the proposed fix is, "dropout 0.3"; "" where there is none."""
    if snapshot.going is not None:
        return ""
    if broke(snapshot):
        return f"back to {count(best_moment(snapshot) or 0)}, smaller lr"
    remedy = proposed(snapshot)
    if remedy is None:
        return ""
    labels = {setting.key: setting.label for setting in view.settings}
    changes = remedy.settings.items()
    named = {key: labels.get(key, key.rpartition(".")[2].replace("_", " ")) for key, _ in changes}
    said = ", ".join(f"{named[key]} {value_words(value, key)}" for key, value in changes)
    return f"early stopping, {said}" if any(key.startswith(f"{EARLY_STOPPING}.") for key in named) else said


def _verdict(snapshot: Snapshot, view: View, theme: Theme) -> tuple[str, int, str, tuple[str, ...]]:
    """(sign, style, headline, ways to say the rest of the sentence, the longest first)."""
    if snapshot.status is Status.FAILED:
        return "✗", theme.critical, "FAILED: ", ((snapshot.message.splitlines() or [""])[-1],)
    if snapshot.going is not None:
        return "…", theme.note, "", going_words(snapshot.going, view)
    if snapshot.autopsy is not None:
        return "✗", theme.critical, "DIVERGED: ", autopsy_words(snapshot.autopsy)
    if not snapshot.findings and snapshot.arms:
        table = standings(snapshot.arms)
        ways, broken = who_leads(table), who_breaks(table)
        if broken:
            ways = (*(f"{way} · {broken[0]}" for way in ways), f"{ways[-1]} · {broken[-1]}", *ways)
        if snapshot.message and not ways[0].startswith("▲"):
            ways = (*_told(view.naming_keys(snapshot.message)), *ways)
        sign, packed = ("▲", theme.best) if ways[0].startswith("▲") else ("•", theme.muted)
        return sign, packed, "", tuple(way.removeprefix("▲ ") for way in ways)
    if not snapshot.findings:
        message = view.naming_keys(snapshot.message)
        ways = _told(message) if message else _calm_sentence(snapshot, view)
        return "•", theme.muted, "", ways
    finding = snapshot.findings[0]
    packed = {
        Severity.CRITICAL: theme.critical,
        Severity.WARNING: theme.warning,
        Severity.NOTE: theme.note,
        Severity.GOOD: theme.good,
    }[finding.severity]
    loud = finding.severity in (Severity.CRITICAL, Severity.WARNING)
    headline = finding.title.upper() if loud else finding.title
    # Most sentences begin with the finding's own word ("Overfitting since …"): it is not said twice.
    word = finding.sentence.partition(" ")[0].casefold()
    said = finding.title.casefold().endswith(word)
    rest = finding.sentence[len(word) :] if said else f": {finding.sentence}"
    return _SEVERITY_SIGNS[finding.severity], packed, headline, (rest, *(_behind(way) for way in finding.short))


def going_words(going: Going, view: View) -> tuple[str, ...]:
    """Where a jump leads and how far it is, ways to say it, the longest first."""
    share, stays = f"{going.share:.0%}", f"{view.sign('leave')} stays here"
    where = f"Going to iteration {count(going.iteration)}: {share}"
    return f"{where} of the way is computed again · {stays}", f"{where} · {stays}", where, share


def _behind(words: str) -> str:
    """Words as they stand behind a headline: "BOUNCING since 4: loss 41 to 59", "BOUNCING: loss 41 to 59"."""
    return f" {words}" if words.startswith("since ") else f": {words}"


def autopsy_words(found: Autopsy) -> tuple[str, ...]:
    """Where the run broke, ways to say it, the longest first."""
    tensor = f"{found.tensor} of {found.layer}" if found.layer else f"the {found.tensor}"
    when, phase = f"iteration {count(found.iteration + 1)}", found.phase.word.lower()
    size = compact(found.largest_input, 2)
    return (
        found.sentence,
        f"in {when}, {phase}: {tensor} not finite after {found.operation} of numbers up to {size}.",
        f"{when}, {phase}: {tensor} not finite ({found.operation} of numbers up to {size})",
        f"{when}, {phase}: {tensor} ({found.operation}, inputs ≤ {size})",
        f"{when}, {phase}: {tensor} not finite",
        f"{when}, {phase}: {tensor}",
        f"{tensor} at {count(found.iteration + 1)}",
        tensor,
    )


def _calm_sentence(snapshot: Snapshot, view: View) -> tuple[str, ...]:
    """Where the losses are, when there is nothing to say about them: ways to say it, the longest first."""
    evaluations = evaluations_shown(snapshot)
    latest = evaluations.latest
    if latest is None or not snapshot.iteration:
        run, step, phase = map(view.sign, ("toggle", "step", "phase"))
        return (f"Nothing learnt yet: {run} runs, {step} makes one iteration, {phase} one phase of it.",)
    first = compact(float(evaluations.train_loss[0]))
    train, validation = compact(latest.train_loss), latest.validation_loss
    shares = latest.train_accuracy, latest.validation_accuracy
    right = ["" if share is None else f", {share:.0%} right" for share in shares]
    began = f"Training loss {train}{right[0]}, from {first} at the start"
    printed = _printed_loss(snapshot, latest)
    if snapshot.status is not Status.RUNNING and latest.iteration < snapshot.iteration:
        printed += f" · measured at {count(latest.iteration)}"
    if validation is None:
        return began + printed, f"Training loss {train}{right[0]}{printed}", began, f"Training loss {train}{right[0]}"
    held_out = f"{compact(validation)}{right[1]}"
    return (
        f"{began} · validation loss {held_out}{printed}",
        f"Training loss {train}{right[0]} · validation loss {held_out}",
        f"Training {train}{right[0]} · validation {held_out}",
        f"Validation {held_out}",
    )


def _printed_loss(snapshot: Snapshot, latest: Evaluation) -> str:
    """What a program prints that adds up its squared errors, one example at a time, over an epoch."""
    settings = snapshot.settings
    if settings.get("loss.name") != "half_mean_squared_error" or settings.get("training.batch_size") != 1:
        return ""
    if latest.epoch_loss is None:
        return ""
    return f" · epoch's squared errors sum to {compact(2 * snapshot.batches_per_epoch * latest.epoch_loss, 4)}"
