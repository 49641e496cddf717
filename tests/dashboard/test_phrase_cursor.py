"""A phrase of one's own in the plane of an embedding, and the cursor that reads the others out."""

from __future__ import annotations

import numpy as np
import pytest
from driven_run import DrivenRun, opened, press

from tui_trainer.dashboard.panels import data as panel
from tui_trainer.dashboard.panels.phrase_cursor import typed_phrase
from tui_trainer.dashboard.screen_state import ScreenState
from tui_trainer.dashboard.view import PhraseNumber
from tui_trainer.datasets.phrases import trigram_vector
from tui_trainer.drawing.theme import ColourDepth, make_theme
from tui_trainer.telemetry import Embedding, present
from tui_trainer.training import Trainer, build

THEME = make_theme("dark", ColourDepth.TRUECOLOR)
ASCII = make_theme("dark", ColourDepth.NONE, ascii_only=True)


@pytest.fixture
def state() -> ScreenState:
    state = opened(DrivenRun(build({"data": {"name": "phrases", "feature_scale": 2.0, "standardize": True}})))
    press(state, "5", "c")
    return state


def shown(state: ScreenState, width: int = 70, height: int = 20, theme: object = THEME) -> str:
    return "\n".join(panel.draw(state.snapshot, state.view, width, height, theme).lines())  # type: ignore[arg-type]


def typed(state: ScreenState, text: str) -> None:
    state.change(typed_phrase(state.snapshot, state.view, text))
    state.poll()


def picture_of(state: ScreenState) -> Embedding:
    picture = present(state.snapshot.data).picture
    assert isinstance(picture, Embedding)
    return picture


def trainer_of(state: ScreenState) -> Trainer:
    trainer: Trainer = state.run.driver.control.run.trainer  # type: ignore[attr-defined]
    return trainer


def test_the_cursor_reads_every_phrase_out_with_its_subject(state: ScreenState) -> None:
    picture, data = picture_of(state), present(state.snapshot.data)
    for keys, axis in (("right left", 0), ("up down", 1)):
        seen = []
        for _ in picture.texts:
            press(state, keys.split()[0])
            at = state.view.cursor
            assert isinstance(at, PhraseNumber)
            seen.append(at.number)
            words = f'"{picture.texts[at.number]}": {data.class_names[int(picture.labels[at.number])]}'
            assert words + (", held out" if picture.validation[at.number] else "") in shown(state)
        assert sorted(seen) == list(range(len(picture.texts)))
        assert (np.diff(picture.points[seen, axis]) < 0).sum() <= 1  # in order, and once from the end to the start
        press(state, *[keys.split()[1]] * len(seen))
        assert state.view.cursor == PhraseNumber(seen[-1])


def test_a_typed_phrase_is_placed_as_the_network_would_and_moves_as_it_learns(state: ScreenState) -> None:
    typed(state, "A Silver RING")
    before = None
    for _ in range(2):
        picture, trainer = picture_of(state), trainer_of(state)
        asked = picture.asked
        assert asked is not None
        expected = trainer.predict(2.0 * trigram_vector("a silver ring")[None])[0]
        assert asked.point == pytest.approx(expected, rel=1e-4)
        distance = np.hypot(*(picture.points - asked.point).T)
        assert asked.nearest == np.argmin(np.where(picture.validation, np.inf, distance))
        assert before is None or not np.allclose(before, asked.point)
        before = asked.point
        assert f'"A Silver RING" lies nearest to "{picture.texts[asked.nearest]}": ' in shown(state)
        assert "◆" in shown(state)
        assert "@" in shown(state, theme=ASCII)
        press(state, *"....")


def test_escape_takes_the_phrase_away(state: ScreenState) -> None:
    typed(state, "telephone case")
    assert state.view.cursor == PhraseNumber(len(picture_of(state).texts))
    press(state, "c")  # the cursor alone
    assert "◆" in shown(state)
    assert "nearest to" in shown(state)
    press(state, "escape")
    assert picture_of(state).asked is None
    assert "◆" not in shown(state)
    assert "between" in shown(state)


def test_what_is_typed_cannot_harm(state: ScreenState) -> None:
    for text in ("\x1b[31mred", "\ud800", "x", "語" * 200):
        typed(state, text)
        for width, height in ((20, 5), (40, 10), (110, 30)):
            assert "\x1b" not in shown(state, width, height)
    trainer_of(state).vectors.parameters[:] = np.nan
    typed(state, "ring")
    assert "your phrase has no finite place" in shown(state)
