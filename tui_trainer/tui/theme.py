"""A theme: packed styles by role and colour maps as lookup tables, for what the terminal can show.

A panel names a role and never a colour, so that light, dark, sixteen colours and none are decided here once.
"""

from __future__ import annotations

from enum import IntEnum
from functools import cache

import numpy as np
from msgspec import Struct
from numpy.typing import ArrayLike, NDArray

from tui_trainer.tui.cells import BOLD, DEFAULT, DIM, REVERSE, UNDERLINE, style, unpack
from tui_trainer.tui.palettes import (
    ANSI_PALETTES,
    BLACK,
    BRIGHT_WHITE,
    CUBE_DIVERGING_DARK,
    CUBE_DIVERGING_LIGHT,
    PALETTES,
    Palette,
)

Colours = NDArray[np.int64]

THEMES = tuple(PALETTES)
"""Names, in the order in which the key `t` walks them."""

_STEPS = 256
_READABLE = 100.0
"""Difference of brightness, of 255, that a letter needs on its ground."""
_SIGN_EDGES = (0.25, 0.47, 0.53, 0.75)
CLASS_MARKS = "ox+*#@%&=~"
"""ASCII letters that stand for classes where colour cannot."""


class ColourDepth(IntEnum):
    """Bits of colour that the terminal understands."""

    NONE = 0
    COLOURS_16 = 4
    COLOURS_256 = 8
    TRUECOLOR = 24


class Theme(Struct, frozen=True, kw_only=True, eq=False):
    """How everything looks. The roles are packed styles (`cells.style`) on the theme's background."""

    name: str
    depth: ColourDepth
    ascii: bool
    """No braille, no blocks, no signs beyond ASCII: for fonts and lines that have none."""
    background: int
    """Colour beneath everything; DEFAULT without colour."""

    text: int
    muted: int
    faint: int
    strong: int
    title: int
    border: int
    border_focus: int
    key: int
    chosen: int
    """The chosen line of a list."""
    badge: int
    """A few words on a coloured ground: the phase at work, the moment in the past."""
    good: int
    warning: int
    critical: int
    note: int
    train: int
    envelope: int
    validation: int
    best: int
    cursor: int
    event: int
    """Marks on the time plots."""
    fresh: int
    """What the phase just done has produced."""
    stale: int
    """What still holds the number of the previous iteration."""

    diverging_map: Colours
    class_maps: Colours
    """(classes, 256): from no confidence to full."""
    class_styles: tuple[int, ...]
    """Text in the colour of a class, one a class of the palette."""
    arm_styles: tuple[tuple[int, int], ...]
    """Curve and letter of each arm of a race: subdued, and as the one in focus."""
    point_map: Colours
    """(classes,): the same, strong enough to be read on the decision map."""

    @property
    def coloured(self) -> bool:
        """Whether a map may speak in colours; otherwise it speaks in glyphs."""
        return self.depth is not ColourDepth.NONE

    def diverging(self, values: ArrayLike) -> Colours:
        """24-bit colours of `values` in [−1, 1] (clipped; NaN is shown as 0), of the same shape."""
        colours: Colours = self.diverging_map[_index(np.asarray(values, dtype=np.float64) / 2 + 0.5, 0.5)]
        return colours

    def confidence(self, classes: NDArray[np.integer], values: ArrayLike) -> Colours:
        """24-bit colours of answers: the hue says the class, the strength (0 to 1) how sure it is."""
        strength = _index(np.asarray(values, dtype=np.float64), 0.0)
        colours: Colours = self.class_maps[classes % len(self.class_maps), strength]
        return colours

    def point_colours(self, classes: NDArray[np.integer], ground: Colours) -> Colours:
        """24-bit colours of letters of `classes` on the colours `ground`, (n,) both, for a coloured theme.

        Letters that could not be read in their class's shade are black or white.
        """
        colours = self.point_map[classes % len(self.point_map)]
        beneath = _brightness(ground)
        unreadable = np.abs(_brightness(colours) - beneath) < _READABLE
        return np.where(unreadable, np.where(beneath > 128, BLACK, BRIGHT_WHITE), colours)

    def class_style(self, number: int) -> int:
        """Style of text that belongs to a class."""
        return self.class_styles[number % len(self.class_styles)]

    def arm_style(self, number: int, focused: bool) -> int:
        """Style of what belongs to an arm of a race."""
        return self.arm_styles[number % len(self.arm_styles)][focused]

    def on_ground(self, packed: int, ground: int) -> int:
        """The style `packed` on the background (and as reversed) as the style `ground`."""
        foreground, _, attributes = unpack(packed)
        _, background, of_ground = unpack(ground)
        return style(foreground, background, attributes | of_ground & REVERSE)

    def sign(self, pretty: str, plain: str) -> str:
        """`pretty`, or `plain` where the screen is ASCII only."""
        return plain if self.ascii else pretty


def class_mark(number: int) -> str:
    """The letter of a class."""
    return CLASS_MARKS[number % len(CLASS_MARKS)]


@cache
def make_theme(name: str = "dark", depth: ColourDepth = ColourDepth.TRUECOLOR, *, ascii_only: bool = False) -> Theme:
    """The theme `name` (one of THEMES) for a terminal of this depth; KeyError for an unknown name."""
    palette = (ANSI_PALETTES if depth is ColourDepth.COLOURS_16 else PALETTES)[name]
    coloured = depth is not ColourDepth.NONE
    roles = _roles(palette) if coloured else _roles_without_colour()
    background = palette.background if coloured else DEFAULT
    return Theme(
        name=name,
        depth=depth,
        ascii=ascii_only,
        background=background,
        diverging_map=_diverging_map(palette, depth),
        class_maps=np.array([_class_map(palette, colour, depth) for colour in palette.classes]),
        class_styles=tuple(style(c, background) if coloured else style() for c in palette.classes),
        arm_styles=tuple(_arm_styles(palette, background, colour, depth) for colour in palette.classes),
        point_map=np.array([_point_colour(palette, colour, depth) for colour in palette.classes]),
        **roles,
    )


