"""A race on screen: curves told apart without colour, the table of arms, who is ahead, where they part."""

from __future__ import annotations

import made_up
import numpy as np
import pytest
import sample_moments as moments
import short_runs as samples
from msgspec import structs

from tui_trainer.dashboard.arm_labels import arm_wordings, focused_arm
from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.panels import arm_curves, fit, loss_curve
from tui_trainer.dashboard.standings import standings, who_leads
from tui_trainer.dashboard.whole_screen import draw_dashboard
from tui_trainer.drawing.charts.numbers import compact
from tui_trainer.drawing.theme import ColourDepth, Theme, make_theme
from tui_trainer.telemetry import ArmView, Notice, SettingHistory, Severity, Snapshot, Status
from tui_trainer.wording import percent

DARK = make_theme()
RATE = "optimizer.learning_rate"
ASCII = make_theme("dark", ColourDepth.NONE, ascii_only=True)


def text(snapshot: Snapshot, width: int = 60, height: int = 16, panel=fit, theme=DARK, **view) -> str:
    return "\n".join(panel.draw(snapshot, first_view(**view), width, height, theme).lines())


def test_an_arm_is_called_by_its_name_or_by_what_makes_it_different() -> None:
    named = moments.race().arms[2]
    assert arm_wordings(named)[0] == "lr 2"
    changed = structs.replace(named, changed=(SettingHistory(key=RATE, values=((0, 2.0), (60, 0.5))),))
    assert arm_wordings(changed)[0] == "lr 2, now learning rate 0.5"
    returned = structs.replace(named, changed=(SettingHistory(key=RATE, values=((0, 2.0), (60, 0.5), (80, 2.0))),))
    assert arm_wordings(returned)[0] == "lr 2, now learning rate 2 again"
    long = structs.replace(named, name="learning rate 2, cosine schedule")
    assert arm_wordings(long)[-2:] == ("lr 2, cosine…", "lr 2…")
    fork = structs.replace(moments.forked().arms[1], like="")
    dropped = structs.replace(fork, differs=(SettingHistory(key="network.dropout", values=((0, 0.5),)),))
    assert arm_wordings(dropped)[0] == "dropout 0.5"
    assert arm_wordings(structs.replace(fork, like="A"))[0] == "as A so far"
    assert not arm_wordings(fork)
    assert focused_arm(moments.race().arms) == 1


@pytest.mark.parametrize(
    ("values", "ways"),
    [
        (((0, 2.0),), ("learning rate 2", "lr 2")),
        (
            ((0, 2.0), (60, 0.5)),
            ("learning rate 2, then 0.5 from 61", "learning rate 2, then 0.5", "lr 2, then 0.5", "lr 2→0.5"),
        ),
        (
            ((30, 0.1), (60, 0.2), (90, 0.5), (95, 1.0)),
            ("learning rate 0.1, …, then 1 from 96", "learning rate 0.1, …, then 1", "lr 0.1, …, then 1", "lr 0.1→…→1"),
        ),
    ],
)
def test_what_a_fork_has_lived_with_is_told_and_not_only_where_it_is_now(
    values: tuple[tuple[int, float], ...], ways: tuple[str, ...]
) -> None:
    arm = structs.replace(moments.forked().arms[1], like="", differs=(SettingHistory(key=RATE, values=values),))
    assert arm_wordings(arm) == ways


