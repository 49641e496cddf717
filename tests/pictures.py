"""The README's pictures, drawn by the program itself: `python tests/pictures.py` writes them to tests/snapshots/.

They show calm runs, which come to the same words on every machine; `test_readme.py` holds the files to what the program
draws today, on this processor and on imitations of others.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec import structs

from tui_trainer.dashboard.keys.key_meaning import footer, greyed_actions
from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.whole_screen import draw_dashboard
from tui_trainer.drawing.cells import Cells
from tui_trainer.drawing.theme import ColourDepth, make_theme
from tui_trainer.experiment.declared import listed_settings
from tui_trainer.exports import picture_svg
from tui_trainer.presets import find
from tui_trainer.runs.control import Control
from tui_trainer.runs.live import CAPABILITIES
from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.telemetry import commands as do
from tui_trainer.training import with_setting

FOLDER = Path(__file__).parent / "snapshots"
THEME = make_theme("dark", ColourDepth.TRUECOLOR)


def picture(preset: str, *moves: do.Command, width: int = 120, height: int = 40, **view: object) -> Cells:
    """The dashboard after `moves`, in float64: the digits in which other machines differ are not among those shown."""
    experiment = with_setting(find(preset).experiment(), "network.dtype", "float64")
    driver = Scheduler(Control([("A", experiment)], paused=True))
    snapshot = driver.snapshot()
    settings = tuple(s for s in listed_settings() if s.key in snapshot.values)
    state = first_view(settings=settings, **view)  # type: ignore[arg-type]
    frame = draw_dashboard(snapshot, state, width, height, THEME, ())
    request = structs.replace(state.request, **frame.asks)
    for move in (do.RequestPictures(request), *moves):
        driver.obey(move)
    snapshot = driver.snapshot()
    greyed = greyed_actions(snapshot, state, CAPABILITIES)
    footer_keys = footer(snapshot, structs.replace(state, greyed=greyed))
    return draw_dashboard(snapshot, state, width, height, THEME, footer_keys).cells


def svg(cells: Cells, title: str) -> str:
    """The picture as the program exports one."""
    return picture_svg.svg(cells, THEME, title)


PICTURES: dict[str, Callable[[], Cells]] = {
    "overfitting": lambda: picture("overfitting", do.StepIterations(480)),
    "phases": lambda: picture(
        "lr just right", do.StepIterations(120), do.StepPhase(), do.StepPhase(), do.StepPhase(), focus="step"
    ),
    "digits": lambda: picture("handwritten digits", do.StepIterations(450)),
    "network": lambda: picture(
        "xor with a hidden layer",
        do.StepIterations(130),
        do.StepPhase(),
        do.StepPhase(),
        do.StepPhase(),
        height=32,
        focus="weights",
        zoomed=True,
        weights_mode="network",
    ),
    "small": lambda: picture("glasses or rings: unclipped", do.StepIterations(400), width=80, height=24),
}
"""File name → what it shows."""


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, draw in PICTURES.items():
        (FOLDER / f"{name}.svg").write_text(svg(draw(), f"tui-trainer · {name}"), encoding="utf-8")
