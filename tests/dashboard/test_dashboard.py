"""The whole screen: what the lines around the panels say, where a click lands, and that any size is good."""

from __future__ import annotations

import re

import made_up
import numpy as np
import pytest
import sample_moments as moments
import short_runs as samples
from effort import calls
from msgspec import structs

from tui_trainer.dashboard.frames import Frames
from tui_trainer.dashboard.header import draw_footer
from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.mouse import clicked
from tui_trainer.dashboard.panels import PANELS, by_number, numbers
from tui_trainer.dashboard.panels.settings import unfolded
from tui_trainer.dashboard.view import FooterKey
from tui_trainer.dashboard.whole_screen import Frame, draw_dashboard
from tui_trainer.drawing.cells import CONTINUATION, Cells
from tui_trainer.drawing.theme import ColourDepth, make_theme
from tui_trainer.experiment.declared import listed_settings
from tui_trainer.telemetry import Notice, Phase, Remedy, Severity, Snapshot, Status, Viewpoint

DARK = make_theme()
FOOTER = (
    FooterKey("toggle", "space", "run/pause"),
    FooterKey("step", ".", "step", 1),
    FooterKey("fix", "f", "fix", 5),
    FooterKey("presets", "l", "presets", 2),
    FooterKey("help", "?", "help"),
    FooterKey("quit", "q", "quit"),
)


def frame(snapshot: Snapshot, width: int = 120, height: int = 40, theme=DARK, **view) -> Frame:
    return draw_dashboard(snapshot, first_view(**{"settings": samples.SETTINGS, **view}), width, height, theme, FOOTER)


def lines(snapshot: Snapshot, width: int = 120, height: int = 40, **view) -> list[str]:
    return frame(snapshot, width, height, **view).cells.lines()


def remedied() -> Snapshot:
    """Overfitting, with a remedy that starts the run again."""
    found = samples.overfitting().findings[0]
    remedies = (Remedy("Collect more data.", {"data.samples": 400}),)
    return structs.replace(samples.overfitting(), findings=(structs.replace(found, remedies=remedies),))


@pytest.mark.parametrize("sample", [*samples.ALL, *moments.ALL], ids=lambda f: f.__name__)
def test_any_run_at_any_size(sample) -> None:
    for width, height in (
        (1, 1),
        (19, 5),
        (20, 6),
        (39, 9),
        (40, 10),
        (60, 16),
        (80, 24),
        (112, 22),
        (200, 60),
        (300, 100),
    ):
        shown = frame(sample(), width, height)
        assert (shown.cells.width, shown.cells.height) == (width, height)
        for place in shown.rectangles.values():
            assert place.x >= 0
            assert place.x + place.width <= width
            assert place.y >= 0
            assert place.y + place.height <= height


def test_ascii_is_ascii_everywhere() -> None:
    theme = make_theme("dark", ColourDepth.NONE, ascii_only=True)
    for sample in (*samples.ALL, *moments.ALL):
        for size in ((30, 8), (40, 12), (80, 24), (120, 40)):
            codes = frame(sample(), *size, theme=theme).cells.codes
            assert codes.min() >= 32
            assert codes.max() < 127


def test_the_header_says_what_runs_and_how_far_it_is() -> None:
    first, second = lines(samples.overfitting())[:2]
    assert first.split("·")[0].strip() == "overfitting"
    assert first.rstrip().endswith("▶ running 80 it/s")
    assert "epoch 481 of 1,500 · 480 iterations done" in second
    assert "lr 0.05" in second
    assert "Guess ▸ Measure ▸ Blame ▸ Fix" in " ".join(second.split())


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.PAUSED, "❚❚ paused"),
        (Status.FINISHED, "✓ finished"),
        (Status.STOPPED_EARLY, "✓ stopped early"),
        (Status.DIVERGED, "✗ diverged"),
        (Status.FAILED, "✗ failed"),
    ],
)
def test_the_status_has_a_sign_and_a_word_at_every_size(status: Status, words: str) -> None:
    snapshot = structs.replace(samples.moons(), status=status, message=Notice("Traceback\nValueError: no such thing"))
    for size in ((20, 6), (40, 12), (80, 24), (200, 60)):
        assert any(words in line for line in lines(snapshot, *size)[:2])


def test_full_speed_and_a_late_answer_are_said() -> None:
    assert "41,200 it/s, full speed" in lines(samples.digits())[0]
    assert "still computing" in lines(samples.moons(), stale=True)[0]


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("width", [80, 120, 200])
def test_the_phase_at_work_stands_in_brackets(phase: Phase, width: int) -> None:
    second = lines(made_up.changed(samples.moons(), phase=phase), width, 40)[1]
    assert f"[{phase.word}]" in second
    assert second.count("[") == 1


@pytest.mark.parametrize("width", range(30, 161, 5))
def test_epochs_and_iterations_cannot_be_taken_for_each_other(width: int) -> None:
    """An epoch counts from 1 while it runs, an iteration when it is done: only one of them has "of" and no plural."""
    for size in ((width, 24), (width, 8)):
        top = " ".join(lines(samples.overfitting(), *size)[:2])
        assert re.search(r"\b480( of 1,500)? (iterations|done)", top)
        assert not re.search(r"iteration \d", top)
        assert width < 80 or "epoch 481 of 1,500" in top or size[1] == 8