class TestTable:
    def test_every_arm_with_its_losses(self) -> None:
        shown = text(moments.race()).splitlines()
        assert "4 Race" in shown[0]
        assert "iteration 200" in shown[0]
        for number, arm in enumerate(moments.race().arms):
            latest = arm.losses.evaluations.latest
            assert latest is not None
            row = shown[2 + number]
            assert arm.name in row
            assert latest.validation_loss is not None
            assert compact(latest.train_loss) in row
            assert compact(latest.validation_loss) in row
            assert ("▸" in row) == arm.focused

    def test_the_one_with_the_lowest_validation_loss_is_ahead(self) -> None:
        shown = text(moments.race())
        table = standings(moments.race().arms).arms
        losses = [standing.latest.validation_loss for standing in table if standing.latest is not None]
        best = int(np.argmin(losses))
        assert [standing.ahead for standing in table] == [number == best for number in range(3)]
        assert "▲" in shown.splitlines()[2 + best]
        assert f"▲ {'ABC'[best]} is ahead" in text(moments.race(), 80)

    def test_equals_lead_together(self) -> None:
        slow, fast, _ = moments.race().arms
        tied = standings((slow, fast, structs.replace(fast, name="again", letter="C")))
        assert [standing.ahead for standing in tied.arms] == [False, True, True]
        worse, loss = (compact(each.losses.evaluations.latest.validation_loss) for each in (slow, fast))
        assert who_leads(tied)[0] == f"B and C are ahead of A: validation loss {loss}, A {worse}"
        second, third, fourth = (structs.replace(fast, letter=letter) for letter in "BCD")
        assert "B, C and D are ahead of A" in who_leads(standings((slow, second, third, fourth)))[0]
        behind = structs.replace(slow, letter="D")
        assert "B and C are ahead: " in who_leads(standings((slow, second, third, behind)))[0]

    def test_nobody_is_ahead_while_all_are_equal(self) -> None:
        assert not any(standing.ahead for standing in standings(moments.forked().arms).arms)
        assert "no arm is ahead of the others" in text(moments.forked())

    def test_in_the_past_the_losses_are_those_of_the_moment(self) -> None:
        first, fork = standings(moments.forked().arms).arms
        assert first.latest is not None
        assert fork.latest is not None
        assert first.latest.iteration == 80
        assert first.latest.validation_loss == fork.latest.validation_loss

    def test_without_held_out_data_the_training_loss_decides(self) -> None:
        shown = text(moments.one_broke())
        assert "✗ diverged" in shown.splitlines()[4]
        assert "–" in shown.splitlines()[2]
        assert "training loss" not in text(moments.race())

    def test_every_arm_says_how_it_stands(self) -> None:
        finding = structs.replace(samples.diverged().findings[0], severity=Severity.CRITICAL)
        first, second, third = moments.race().arms
        runs_away = structs.replace(third, finding=structs.replace(finding, cause="learning rate too large"))
        warned = structs.replace(
            first, finding=structs.replace(finding, headline="overfitting", severity=Severity.WARNING)
        )
        snapshot = made_up.changed(moments.race(), arms=(warned, second, runs_away))
        shown = text(snapshot).splitlines()
        assert "lr 0.02 ⚠ overfitting" in shown[2]
        assert "lr 2 ✗ diverging" in shown[4]
        lost = structs.replace(third, status=Status.DIVERGED, iteration=14)
        assert "lr 2 ✗ diverged at 14" in text(made_up.changed(snapshot, arms=(first, second, lost)))
        assert "✗" in text(made_up.changed(snapshot, arms=(first, second, lost)), 34).splitlines()[4]

    @pytest.mark.parametrize("width", range(28, 60))
    def test_a_warning_shortens_the_name_of_an_arm_and_does_not_replace_it(self, width: int) -> None:
        warning = structs.replace(samples.overfitting().findings[0], severity=Severity.WARNING)
        arms = tuple(
            structs.replace(arm, name=name, finding=warning)
            for arm, name in zip(moments.race().arms, ("without dropout", "dropout 0.3", "as above"), strict=True)
        )
        shown = text(made_up.changed(moments.race(), arms=arms), width).splitlines()[2:5]
        for line, name in zip(shown, ("wit", "dro", "as "), strict=True):
            assert name in line
            assert "⚠" in line

    @pytest.mark.parametrize("width", [28, 31, 36])
    def test_where_names_do_not_fit_beside_two_losses_they_stand_beside_the_one_that_decides(self, width: int) -> None:
        arms = tuple(
            structs.replace(arm, name=name)
            for arm, name in zip(moments.race().arms, ("SGD", "momentum", "Adam"), strict=True)
        )
        shown = text(made_up.changed(moments.race(), arms=arms), width).splitlines()
        assert "momentum" in shown[3]
        for arm, line in zip(arms, shown[2:], strict=False):
            latest = arm.losses.evaluations.latest
            assert latest is not None
            assert latest.validation_loss is not None
            assert compact(latest.validation_loss) in line

    def test_a_small_panel_keeps_the_losses(self) -> None:
        shown = text(moments.race(), 30, 6).splitlines()
        for number, arm in enumerate(moments.race().arms, start=1):
            latest = arm.losses.evaluations.latest
            assert latest is not None
            assert latest.validation_loss is not None
            assert "ABC"[number - 1] in shown[number]
            assert compact(latest.validation_loss) in shown[number]


