"""The table of keys promises nothing that does not exist, and no key means two things in one place."""

from __future__ import annotations

import made_up
import pytest
import sample_moments as moments
import short_runs as samples
from fake_run import BOUNCING, CATALOGUE, FakeRun
from key_acts import act
from msgspec import structs

from tui_trainer.dashboard.keys.arrows import owner_of_arrows
from tui_trainer.dashboard.keys.key_meaning import (
    action_for,
    footer,
    greyed_actions,
    why_idle,
)
from tui_trainer.dashboard.keys.keymap import first_view, keymap
from tui_trainer.dashboard.keys.screen_keys import FOCUS_HELP
from tui_trainer.dashboard.panels import PANELS
from tui_trainer.dashboard.panels.loss import CURSOR
from tui_trainer.dashboard.panels.phrase_cursor import PHRASE
from tui_trainer.dashboard.panels.point_cursor import POINT
from tui_trainer.dashboard.panels.weight_cursor import WEIGHT
from tui_trainer.dashboard.view import Cursor, FooterKey, PhraseNumber, View
from tui_trainer.telemetry import Snapshot, Status, WeightAddress
from tui_trainer.tui.screens.filtered_list import action_palette

CURSORS: dict[str, tuple[str, Cursor]] = {CURSOR: ("loss", 3), POINT: ("data", (0.0, 0.0))}
CURSORS |= {WEIGHT: ("weights", WeightAddress(0, 0, 0)), PHRASE: ("data", PhraseNumber(0))}
"""Owner of the arrows → its panel, and what its cursor is on."""
PLACES = (*PANELS, *CURSORS)
SCREEN_ACTIONS = {
    *("presets", "card", "find_setting", "setting_edit", "weight_edit", "lesson_type", "examine", "help", "palette"),
    *("phrase_type", "table"),
    *("export", "copy_command", "keep", "theme", "quit", "quit_at_once", "suspend", "repaint"),
}
"""What opens a screen or acts on the program; the app has them."""


def at(where: str) -> View:
    """A view whose arrows belong to `where`."""
    view = first_view(settings=CATALOGUE.settings)
    panel, cursor = CURSORS.get(where, (where, None))
    return structs.replace(view, focus=panel, cursor=cursor)


def named(view: View) -> dict[str, FooterKey]:
    """What the footer names, by the id of the action."""
    return {key.action: key for key in footer(FakeRun().latest(), view)}


def test_every_action_is_in_the_table_once_and_can_be_carried_out() -> None:
    ids = [action.id for action in keymap()]
    assert len(ids) == len(set(ids))
    assert {action.id for action in keymap() if action.act is None} == SCREEN_ACTIONS


@pytest.mark.parametrize("where", PLACES)
def test_a_key_means_one_thing_in_one_place(where: str) -> None:
    view = at(where)
    assert owner_of_arrows(view) == (where if where in CURSORS else PANELS[where].arrows)
    seen: dict[str, str] = {}
    for action in keymap():
        if action.works_for(owner_of_arrows(view)):
            for key in action.keys:
                assert key not in seen, f"{key} in {where}: {seen.get(key)} and {action.id}"
                seen[key] = action.id
                assert action_for(key, view) is action


@pytest.mark.parametrize("where", PLACES)
def test_arrows_and_enter_mean_something_everywhere_and_the_footer_says_what(where: str) -> None:
    view = at(where)
    for key in ("up", "down", "left", "right", "enter"):
        assert action_for(key, view) is not None
    assert any("→" in key.key for key in named(view).values())


def test_where_there_is_one_picture_only_the_keys_for_others_say_so() -> None:
    run = FakeRun()
    for sample, off in ((samples.embedding(), True), (samples.digits(), False), (samples.moons(), False)):
        greyed = greyed_actions(sample, at("data"), run.capabilities)
        assert ({"item_left", "item_right", "next_item", "previous_item"} <= greyed) == off
        assert "item_left" not in greyed_actions(sample, at("weights"), run.capabilities)
    action = action_for("left", at("data"))
    assert action is not None
    assert "no other picture" in why_idle(action, samples.embedding(), at("data"), run.capabilities)


def test_enter_opens_a_field_in_the_settings_alone_and_fills_the_screen_elsewhere() -> None:
    for where in PLACES:
        action = action_for("enter", at(where))
        assert action is not None
        others = {"settings": "setting_edit", CURSOR: "cursor_seek", POINT: "ask", WEIGHT: "weight_edit"}
        others[PHRASE] = "phrase_type"
        assert action.id == others.get(where, "zoom_focused")


def reason(action_id: str, snapshot: Snapshot, view: View) -> str:
    """Why an action can do nothing; "" where it can."""
    action = next(action for action in keymap() if action.id == action_id)
    return why_idle(action, snapshot, view, FakeRun().capabilities)


def test_where_a_panel_has_one_thing_only_the_keys_that_choose_say_so() -> None:
    some = FakeRun().latest()
    one_layer = made_up.changed(some, layer=structs.replace(some.network.layer, count=1))
    one_example = structs.replace(some, step=structs.replace(some.step, batch_size=1))
    none_yet = structs.replace(some, step=None)
    diagram = structs.replace(at("weights"), weights_mode="network")
    assert "one layer only" in reason("next_item", one_layer, at("loss"))
    assert "one layer only" in reason("item_left", one_layer, at("gradients"))
    assert "all its layers" in reason("item_right", some, diagram)
    assert "one example only" in reason("example_next", one_example, at("step"))
    assert reason("weight_next", one_example, at("step")) == ""
    for chosen in ("example_next", "weight_next", "next_item"):
        assert "there is no step yet; . makes one" in reason(chosen, none_yet, at("step"))
        assert reason(chosen, some, at("step")) == ""
    assert reason("item_left", some, at("weights")) == reason("next_item", some, at("settings")) == ""


