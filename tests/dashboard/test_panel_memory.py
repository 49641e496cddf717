"""A remembered panel is the panel: whatever changes, memory shows what drawing afresh would."""

from __future__ import annotations

import made_up
import numpy as np
import pytest
import sample_moments as moments
import short_runs as samples
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.panel_memory import PanelMemory
from tui_trainer.dashboard.panels import PANELS
from tui_trainer.dashboard.view import View
from tui_trainer.drawing.theme import make_theme
from tui_trainer.telemetry import Snapshot

SNAPSHOTS = [sample() for sample in (*samples.ALL, *moments.ALL)]
THEMES = [make_theme("dark"), make_theme("light")]
VIEW = first_view(settings=samples.SETTINGS)
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
        fresh = PANELS[panel].draw(snapshot, view, 40, height, theme)
        assert np.array_equal(kept.codes, fresh.codes)
        assert np.array_equal(kept.styles, fresh.styles)


def drawn(memory: PanelMemory, panel: str, snapshot: Snapshot, view: View = VIEW, *, kept: bool = True) -> list[str]:
    return memory.draw(panel, snapshot, view, 40, 14, THEMES[0], kept=kept).lines()


@pytest.mark.parametrize("panel", PANELS)
def test_a_kept_picture_names_its_moment_unless_it_is_of_the_present(panel: str) -> None:
    memory, snapshot = PanelMemory(), samples.moons()
    before = drawn(memory, panel, snapshot)
    assert drawn(memory, panel, snapshot) == before
    changes = {
        "losses": structs.replace(snapshot.losses),
        "layer": structs.replace(snapshot.network.layer),
        "measures": tuple(structs.replace(each) for each in snapshot.network.measures),
        "picture": structs.replace(snapshot.data.picture),
        "step": structs.replace(snapshot.step),
        "values": {**snapshot.values, "training.batch_size": 7},
    }
    later = made_up.changed(snapshot, iteration=snapshot.iteration + 100, **changes)
    kept = drawn(memory, panel, later)
    assert f"after {snapshot.iteration}" in kept[0] + kept[-1]
    assert kept[1:-1] == before[1:-1]
    assert drawn(memory, panel, later) == kept
    now = drawn(memory, panel, later, kept=False)
    assert now == PANELS[panel].draw(later, VIEW, 40, 14, THEMES[0]).lines()
    assert drawn(memory, panel, later) == now


def test_what_looks_the_same_is_of_the_present_also_when_it_is_kept() -> None:
    memory, snapshot = PanelMemory(), samples.moons()
    before = drawn(memory, "settings", snapshot)
    between = structs.replace(snapshot, iteration=snapshot.iteration + 50)
    assert drawn(memory, "settings", between) == before
    later = made_up.changed(between, iteration=snapshot.iteration + 100, values={**snapshot.values, "loss.name": 1})
    assert f"after {between.iteration}" in drawn(memory, "settings", later)[-1]


def test_a_kept_picture_is_of_this_run_and_is_seen_as_it_is_wanted() -> None:
    memory, snapshot, theme = PanelMemory(), samples.moons(), THEMES[0]
    drawn(memory, "loss", snapshot)
    later = structs.replace(snapshot, losses=structs.replace(snapshot.losses))
    linear = structs.replace(VIEW, log_y=not VIEW.log_y)
    assert drawn(memory, "loss", later, linear) == PANELS["loss"].draw(later, linear, 40, 14, theme).lines()
    assert memory.draw("loss", snapshot, linear, 41, 14, theme, kept=True).width == 41
    other = made_up.changed(later, inputs=later.data.inputs.copy(), iteration=0)
    drawn(memory, "loss", snapshot)
    assert drawn(memory, "loss", other) == PANELS["loss"].draw(other, VIEW, 40, 14, theme).lines()


def test_only_the_panel_that_a_change_concerns_is_drawn_again() -> None:
    memory, snapshot, theme = PanelMemory(), samples.moons(), THEMES[0]
    before = {panel: memory.draw(panel, snapshot, VIEW, 40, 14, theme) for panel in PANELS}
    linear = structs.replace(VIEW, log_y=not VIEW.log_y)
    assert [p for p in PANELS if memory.draw(p, snapshot, linear, 40, 14, theme) is not before[p]] == ["loss", "fit"]
    later = made_up.changed(snapshot, iteration=snapshot.iteration + 1, values=dict(snapshot.values))
    later = structs.replace(later, losses=structs.replace(snapshot.losses))
    assert memory.draw("settings", later, VIEW, 40, 14, theme) is before["settings"]
    assert memory.draw("fit", later, VIEW, 40, 14, theme) is not before["fit"]
