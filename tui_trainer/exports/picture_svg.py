"""A picture of the screen as SVG: words as text; blocks, braille dots and frames as shapes, so that they look the same
in every font."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from itertools import groupby, takewhile
from typing import NamedTuple

from tui_trainer.drawing.cells import BOLD, CONTINUATION, DEFAULT, REVERSE, Cells, unpack
from tui_trainer.drawing.theme import Theme
from tui_trainer.exports.format import Format, Source

FONTS = 'ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace'
_FRAMES = dict(
    zip("─│╭╮╰╯├┤┬┴┼", ["lr", "ud", "rd", "ld", "ru", "lu", "rud", "lud", "lrd", "lru", "lrud"], strict=True)
)
"""Character of a frame → the edges of its cell that its lines touch."""
_BLANK = ord(" ")
ACROSS, DOWN, MARGIN = 8.4, 18, 8
"""Width and height of a cell, and the free space around the picture, in the units of the SVG."""


def svg(cells: Cells, theme: Theme, title: str) -> str:
    """The cells as the text of an SVG file."""
    grounds = grounds_of(theme)
    rows = [elements([shapes_of(cells, y, 0, cells.width, grounds)]) for y in range(cells.height)]
    return "\n".join([*head(cells.width, cells.height, grounds[1], title), *rows, "</svg>\n"])


def grounds_of(theme: Theme) -> tuple[str, str]:
    """Ink and paper of a theme with colours, for cells that have none of their own."""
    ink, paper, _ = unpack(theme.text)
    return f"#{ink:06x}", f"#{paper:06x}"


def head(columns: int, rows: int, paper: str, title: str) -> list[str]:
    """The first elements of a picture of this many columns and rows."""
    width, height = columns * ACROSS + 2 * MARGIN, rows * DOWN + 2 * MARGIN
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img">',
        f"<title>{escape(title)}</title>",
        f"<style>text{{font:14px {FONTS};white-space:pre}}path{{stroke-width:1.2;fill:none}}"
        ".dots{stroke-width:2.6;stroke-linecap:round}</style>",
        f'<rect width="{width:g}" height="{height:g}" rx="8" fill="{paper}"/>',
    ]


class Shapes(NamedTuple):
    """What some cells of one row look like."""

    rectangles: dict[str, str]
    """Colour → the path of all rectangles in it."""
    others: list[str]
    """The elements above them."""


def elements(shapes: Iterable[Shapes]) -> str:
    """The elements of shapes that do not overlap."""
    paths: dict[str, str] = {}
    others = list[str]()
    for rectangles, more in shapes:
        others += more
        for colour, path in rectangles.items():
            paths[colour] = paths.get(colour, "") + path
    return "\n".join([*(f'<path d="{path}" style="fill:{colour}"/>' for colour, path in paths.items()), *others])


def shapes_of(cells: Cells, y: int, start: int, stop: int, grounds: tuple[str, str]) -> Shapes:
    """The shapes of the cells `start` … `stop` − 1 of one row. `grounds`: ink and paper of cells without colours of
    their own."""
    top = MARGIN + y * DOWN
    row = list(zip(cells.codes[y, start:stop].tolist(), cells.styles[y, start:stop].tolist(), strict=True))
    rectangles: dict[str, str] = {}
    parts, x = list[str](), start
    for (kind, packed), run in groupby(row, key=lambda cell: (_kind(cell[0]), cell[1])):
        codes = [code for code, _ in run]
        left, length = MARGIN + x * ACROSS, len(codes) * ACROSS
        ink, paper, bold = _colours(packed, grounds)
        if paper != grounds[1]:
            rectangles[paper] = rectangles.get(paper, "") + _rectangle(left, top, length, DOWN)
        if kind.startswith("block"):
            half = 0 if kind[-1] in "▀█" else DOWN / 2
            height = DOWN if kind[-1] == "█" else DOWN / 2
            rectangles[ink] = rectangles.get(ink, "") + _rectangle(left, top + half, length, height)
        elif kind == "strokes":
            strokes = "".join(_strokes(code, left + column * ACROSS, top) for column, code in enumerate(codes))
            parts.append(f'<path d="{strokes}" stroke="{ink}"/>')
        elif kind == "dots":
            dots = "".join(_dots(code, left + column * ACROSS, top) for column, code in enumerate(codes))
            parts.append(f'<path d="{dots}" stroke="{ink}" class="dots"/>')
        elif words := "".join(chr(code) for code in codes if code != CONTINUATION).strip():
            blanks = next(number for number, code in enumerate(codes) if code != _BLANK)
            width = length - ACROSS * (blanks + sum(1 for _ in takewhile(_BLANK.__eq__, reversed(codes))))
            weight = ' font-weight="bold"' if bold else ""
            place = f'x="{left + ACROSS * blanks:g}" y="{top + 14}" textLength="{width:g}"'
            parts.append(f'<text {place} fill="{ink}"{weight}>{escape(words)}</text>')
        x += len(codes)
    return Shapes(rectangles, parts)


def _kind(code: int) -> str:
    """Runs of one kind and style are drawn together; half blocks only with their like."""
    sign = chr(code)
    if sign in _FRAMES:
        return "strokes"
    if 0x2800 <= code < 0x2900:
        return "dots"
    return f"block {sign}" if sign in "▀▄█" else "text"


def _strokes(code: int, left: float, top: float) -> str:
    """The lines of a character of a frame, from the middle of its cell to its edges."""
    x, y = left + ACROSS / 2, top + DOWN / 2
    ends = {"l": f"H{left:g}", "r": f"H{left + ACROSS:g}", "u": f"V{top:g}", "d": f"V{top + DOWN:g}"}
    return "".join(f"M{x:g} {y:g}{ends[end]}" for end in _FRAMES[chr(code)])


def _dots(code: int, left: float, top: float) -> str:
    """The dots of a braille character. Bits 0–2 and 6 are its left column, bits 3–5 and 7 its right one."""
    set_bits = (bit for bit in range(8) if code >> bit & 1)
    places = ((bit // 3, bit % 3) if bit < 6 else (bit - 6, 3) for bit in set_bits)
    return "".join(f"M{left + ACROSS * (0.25 + x / 2):.4g} {top + DOWN * (0.125 + y / 4):.4g}h0" for x, y in places)


def _colours(packed: int, grounds: tuple[str, str]) -> tuple[str, str, bool]:
    """Ink, paper and boldness of a packed style."""
    ink, paper, attributes = unpack(packed)
    inks = (grounds[0] if ink == DEFAULT else f"#{ink:06x}", grounds[1] if paper == DEFAULT else f"#{paper:06x}")
    if attributes & REVERSE:
        inks = inks[::-1]
    return inks[0], inks[1], bool(attributes & BOLD)


def _rectangle(x: float, y: float, width: float, height: float) -> str:
    # A hair wider than its cells, so that neighbours leave no seam.
    return f"M{x:g} {y:g}h{width + 0.3:g}v{height + 0.3:g}h-{width + 0.3:g}z"


def _write(source: Source) -> bytes:
    cells, theme = source.draw(True)
    return svg(cells, theme, f"tui-trainer · {source.snapshot.title}").encode()


SVG = Format(title="picture as SVG", write=_write)
