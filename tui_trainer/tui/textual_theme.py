"""Converts a theme to Textual's own, so that the list of presets, the help and the palette look like the dashboard."""

from __future__ import annotations

import re

from textual.theme import Theme as TextualTheme

from tui_trainer.drawing.colours import mix
from tui_trainer.drawing.palettes import Scheme
from tui_trainer.drawing.theme import ColourDepth, palette_of


def textual_theme(name: str, scheme: Scheme, depth: ColourDepth) -> TextualTheme:
    """The theme `name`, under a name that no theme of Textual has."""
    palette = palette_of(scheme, depth)
    # Sixteen colours have none between text and background that is legible on the list and on its chosen line.
    quiet = palette.text if depth is ColourDepth.COLOURS_16 else mix(palette.background, palette.text, 0.7)
    return TextualTheme(
        name=f"trainer-{re.sub('[^a-zA-Z0-9]', '-', name)}",  # becomes the name of a CSS class
        primary=_hex(palette.accent),
        secondary=_hex(palette.note),
        accent=_hex(palette.accent),
        foreground=_hex(palette.text),
        background=_hex(palette.background),
        surface=_hex(palette.background),
        panel=_hex(palette.selection),
        success=_hex(palette.good),
        warning=_hex(palette.warning),
        error=_hex(palette.critical),
        dark=bool(palette.ink),
        variables={
            "quiet": _hex(quiet),
            "border": _hex(palette.border),
            "border-blurred": _hex(palette.border),
            "block-cursor-background": _hex(palette.selection),
            "block-cursor-foreground": _hex(palette.title),
            "block-cursor-blurred-background": _hex(palette.selection),
            "block-cursor-blurred-foreground": _hex(palette.title),
            "scrollbar": _hex(palette.border),
            "scrollbar-background": _hex(palette.background),
            "input-cursor-background": _hex(palette.text),
            "input-cursor-foreground": _hex(palette.background),
        },
    )


def _hex(colour: int) -> str:
    return f"#{colour:06x}"
