"""A picture of the screen as PNG. The package CairoSVG turns the SVG into pixels."""

from __future__ import annotations

from tui_trainer.exports.format import ExportError, Format, Source
from tui_trainer.exports.picture_svg import FONTS, SVG

SCALE = 2
"""Pixels a unit of the SVG: sharp on a projector."""


def _write(source: Source) -> bytes:
    try:
        import cairosvg
    except (ImportError, OSError) as error:  # OSError: the library cairo itself is missing
        why = (
            "the package CairoSVG is not installed"
            if isinstance(error, ImportError)
            else "the library cairo is missing"
        )
        raise ExportError(
            f"a PNG needs CairoSVG, and {why}: pip install 'tui-trainer[png]', or export an .svg"
        ) from None
    text = SVG.write(source).decode().replace(FONTS, "monospace")  # CairoSVG looks for the first font only
    png: bytes = cairosvg.svg2png(bytestring=text.encode(), scale=SCALE)
    return png


PNG = Format(title="picture as PNG", package="cairosvg", write=_write)