def test_the_past_has_a_badge() -> None:
    past = structs.replace(samples.moons(), past=Viewpoint(iteration=120, newest=240), iteration=120)
    for size in ((40, 12), (80, 24), (120, 40)):
        assert any("past: 120 of 240 iterations" in line for line in lines(past, *size)[:2])


def test_the_verdict_has_a_sign_a_word_its_numbers_and_a_key() -> None:
    found = samples.overfitting().findings[0]
    low, high = samples.rise(samples.overfitting())
    begin = f" ⚠ OVERFITTING since iteration {found.since}: validation loss rose from {low} to {high}"
    assert lines(remedied(), 160)[2].startswith(begin)
    assert lines(remedied(), 160)[2].rstrip().endswith("· f: samples 400")
    assert f"{low} → {high} · f: samples 400" in lines(remedied(), 80, 24)[2]
    found = samples.diverged().findings[0]
    diverging = structs.replace(samples.diverged(), autopsy=None)
    assert lines(diverging)[2].startswith(f" ✗ {found.title.upper()} since {found.since}: loss not finite")
    good = structs.replace(found, severity=Severity.GOOD, headline="learning well", cause="", remedies=())
    assert lines(structs.replace(samples.moons(), findings=(good,)))[2].startswith(" ✓ learning well: ")


@pytest.mark.parametrize("width", [80, 120])
def test_the_verdict_keeps_its_numbers_and_its_key_on_a_narrow_screen(width: int) -> None:
    verdict = lines(remedied(), width)[2]
    assert all(number in verdict for number in samples.rise(samples.overfitting()))
    assert "f: samples 400" in verdict


def test_a_click_finds_the_deed_that_the_verdict_names() -> None:
    drawn = draw_dashboard(remedied(), first_view(), 120, 40, DARK, ())
    place = drawn.rectangles["action:fix"]
    assert drawn.cells.lines()[place.y][place.x :].startswith("f: samples 400")
    assert place.width == len("f: samples 400")
    assert "action:fix" not in draw_dashboard(samples.moons(), first_view(), 120, 40, DARK, ()).rectangles


def test_with_nothing_to_say_the_verdict_is_calm() -> None:
    first, last = samples.spiral().losses.evaluations.train_loss[[0, -1]]
    right = samples.spiral().losses.evaluations.latest.train_accuracy
    calm = f" • Training loss {last:.3f}, {right:.0%} right, from {first:.2f} at the start"
    assert lines(samples.spiral())[2].startswith(calm)
    for width in range(60, 121):
        assert "space runs" in lines(samples.untrained(), width)[2]
        assert "…" not in lines(samples.untrained(), width)[2]
    told = structs.replace(samples.spiral(), message=Notice("restarted with the same seed"))
    assert "restarted with the same seed" in lines(told)[2]


def test_what_was_done_is_told_with_the_keys_that_a_person_has_chosen() -> None:
    told = structs.replace(samples.spiral(), message=Notice("arm B is given up", (("undo", "brings it back"),)))
    rebound = tuple(structs.replace(a, typed="f5") if a.id == "undo" else a for a in first_view().keymap)
    assert "; u brings it back" in lines(told)[2]
    assert "; f5 brings it back" in lines(told, keymap=rebound)[2].casefold()


def test_a_failure_shows_the_last_line_of_its_text() -> None:
    failed = structs.replace(
        samples.moons(), status=Status.FAILED, message=Notice("Traceback\n  boom\nValueError: no data")
    )
    assert lines(failed)[2].startswith(" ✗ FAILED: ValueError: no data")


def test_places_are_where_things_are() -> None:
    shown = frame(samples.moons())
    text = shown.cells.lines()
    assert set(PANELS) <= set(shown.rectangles)
    view = first_view(settings=samples.SETTINGS)
    place = shown.rectangles["settings"]
    for index, setting in enumerate(samples.SETTINGS):
        if index not in unfolded(view):
            continue
        y = next(y for y in range(40) if text[y][place.x + 2 :].startswith(setting.label))
        chosen, action = clicked(shown.rectangles, place.x + 5, y, samples.moons(), view)
        assert (chosen.setting, action) == (index, "setting_edit" if index == view.setting else "")
    place = shown.rectangles["key:quit"]
    assert text[place.y][place.x : place.x + place.width] == "q quit"
    assert shown.asks["map_columns"] == shown.rectangles["data"].width - 2
    assert shown.asks["map_rows"] == 2 * (shown.rectangles["data"].height - 3)


def test_one_panel_with_tabs_on_a_narrow_screen() -> None:
    shown = frame(samples.moons(), 50, 20, focus="fit")
    text = shown.cells.lines()
    assert "4 Fit" in text[3]
    for panel in by_number():
        place = shown.rectangles[f"tab:{panel.id}"]
        assert text[place.y][place.x :].startswith(f" {panel.number} " if panel.number else " set ")
    assert {name for name in shown.rectangles if name in PANELS} == {"fit"}