class TestParting:
    def test_where_and_in_which_layer(self) -> None:
        parting = moments.race().race.parting
        assert parting.iteration == 1
        assert f"A and B part at iteration 1, most in {parting.first}" in text(moments.race())
        assert f"furthest apart then: {parting.weight}" in text(moments.race())
        assert "A and F part at iteration 81, most in layer 1" in text(moments.one_broke())

    def test_until_then_they_are_equal(self) -> None:
        shown = text(moments.forked())
        assert "A and B: equal weights so far, to the bit" in shown
        assert shown.count("equal") == 3

    def test_the_layers_that_are_further_apart_have_longer_bars(self) -> None:
        parting = structs.replace(moments.race().race.parting, layers={"layer 1": 1e-4, "layer 2": 0.5})
        rows = [
            line for line in text(made_up.changed(moments.race(), parting=parting)).splitlines() if "layer " in line
        ]
        assert rows[-1].count("━") > 1.5 * rows[-2].count("━") > 0
        assert "1.0e-4" in rows[-2] or "1e-4" in rows[-2]

    def test_networks_of_other_shapes_have_no_distance(self) -> None:
        parting = structs.replace(moments.race().race.parting, layers={})
        assert "difference" not in text(made_up.changed(moments.race(), parting=parting))


class TestCurves:
    def test_each_ends_in_its_letter(self) -> None:
        shown = text(moments.race(), 70, 18, panel=loss_curve).splitlines()[2:]
        for letter in "ABC":
            assert sum(line[8:].count(letter) for line in shown) == 1

    def test_letters_that_would_meet_stand_side_by_side(self) -> None:
        assert "AB" in text(moments.forked(), 70, 18, panel=loss_curve)

    def test_a_long_name_in_the_legend_is_cut_after_a_word(self) -> None:
        values = (("learning_rate", 0.5), ("momentum", 0.9), ("weight_decay", 0.0123), ("nesterov", True))
        differs = tuple(SettingHistory(key=f"optimizer.{key}", values=((0, value),)) for key, value in values)
        snapshot = moments.forked()
        assert snapshot.race is not None
        first, second = snapshot.arms
        arms = (first, structs.replace(second, like="", differs=differs))
        snapshot = structs.replace(snapshot, race=structs.replace(snapshot.race, arms=arms))
        shown = text(snapshot, 60, 18, panel=loss_curve).splitlines()[1]
        assert "B ⠶⠶⠀ lr 0.5, momentum 0.9, weight decay…" in shown

    def test_the_legend_has_a_piece_of_each_line_and_its_words(self) -> None:
        legend = text(moments.race(), 70, 18, panel=loss_curve).splitlines()[1]
        pieces = [legend[legend.index(f"{letter} ") + 2 :][:3] for letter in "ABC"]
        assert len(set(pieces)) == 3
        assert all(f"lr {rate:g}" in legend for rate in moments.RATES)

    @pytest.mark.parametrize("theme", [DARK, ASCII])
    def test_a_narrow_legend_has_whole_names_rather_than_pieces_of_lines(self, theme: Theme) -> None:
        names = ("nothing", "more data", "early stopping")
        snapshot = moments.race()
        assert snapshot.race is not None
        arms = tuple(structs.replace(arm, name=name) for arm, name in zip(snapshot.arms, names, strict=True))
        snapshot = structs.replace(snapshot, race=structs.replace(snapshot.race, arms=arms))
        legend = "".join(text(snapshot, 30, 18, panel=loss_curve, theme=theme).splitlines()[1:3])
        assert all(f"{letter} {name}" in legend for letter, name in zip("ABC", names, strict=True))

    def test_without_braille_the_lines_are_made_of_their_letters(self) -> None:
        shown = text(moments.race(), 70, 18, panel=loss_curve, theme=ASCII)
        assert all(shown.count(letter) > 8 for letter in "ABC")

    def test_the_focused_one_is_brighter(self) -> None:
        cells = loss_curve.draw(moments.race(), first_view(), 70, 18, DARK)
        styles = set(cells.styles[2:].ravel().tolist())
        assert DARK.arm_style(1, True) in styles
        assert DARK.arm_style(0, False) in styles
        assert DARK.arm_style(0, True) not in styles

    def test_what_an_arm_has_yet_to_live_through_again_is_dimmed(self) -> None:
        cells = loss_curve.draw(moments.forked(), first_view(), 70, 18, DARK)
        assert (cells.styles[2:-2, 10:-1] == DARK.faint).any()
        assert not (loss_curve.draw(moments.race(), first_view(), 70, 18, DARK).styles[2:-2, 10:-1] == DARK.faint).any()

    def test_one_that_runs_away_does_not_flatten_the_others(self) -> None:
        shown = text(moments.one_broke(), 70, 18, panel=loss_curve)
        assert "e+" not in shown
        assert "1e" not in shown
        assert "✗" in shown

    def test_a_run_that_diverges_and_its_cure_are_in_sight_while_they_are_finite(self) -> None:
        first, second = moments.race().arms[:2]
        for ends in ((1e25, 1e10), (1e25, 0.3)):
            arms = tuple(with_evaluations(arm, end, end) for arm, end in zip((first, second), ends, strict=True))
            snapshot = made_up.changed(moments.race(), arms=arms)
            curves = arm_curves.decisive_curves(snapshot)
            assert len(arm_curves.within_sight(curves)) == sum(len(curve.values) for curve in curves)
            assert arm_curves.race_axis(curves, log_y=True).high >= 1e25
            shown = loss_curve.draw(snapshot, first_view(), 70, 18, DARK).lines()
            assert "log y" in shown[0]
            assert row_of_end(shown, "A") < row_of_end(shown, "B")

    @pytest.mark.parametrize("size", [(28, 8), (47, 13), (70, 18), (120, 30), (200, 60)])
    def test_what_the_verdict_judges_by_is_what_is_drawn_and_named(self, size: tuple[int, int]) -> None:
        """Of two arms, one trains better and the other validates better: the curves are those of the validation."""
        first, second = moments.race().arms[:2]
        snapshot = made_up.changed(
            moments.race(), arms=(with_evaluations(first, 0.1, 0.9), with_evaluations(second, 0.5, 0.4))
        )
        shown = loss_curve.draw(snapshot, first_view(), *size, DARK).lines()
        assert "valid" in shown[0]
        rows = {letter: row_of_end(shown, letter) for letter in "AB"}
        assert rows["A"] < rows["B"]
        assert [standing.ahead for standing in standings(snapshot.arms).arms] == [False, True]

    def test_without_held_out_data_the_curves_are_the_training_losses_of_the_evaluations(self) -> None:
        nothing_held_out = made_up.changed(moments.one_broke(), arms=moments.one_broke().arms[:2])
        for width in (60, 120):
            shown = text(nothing_held_out, width, 30, panel=loss_curve)
            assert "training loss" in shown
            assert "validation" not in shown
        assert "training loss" not in text(nothing_held_out, 60, 30), "twice the same curves"
        assert "training loss" in text(moments.race(), 60, 26)

    def test_where_there_is_room_the_mini_batches_are_behind(self) -> None:
        big = loss_curve.draw(moments.race(), first_view(), 120, 30, DARK)
        assert any("batches: " in line for line in big.lines())
        assert (big.styles[3:-2, 10:-1] == DARK.faint).any()

    @pytest.mark.parametrize("size", [(47, 13), (120, 30)])
    @pytest.mark.parametrize("log_y", [False, True])
    def test_a_curve_ends_at_the_number_in_the_table(self, size: tuple[int, int], log_y: bool) -> None:
        """At a moment between two evaluations, which has been measured, and of which the curves' log knows nothing."""
        arms = []
        for arm, now in zip(moments.race().arms[:2], (0.03, 0.5), strict=True):
            latest = arm.losses.evaluations.latest
            assert latest is not None
            here = made_up.replaced(latest, iteration=latest.iteration + 1, validation_loss=now)
            arms.append(structs.replace(arm, evaluation=here, iteration=here.iteration))
        snapshot = made_up.changed(moments.race(), arms=tuple(arms))
        shown = loss_curve.draw(snapshot, first_view(log_y=log_y), *size, DARK).lines()
        axis = arm_curves.race_axis(arm_curves.decisive_curves(snapshot), log_y)
        above = next(n for n, line in enumerate(shown) if "┤" in line or "│" in line[2:12])
        rows = len(shown) - 2 - above
        for letter, now in (("A", 0.03), ("B", 0.5)):
            assert row_of_end(shown, letter) - above == pytest.approx(rows - 1 - axis.cell(now, rows, 4), abs=1)


