"""A lesson of a test's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from driven_run import REAL_CATALOGUE, DrivenRun
from msgspec import structs
from own_lesson import LESSON, Open

from tui_trainer.cli.playlist import stop
from tui_trainer.dashboard.catalogue import OpenRequest
from tui_trainer.dashboard.screen_state import ScreenState
from tui_trainer.lessons.progress import CourseProgress
from tui_trainer.presets import find, load
from tui_trainer.runs.command_handlers import Load


@pytest.fixture
def begin(tmp_path: Path) -> Open:
    """Writes a lesson with these steps, and opens it on the real engine."""

    def opened(steps: str, head: str = LESSON) -> ScreenState:
        path = tmp_path / "lesson.toml"
        path.write_text(head + steps, encoding="utf-8")
        catalogue = structs.replace(
            REAL_CATALOGUE,
            load=lambda request: Load(find(request.preset).experiments(), request.paused),
            lesson=lambda request: stop(find(request.preset), (), CourseProgress()),
        )
        return ScreenState(
            lambda request: DrivenRun(load(path).experiments()), catalogue, OpenRequest(preset=str(path))
        )

    return opened