def test_a_race_calls_its_tab_and_its_curves_by_what_they_are() -> None:
    assert " 4 Race " in frame(moments.race(), 50, 20, focus="fit").cells.lines()[3]
    assert "validation loss · linear y" in lines(moments.race())[3]
    assert "validation" not in lines(samples.moons())[3]


def test_the_followed_weight_is_named_where_its_numbers_stand() -> None:
    step = samples.moons().step
    assert step is not None
    shown = "\n".join(lines(samples.moons(), settings=listed_settings()[:35]))
    name = step.weight.name.partition(" ")[0]
    assert f"example {step.example + 1} of {step.batch_size} · L{step.weight.layer + 1} {name}" in shown


def test_zoomed_the_focus_fills_the_screen() -> None:
    shown = frame(samples.moons(), focus="loss", zoomed=True)
    assert [name for name in shown.rectangles if name in PANELS] == ["loss"]
    assert shown.rectangles["loss"].width == 120
    assert shown.rectangles["loss"].height == 36
    assert "running" in shown.cells.lines()[0]


def test_the_footer_drops_the_least_important_first() -> None:
    def keys(width: int) -> list[str]:
        return [name[4:] for name in frame(samples.moons(), width, 24).rectangles if name.startswith("key:")]

    assert keys(120) == ["toggle", "step", "fix", "presets", "help", "quit"]
    assert keys(55) == ["toggle", "step", "presets", "help", "quit"]
    assert keys(41) == ["toggle", "step", "help", "quit"]
    for width in range(40, 90):
        assert {"toggle", "help", "quit"} <= set(keys(width))


def test_a_small_screen_speaks_in_words() -> None:
    text = "\n".join(lines(samples.overfitting(), 30, 9))
    assert "running 80 it/s" in text
    assert "480 of 1,500 iterations done" in text
    assert "OVERFITTING" in text
    assert f"train loss {samples.overfitting().losses.evaluations.latest.train_loss:.3g}" in text
    smallest = lines(samples.overfitting(), 20, 6)
    assert "⚠ OVERFITTING" in smallest[2]
    assert "Please enlarge" in "\n".join(lines(samples.moons(), 19, 9))


def test_names_from_files_bring_no_control_characters() -> None:
    wild = structs.replace(samples.moons(), title="\x1b[31mred\n", summary="a\tb\x07", message=Notice("\x9b2J"))
    for size in ((20, 6), (40, 12), (120, 40)):
        codes = frame(wild, *size).cells.codes
        assert (((codes >= 32) & (codes < 127)) | (codes >= 160) | (codes == CONTINUATION)).all()


def test_while_a_run_goes_on_most_of_the_screen_stays() -> None:
    """The picture around the data stands still: a new iteration repaints a small part."""
    before, after = (samples.overfitting(), samples.overfitting())
    after = made_up.changed(after, iteration=481, speed=80.2)
    one, two = frame(before).cells, frame(after).cells
    changed = (one.codes != two.codes) | (one.styles != two.styles)
    assert np.count_nonzero(changed) < 40


def test_a_frame_takes_little_effort() -> None:
    """Counted, not timed: what a panel draws cell by cell would show at once."""
    snapshot = samples.digits()
    frame(snapshot)
    assert calls(lambda: frame(snapshot)) < 20_000


def test_the_next_picture_at_full_speed_takes_a_fraction_of_the_first() -> None:
    """What stays is not made again: borders, axes, the footer, the list of settings."""
    run, frames = samples.ran("moons", samples.MOONS, 60), Frames()
    view = first_view(settings=samples.SETTINGS)

    def effort() -> int:
        run.advance(7)
        snapshot = samples.shown(run)
        return calls(lambda: frames.draw(snapshot, view, (120, 40), DARK, numbers(), lambda cells, parts: ()))

    effort()
    assert min(effort() for _ in range(4)) < 4_200


def test_the_footer_is_drawn_again_only_when_its_keys_change() -> None:
    def drawn(*keys: FooterKey) -> list[str]:
        cells = Cells(60, 2)
        rectangles = draw_footer(cells, 1, keys, DARK)
        assert list(rectangles) == [f"key:{key.action}" for key in keys]
        assert all(rectangle.y == 1 for rectangle in rectangles.values())
        return cells.lines()

    before = drawn(*FOOTER)
    assert drawn(*FOOTER[:3]) != before
    assert drawn(*FOOTER) == before
    assert calls(lambda: draw_footer(Cells(60, 2), 1, FOOTER, DARK)) < 30


@pytest.mark.parametrize("phase", list(Phase))
def test_on_a_small_screen_the_phases_bring_their_numbers(phase: Phase) -> None:
    shown = "\n".join(lines(made_up.changed(samples.moons(), phase=phase), 80, 24))
    assert "6 This step" in shown
    assert "6 This step" not in "\n".join(lines(samples.moons(), 80, 24))