def test_a_pace_that_goes_no_further_says_so() -> None:
    some = FakeRun().latest()
    slower, faster = (next(action for action in keymap() if action.id == each) for each in ("slower", "faster"))
    assert "slowest" in slower.unseen(made_up.changed(some, pace=0.25), at("loss"))
    assert "full speed already" in faster.unseen(made_up.changed(some, pace=None), at("loss"))
    assert slower.unseen(some, at("loss")) == faster.unseen(some, at("loss")) == ""


@pytest.mark.parametrize("alone", ["zoomed", "narrow"])
def test_no_setting_is_changed_that_is_not_seen(alone: str) -> None:
    """Beside the list the fit panel leaves the arrows to it; alone it has no use for them."""
    view = at("fit")
    assert {action.id for key in ("up", "right") if (action := action_for(key, view))} == {
        "setting_previous",
        "setting_more",
    }
    view = structs.replace(view, **{alone: True})
    assert [action_for(key, view) for key in ("up", "down", "left", "right")] == [None] * 4
    enter = action_for("enter", view)
    assert enter is not None
    assert enter.id == "zoom_focused"
    assert not any("→" in key.key or "↓" in key.key for key in named(view).values())


def test_the_footer_names_the_way_to_the_next_panel_where_others_are_hidden() -> None:
    assert "next_panel" not in named(at("loss"))
    assert "next_panel" in named(structs.replace(at("loss"), narrow=True))


def test_a_panels_own_keys_go_before_others_in_the_footer() -> None:
    ranks = {action: key.rank for action, key in named(at("weights")).items()}
    assert max(ranks["weights_mode"], ranks["numbers"]) < ranks["restart"]
    assert named(at("loss"))["weights_mode"].rank > ranks["restart"]


def test_the_footer_always_keeps_help_and_quit() -> None:
    for where in PLACES:
        least = min(key.rank for key in named(at(where)).values())
        assert {action for action, key in named(at(where)).items() if key.rank == least} == {"help", "quit"}


@pytest.mark.parametrize("capability", ["control", "settings", "phases", "seek", "arms"])
def test_what_a_run_cannot_serve_is_greyed_with_a_reason(capability: str) -> None:
    run = FakeRun(findings=(BOUNCING,))
    having = run.capabilities - {capability}
    off = greyed_actions(run.latest(), at("settings"), having)
    needing = {action for action in keymap() if action.needs == capability}
    assert needing
    assert {action.id for action in needing} <= off
    assert all("run" in why_idle(action, run.latest(), at("settings"), having) for action in needing)


def test_what_has_nothing_to_act_on_is_greyed_until_it_has() -> None:
    run = FakeRun()
    view = at("settings")
    assert {"undo", "redo", "fix", "live", "other_arm", "drop_arm"} <= greyed_actions(
        run.latest(), view, run.capabilities
    )
    run = FakeRun(findings=(BOUNCING,))
    for key in ("right", ",", "b"):
        action = action_for(key, view)
        assert action is not None
        for command in act(action.id)(run.latest(), view)[1]:
            run.send(command)
    of_lessons = {action.id for action in view.keymap if action.group == "lesson"}
    idle = {"redo", "seeds", "apply_fix", "map_across", "map_up", "map_others", "table"}
    assert greyed_actions(run.latest(), view, run.capabilities) - of_lessons == idle


def test_after_a_divergence_nothing_goes_on_and_the_keys_for_it_say_what_does() -> None:
    run, view = FakeRun(), at("settings")
    lost = structs.replace(moments.broke(), status=Status.DIVERGED)
    onwards = {"toggle", "step", "phase", "epoch", "slow_motion"}
    assert onwards <= greyed_actions(lost, view, run.capabilities)
    step = next(action for action in keymap() if action.id == "step")
    words = why_idle(step, lost, view, run.capabilities)
    assert words == "diverged, nothing comes after; , goes back, f mends"
    assert not onwards & greyed_actions(made_up.changed(lost, arms=moments.one_broke().arms), view, run.capabilities)


def test_a_setting_of_free_text_is_typed_not_stepped() -> None:
    run = FakeRun()
    last = structs.replace(at("settings"), setting=len(CATALOGUE.settings) - 1)
    assert {"setting_less", "setting_more"} <= greyed_actions(run.latest(), last, run.capabilities)
    assert "setting_edit" not in greyed_actions(run.latest(), last, run.capabilities)


def test_the_palette_says_of_each_action_its_own() -> None:
    said: dict[str, str] = {}
    for action in keymap():
        if action.help != FOCUS_HELP:
            assert action.sentence not in said, (action.id, said[action.sentence])
            said[action.sentence] = action.id


def test_the_palette_offers_no_key_that_means_something_else_in_the_focus() -> None:
    for entry in action_palette(at("settings"))._entries:
        action = next(action for action in keymap() if action.id == entry.key)
        assert action_for(action.keys[0], at("settings")) == action
