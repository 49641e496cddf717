"""What the panel of the settings says: its words, its numbers and its judgement."""

from __future__ import annotations

import made_up
import short_runs as samples
from msgspec import structs
from panel_text import DARK, text

from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.layout import Rect
from tui_trainer.dashboard.panels import settings
from tui_trainer.experiment.declared import Setting, listed_settings
from tui_trainer.experiment.words import setting_of


class TestSettings:
    def test_lists_values_and_what_restarts(self) -> None:
        lines = text("settings", samples.moons(), 30, 24, setting=1).splitlines()
        assert lines[2].startswith("│▸batch size")
        assert "10" in lines[2]
        assert "↻" not in lines[2]
        assert "↻" in next(line for line in lines if "hidden layers" in line)
        assert samples.SETTINGS[1].help.split()[0] in "\n".join(lines)

    def test_a_long_list_scrolls_with_the_choice(self) -> None:
        for chosen in range(13):
            view = first_view(settings=samples.SETTINGS, setting=chosen)
            assert chosen in settings.visible(view, 6)
            assert len(settings.visible(view, 6)) == 4
            shown = text("settings", samples.moons(), 30, 6, setting=chosen)
            assert f"▸{samples.SETTINGS[chosen].label}" in shown
            assert f"{chosen + 1} of 13" in shown
            assert ("▴" in shown) == (settings.visible(view, 6)[0] != settings.unfolded(view)[0])

    def test_a_high_list_keeps_room_for_what_the_choice_means(self) -> None:
        view = first_view(settings=samples.SETTINGS * 3, setting=30)
        shown = settings.draw(samples.moons(), view, 30, 30, DARK).lines()
        assert "31 of 39" in shown[0]
        assert view.settings[30].help.split()[0] in "\n".join(shown)
        assert 13 <= len(settings.visible(view, 30)) <= 24

    def test_all_but_the_everyday_settings_are_folded_until_one_is_chosen(self) -> None:
        listed = tuple(each for each in listed_settings() if each.key.startswith(("optimizer", "loss")))
        view = first_view(settings=listed)
        everyday = [index for index, each in enumerate(listed) if not each.group]
        assert settings.unfolded(view) == (*everyday, "optimizer", "loss")
        shown = settings.draw(samples.moons(), view, 30, 30, DARK).lines()
        assert f"▸ optimizer · {sum(each.group == 'optimizer' for each in listed)}" in shown[len(everyday) + 1]
        down = next(action for action in view.keymap if action.id == "setting_next").act
        assert down is not None
        for index in range(1, len(listed)):
            view, _ = down(samples.moons(), view)
            assert view.setting == index
            assert settings.unfolded(view).count(index) == 1
        assert settings.unfolded(view) == (*everyday, "optimizer", "loss", *range(len(listed) - 3, len(listed)))
        row = settings.visible(view, 30).index("optimizer") + 1
        click = settings.PANEL.click
        assert click is not None
        unfolded, _ = click(samples.moons(), view, 3, row, Rect(0, 0, 30, 30))
        assert listed[unfolded.setting].group == "optimizer"

    def test_values_are_whole_in_a_narrow_list_and_near_their_labels_in_a_wide_one(self) -> None:
        loss, deep = structs.replace(setting_of("loss.name"), group=""), setting_of("network.activation")
        values = {"loss.name": "binary_cross_entropy", "network.activation": ["sigmoid"] * 4}
        snapshot = made_up.changed(samples.moons(), values=values)
        view = first_view(settings=(loss, deep))
        narrow = settings.draw(snapshot, view, 24, 6, DARK).lines()
        assert narrow[1].endswith("BCE ↻│")
        assert "4 × sigmoid" in narrow[2]
        wide = settings.draw(snapshot, view, 110, 6, DARK).lines()
        assert "binary cross entropy ↻" in wide[1][:50]

    def test_what_the_run_has_chosen_itself_is_shown_as_that(self) -> None:
        initializer = Setting(key="network.initializer", label="initializer", help="", choices=("he", "xavier"))
        clip = Setting(key="optimizer.clip_norm", label="clip norm", help="", low=0.0)
        snapshot = made_up.changed(
            samples.moons(),
            values={"network.initializer": None, "optimizer.clip_norm": None},
            resolved_defaults={"network.initializer": "he"},
        )
        lines = settings.draw(snapshot, first_view(settings=(initializer, clip)), 30, 6, DARK).lines()
        assert "initializer       auto he" in lines[1]
        assert "none" in lines[2]
