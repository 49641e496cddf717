"""A remembered panel is the panel: whatever changes, memory shows what drawing afresh would."""

from __future__ import annotations

import numpy as np
import pytest
import sample_moments as moments
import sample_snapshots as samples
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from tui_trainer.tui.panel_memory import PanelMemory
from tui_trainer.tui.panels import PANEL_DRAWINGS
from tui_trainer.tui.theme import make_theme
from tui_trainer.tui.view import PANELS, View

SNAPSHOTS = [sample() for sample in (*samples.ALL, *moments.ALL)]
THEMES = [make_theme("dark"), make_theme("light")]
VIEW = View(settings=samples.SETTINGS)
VIEWS = [
    VIEW,
    *(
        structs.replace(VIEW, **change)
        for change in (
            {"focus": "loss"},
            {"log_y": False},
            {"smoothing": 0},
            {"numbers": True},
            {"weights_mode": "gradients"},
            {"cursor": 7},
            {"setting": 3},
            {"settings": samples.SETTINGS[:4]},
        )
    ),
]
MOMENTS = st.tuples(
    st.sampled_from(SNAPSHOTS), st.sampled_from(VIEWS), st.sampled_from(THEMES), st.sampled_from([14, 30])
)


@pytest.mark.parametrize("panel", PANELS)
@given(sequence=st.lists(MOMENTS, min_size=2, max_size=6))
def test_memory_shows_what_drawing_afresh_would(panel: str, sequence) -> None:
    memory = PanelMemory()
    for snapshot, view, theme, height in sequence:
        kept = memory.draw(panel, snapshot, view, 40, height, theme)
        fresh = PANEL_DRAWINGS[panel](snapshot, view, 40, height, theme)
        assert np.array_equal(kept.codes, fresh.codes)
        assert np.array_equal(kept.styles, fresh.styles)


def test_a_kept_picture_may_be_of_any_moment_but_is_seen_in_the_same_way() -> None:
    memory, snapshot, theme = PanelMemory(), samples.moons(), THEMES[0]
    later = structs.replace(snapshot, losses=structs.replace(snapshot.losses))
    before = memory.draw("loss", snapshot, VIEW, 40, 14, theme)
    assert memory.draw("loss", later, VIEW, 40, 14, theme, kept=True) is before
    linear = structs.replace(VIEW, log_y=not VIEW.log_y)
    assert memory.draw("loss", snapshot, linear, 40, 14, theme, kept=True) is not before
    assert memory.draw("loss", snapshot, linear, 41, 14, theme, kept=True).width == 41


def test_only_the_panel_that_a_change_concerns_is_drawn_again() -> None:
    memory, snapshot, theme = PanelMemory(), samples.moons(), THEMES[0]
    before = {panel: memory.draw(panel, snapshot, VIEW, 40, 14, theme) for panel in PANELS}
    linear = structs.replace(VIEW, log_y=not VIEW.log_y)
    assert [p for p in PANELS if memory.draw(p, snapshot, linear, 40, 14, theme) is not before[p]] == ["loss", "fit"]
    later = structs.replace(snapshot, iteration=snapshot.iteration + 1, settings=dict(snapshot.settings))
    later = structs.replace(later, losses=structs.replace(snapshot.losses))
    assert memory.draw("settings", later, VIEW, 40, 14, theme) is before["settings"]
    assert memory.draw("fit", later, VIEW, 40, 14, theme) is not before["fit"]