def with_evaluations(arm, train: float, validation: float):
    """The arm with losses that go straight from 0.6 to these."""
    evaluations = arm.losses.evaluations
    way = np.linspace(0.0, 1.0, len(evaluations.iteration))
    latest = made_up.replaced(evaluations.latest, train_loss=train, validation_loss=validation)
    changed = made_up.replaced(
        evaluations,
        train_loss=0.6 + (train - 0.6) * way,
        validation_loss=0.6 + (validation - 0.6) * way,
        latest=latest,
        best=latest,
    )
    return structs.replace(arm, losses=structs.replace(arm.losses, evaluations=changed))


def row_of_end(shown: list[str], letter: str) -> int:
    """The row in which this letter stands at the end of its curve: the last in the plot."""
    return max((line.rfind(letter), n) for n, line in enumerate(shown) if n > 2 or "┤" in line or "│" in line[2:])[1]


def test_one_run_has_the_fit_panel() -> None:
    assert "4 Fit" in text(samples.moons())


def test_with_nothing_wrong_the_verdict_is_who_leads() -> None:
    def verdict(snapshot: Snapshot, width: int) -> str:
        return draw_dashboard(snapshot, first_view(settings=samples.SETTINGS), width, 24, DARK, ()).cells.lines()[2]

    best = next(standing for standing in standings(moments.race().arms).arms if standing.ahead)
    assert best.latest is not None
    assert best.latest.validation_loss is not None
    lowest = compact(best.latest.validation_loss)
    assert verdict(moments.race(), 120).startswith(f" ▲ {best.letter} is ahead: validation loss {lowest}")
    silent = structs.replace(moments.forked(), message=Notice())
    assert verdict(silent, 60).startswith(" • no arm is ahead of the others")
    forked = structs.replace(moments.forked(), message=Notice("arm B forked at iteration 80"))
    assert verdict(forked, 120).rstrip().endswith("arm B forked at iteration 80")
    first, second, third = moments.race().arms
    lost = made_up.changed(moments.race(), arms=(first, second, structs.replace(third, status=Status.DIVERGED)))
    assert "is ahead: validation loss" in verdict(lost, 120)
    assert "· ✗ C diverged at 200" in verdict(lost, 120)
    assert "✗ C diverged" in verdict(lost, 60)


