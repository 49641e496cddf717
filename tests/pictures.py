"""The README's pictures, drawn by the program itself: `python tests/pictures.py` writes them to tests/snapshots/.

They show calm runs, which come to the same words on every machine; `test_readme.py` holds the files to what the program
draws today, on this processor and on imitations of others.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from itertools import groupby
from pathlib import Path

from msgspec import structs

from tui_trainer.dashboard.keys.key_meaning import footer, greyed_actions
from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.picture import draw_dashboard
from tui_trainer.drawing.cells import BOLD, DEFAULT, REVERSE, Cells, unpack
from tui_trainer.drawing.theme import ColourDepth, make_theme
from tui_trainer.experiment.declared import listed_settings
from tui_trainer.presets import find
from tui_trainer.runs.control import Control
from tui_trainer.runs.live import CAPABILITIES
from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.telemetry import commands as do
from tui_trainer.training import with_setting

FOLDER = Path(__file__).parent / "snapshots"
GROUND, INK = "#11141c", "#dcdfe6"
"""The terminal's own colours, where a cell leaves them."""


def picture(preset: str, *moves: do.Command, width: int = 120, height: int = 40, **view: object) -> Cells:
    """The dashboard after `moves`, in float64: the digits in which other machines differ are not among those shown."""
    experiment = with_setting(find(preset).experiment(), "network.dtype", "float64")
    driver = Scheduler(Control([("A", experiment)], paused=True))
    snapshot = driver.snapshot()
    settings = tuple(s for s in listed_settings() if s.key in snapshot.values)
    state = first_view(settings=settings, **view)  # type: ignore[arg-type]
    theme = make_theme("dark", ColourDepth.TRUECOLOR)
    frame = draw_dashboard(snapshot, state, width, height, theme, ())
    request = structs.replace(state.request, **frame.asks)
    for move in (do.RequestPictures(request), *moves):
        driver.obey(move)
    snapshot = driver.snapshot()
    greyed = greyed_actions(snapshot, state, CAPABILITIES)
    footer_keys = footer(snapshot, structs.replace(state, greyed=greyed))
    return draw_dashboard(snapshot, state, width, height, theme, footer_keys).cells


def svg(cells: Cells, title: str) -> str:
    """The cells as an SVG: words where they stand, half blocks and backgrounds as rectangles."""
    across, down, pad = 8.4, 18, 8
    width, height = cells.width * across + 2 * pad, cells.height * down + 2 * pad
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img">',
        f"<title>{escape(title)}</title>",
        '<style>text{font:14px ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;white-space:pre}</style>',
        f'<rect width="{width:g}" height="{height:g}" rx="8" fill="{GROUND}"/>',
    ]
    for y in range(cells.height):
        top = pad + y * down
        row = list(zip(cells.codes[y].tolist(), cells.styles[y].tolist(), strict=True))
        x = 0
        for (kind, packed), run in groupby(row, key=lambda cell: (_kind(cell[0]), cell[1])):
            text = "".join(chr(code) for code, _ in run)
            left, length = pad + x * across, len(text) * across
            ink, paper, bold = _colours(packed)
            if paper != GROUND:
                parts.append(_rect(left, top, length, down, paper))
            if kind.startswith("block"):
                half = 0 if text[0] in "▀█" else down / 2
                parts.append(_rect(left, top + half, length, down if text[0] == "█" else down / 2, ink))
            elif kind == "text":
                weight = ' font-weight="bold"' if bold else ""
                place = f'x="{left:g}" y="{top + 14}" textLength="{length:g}"'
                parts.append(f'<text {place} fill="{ink}"{weight}>{escape(text)}</text>')
            x += len(text)
    return "\n".join([*parts, "</svg>\n"])


def _kind(code: int) -> str:
    """Runs of one kind and style are drawn together; half blocks only with their like."""
    sign = chr(code)
    return "space" if sign == " " else f"block {sign}" if sign in "▀▄█" else "text"


def _colours(packed: int) -> tuple[str, str, bool]:
    """Ink, paper and boldness of a packed style."""
    ink, paper, attributes = unpack(packed)
    inks = (INK if ink == DEFAULT else f"#{ink:06x}", GROUND if paper == DEFAULT else f"#{paper:06x}")
    if attributes & REVERSE:
        inks = inks[::-1]
    return inks[0], inks[1], bool(attributes & BOLD)


def _rect(x: float, y: float, width: float, height: float, fill: str) -> str:
    # A hair wider than its cells, so that neighbours leave no seam.
    return f'<rect x="{x:g}" y="{y:g}" width="{width + 0.3:g}" height="{height + 0.3:g}" fill="{fill}"/>'


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