def _roles(palette: Palette) -> dict[str, int]:
    """Every role as a style on the palette's background."""

    def on_background(colour: int, attributes: int = 0) -> int:
        return style(colour, palette.background, attributes)

    return {
        "text": on_background(palette.text),
        "muted": on_background(palette.muted),
        "faint": on_background(palette.faint),
        "strong": on_background(palette.title, BOLD),
        "title": on_background(palette.title, BOLD),
        "border": on_background(palette.border),
        "border_focus": on_background(palette.accent),
        "key": on_background(palette.accent, BOLD),
        "chosen": style(palette.title, palette.selection, BOLD),
        "badge": style(palette.background, palette.fresh, BOLD),
        "good": on_background(palette.good),
        "warning": on_background(palette.warning, BOLD),
        "critical": on_background(palette.critical, BOLD),
        "note": on_background(palette.note),
        "train": on_background(palette.train),
        "envelope": on_background(palette.envelope),
        "validation": on_background(palette.validation),
        "best": on_background(palette.best, BOLD),
        "cursor": on_background(palette.fresh),
        "event": on_background(palette.note),
        "fresh": on_background(palette.fresh, BOLD),
        "stale": on_background(palette.faint),
    }


def _roles_without_colour() -> dict[str, int]:
    """Every role told by weight alone: bold, dim, underlined, reversed."""
    attributes = dict.fromkeys(("text", "train", "validation", "cursor", "note", "good", "event"), 0)
    attributes |= dict.fromkeys(("muted", "faint", "border", "envelope", "stale"), DIM)
    attributes |= dict.fromkeys(("strong", "title", "border_focus", "key", "warning", "critical", "best"), BOLD)
    attributes |= {"chosen": REVERSE, "badge": REVERSE, "fresh": BOLD | UNDERLINE}
    return {role: style(attributes=value) for role, value in attributes.items()}


def _index(values: NDArray[np.float64], missing: float) -> NDArray[np.intp]:
    """Positions in a lookup table for values in [0, 1]."""
    safe = np.minimum(np.maximum(np.where(np.isnan(values), missing, values), 0.0), 1.0)
    return np.asarray((safe * (_STEPS - 1) + 0.5).astype(np.intp))


def _channels(colours: ArrayLike) -> NDArray[np.int64]:
    """(n, 3) red, green and blue of (n,) colours."""
    channels: Colours = np.asarray(colours)[..., None] >> np.array([16, 8, 0]) & 255
    return channels


def _brightness(colours: Colours) -> NDArray[np.float64]:
    """0 to 255, by the weights of ITU-R BT.601."""
    return np.asarray(_channels(colours) @ np.array([0.299, 0.587, 0.114]))


def _ramp(stops: tuple[int, ...], smooth: bool) -> Colours:
    """A lookup table through evenly spaced colours: mixed, or in steps where no colour may be invented."""
    if not smooth:
        return np.asarray(np.array(stops)[np.arange(_STEPS) * len(stops) // _STEPS])
    place = np.linspace(0, len(stops) - 1, _STEPS)
    mixed = [np.interp(place, np.arange(len(stops)), channel) for channel in _channels(stops).T]
    red, green, blue = (np.rint(channel).astype(np.int64) for channel in mixed)
    return np.asarray(red << 16 | green << 8 | blue)


def _diverging_map(palette: Palette, depth: ColourDepth) -> Colours:
    """Smooth where all colours exist; else in steps of colours that do, picked by hand to keep their hue."""
    if depth is ColourDepth.COLOURS_256:
        return _ramp(CUBE_DIVERGING_DARK if palette.ink else CUBE_DIVERGING_LIGHT, False)
    if depth is ColourDepth.COLOURS_16:
        # The middle is narrow: few values are too small to show their sign.
        edges = np.searchsorted(_SIGN_EDGES, np.linspace(0.0, 1.0, _STEPS))
        return np.asarray(np.array(palette.diverging)[edges])
    return _ramp(palette.diverging, True)


def _class_map(palette: Palette, colour: int, depth: ColourDepth) -> Colours:
    """From the faintest hint of a class to its colour, a little subdued so that points stand out on it."""
    if depth is ColourDepth.COLOURS_16:
        return _ramp((palette.background, colour, colour), False)
    ground = palette.background
    if depth is ColourDepth.COLOURS_256:
        return _ramp((mix(ground, palette.text, 0.15), *(mix(ground, colour, s) for s in (0.5, 0.7, 0.7))), False)
    return _ramp((mix(ground, colour, 0.12), mix(ground, colour, 0.7)), True)


def _arm_styles(palette: Palette, background: int, colour: int, depth: ColourDepth) -> tuple[int, int]:
    if depth is ColourDepth.NONE:
        return style(), style(attributes=BOLD)
    subdued = colour if depth is ColourDepth.COLOURS_16 else mix(palette.background, colour, 0.65)
    return style(subdued, background), style(colour, background, BOLD)


def _point_colour(palette: Palette, colour: int, depth: ColourDepth) -> int:
    return colour if depth is ColourDepth.COLOURS_16 else mix(colour, palette.ink, 0.7)


def mix(first: int, second: int, share: float) -> int:
    """The colour `share` of the way from `first` to `second`."""
    red, green, blue = np.rint(_channels(first) * (1 - share) + _channels(second) * share).astype(int)
    return int(red) << 16 | int(green) << 8 | int(blue)