def test_an_alarm_in_a_race_says_of_which_arm_it_is() -> None:
    """The arm with the focus may be the one that loses, and every other panel is about all of them."""
    alarmed = made_up.changed(moments.race(1), findings=samples.overfitting().findings)
    focused = next(arm.letter for arm in alarmed.arms if arm.focused)
    for width in (60, 80, 120, 200):
        line = draw_dashboard(alarmed, first_view(settings=samples.SETTINGS), width, 24, DARK, ()).cells.lines()[2]
        assert line.startswith(f" ⚠ {focused}: OVERFITTING"), line


def test_an_arm_keeps_its_colour_and_its_dash_when_another_is_given_up() -> None:
    before = moments.race()
    after = made_up.changed(before, arms=before.arms[1:])

    def drawn(snapshot: Snapshot, panel, row: int) -> tuple[str, list[int]]:
        """The letter of arm B with its piece of a line, and their styles."""
        cells = panel.draw(snapshot, first_view(), 80, 24, DARK)
        start = cells.lines()[row].index("B ")
        place = slice(start, start + 5)
        return cells.lines()[row][place], cells.styles[row, place].tolist()

    assert drawn(before, loss_curve, 1) == drawn(after, loss_curve, 1)
    assert drawn(before, fit, 3) == drawn(after, fit, 2)


