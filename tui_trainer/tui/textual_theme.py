"""Our themes as Textual knows them, so that the picker, the help and the palette look like the dashboard."""

from __future__ import annotations

from textual.theme import Theme as TextualTheme

from tui_trainer.drawing.colours import mix
from tui_trainer.drawing.palettes import ANSI_PALETTES, PALETTES
from tui_trainer.drawing.theme import THEMES, ColourDepth


def textual_name(name: str) -> str:
    """Textual's name for the theme `name`: its names are identifiers."""
    return "trainer-" + name.replace(" ", "-")


def textual_themes(depth: ColourDepth) -> tuple[TextualTheme, ...]:
    """One Textual theme for each of THEMES."""
    return tuple(_textual_theme(name, depth) for name in THEMES)


def _textual_theme(name: str, depth: ColourDepth) -> TextualTheme:
    palette = (ANSI_PALETTES if depth is ColourDepth.COLOURS_16 else PALETTES)[name]
    # Sixteen colours have none between text and ground that is read on both the list and its chosen line.
    quiet = palette.text if depth is ColourDepth.COLOURS_16 else mix(palette.background, palette.text, 0.7)
    return TextualTheme(
        name=textual_name(name),
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
        dark=name != "light",
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