def test_an_arm_of_another_loss_is_not_ahead_for_its_smaller_number() -> None:
    first, second, third = moments.race().arms
    held_out = structs.replace(samples.YARDSTICK.validation, count=400)
    first, second, third = (
        structs.replace(arm, yardstick=structs.replace(arm.yardstick, validation=held_out))
        for arm in (first, second, third)
    )
    other = structs.replace(second, yardstick=structs.replace(second.yardstick, loss="mean squared error"))

    def with_shares(arm: ArmView, share: float | None) -> ArmView:
        latest = arm.losses.evaluations.latest
        assert latest is not None
        return structs.replace(arm, evaluation=made_up.replaced(latest, validation_accuracy=share))

    shares = (0.9975, 0.5, 1.0)
    arms = tuple(map(with_shares, (first, other, third), shares))
    shown = text(made_up.changed(moments.race(), arms=arms), 90).splitlines()
    assert shown[1].split()[-3:-1] == ["valid.", "right"]
    assert [row.split("│")[1].split("▲")[0].split()[-1] for row in shown[2:5]] == ["99.8%", "50%", "100%"]
    assert ["▲" in row for row in shown[2:5]] == [False, False, True]
    assert "▲ C is ahead: validation accuracy 100%, A 99.8% (different losses)" in "\n".join(shown)
    told = who_leads(standings(arms))[0]
    assert told == "C is ahead: validation accuracy 100%, A 99.8%, by 1 of 400 examples (different losses)"
    arms = tuple(map(with_shares, (first, other, third), (None, None, None)))
    shown = text(made_up.changed(moments.race(), arms=arms), 90).splitlines()
    assert not any("▲" in row for row in shown)
    assert "different losses (binary cross-entropy, mean squared error): no arm is ahead" in "\n".join(shown)


def test_the_shares_that_decide_are_told_apart_and_all_is_only_all() -> None:
    shares = (1.0, 0.9996, 0.998, 0.925, 0.5, 0.0004, 0.0)
    assert [percent(share) for share in shares] == ["100%", "99.96%", "99.8%", "92%", "50%", "0.04%", "0%"]
    assert [percent(share, 1) for share in shares] == ["100%", "99.96%", "99.8%", "92.5%", "50%", "0.04%", "0%"]
    first, second = moments.race().arms[:2]
    latest = first.losses.evaluations.latest
    assert latest is not None
    losses = (0.100001, 0.100002)
    arms = [
        structs.replace(arm, evaluation=made_up.replaced(latest, validation_loss=loss))
        for arm, loss in zip((first, second), losses, strict=True)
    ]
    assert "validation loss 0.100001, B 0.100002" in who_leads(standings(arms))[0]
    assert latest.validation_loss is not None
    rounded = made_up.replaced(latest, validation_loss=latest.validation_loss * (1 + 1e-7))
    tied = standings((structs.replace(first, evaluation=latest), structs.replace(second, evaluation=rounded)))
    told = compact(latest.validation_loss)
    assert who_leads(tied)[0] == f"no arm is ahead of the others: all have validation loss {told}"


def test_arms_measured_at_different_iterations_say_at_which() -> None:
    first, second = moments.race().arms[:2]
    latest = first.losses.evaluations.latest
    assert latest is not None
    early = made_up.replaced(latest, iteration=120, validation_loss=0.3)
    late = made_up.replaced(latest, iteration=400, validation_loss=1.25)
    arms = (structs.replace(first, evaluation=early, iteration=120), structs.replace(second, evaluation=late))
    assert who_leads(standings(arms))[0] == "A is ahead: validation loss 0.300 at 120, B 1.25 at 400"
    shown = text(made_up.changed(moments.race(), arms=arms), 70)
    assert "lr 0.02 · at 120" in shown
    assert "lr 0.1 · at 400" in shown


@pytest.mark.parametrize(
    ("iteration", "layers"), [(0, {"layer 1": 0.5, "layer 2": 0.5}), (0, {}), (1, {"layer 1": 0.0, "layer 2": 0.1})]
)
def test_parting_is_about_weights(iteration: int, layers: dict[str, float]) -> None:
    parting = structs.replace(moments.race().race.parting, iteration=iteration, layers=layers, first="", weight="")
    shown = text(made_up.changed(moments.race(), parting=parting), 80)
    told = "A and B start from other weights" if layers else "A and B have other shapes"
    assert ("equal weights at the start; A and B part at iteration 1" in shown) == (iteration == 1)
    assert (told in shown) == (iteration == 0)


def test_arms_that_stand_at_different_iterations_are_apart_there_and_were_equal_until_the_first() -> None:
    first, second = moments.forked().arms
    snapshot = made_up.changed(moments.forked(), arms=(first, structs.replace(second, iteration=150)))
    shown = text(snapshot, 70)
    assert "A and B had equal weights until 80" in shown
    assert "so far" not in "\n".join(line for line in shown.splitlines() if "weights" in line)
    assert "B at 150 from A at 80: |difference| / |weights|" in shown
