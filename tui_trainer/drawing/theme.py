"""A theme: a packed style for every role, and colour maps as lookup tables, at the depth of the terminal.

A panel names a role and never a colour. Light and dark, sixteen colours and none are decided here alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from functools import cache

import numpy as np
from msgspec import Struct
from numpy.typing import ArrayLike, NDArray

from tui_trainer.drawing.cells import BOLD, DEFAULT, DIM, REVERSE, UNDERLINE, style, unpack
from tui_trainer.drawing.colours import (
    ENOUGH,
    STEPS,
    WCAG,
    Colours,
    contrast,
    contrast_of,
    luminance,
    mix,
    ramp,
    readable,
)
from tui_trainer.drawing.colours_256 import colour_of, nearest_of_256
from tui_trainer.drawing.palettes import ANSI, BLACK, BRIGHT_WHITE, Palette, Scheme
from tui_trainer.drawing.theme_files import BUNDLED_THEMES, Themes

_TINTED = 0.7
"""Share of white or black in the letter of a point on a map. The rest is its class's colour."""
_NUMBER = 0.6
"""The least strength of a number's colour. A weaker one would not show the sign."""
_SIGN_EDGES = (0.25, 0.47, 0.53, 0.75)
_DECORATIONS = {"border", "border_focus", "faint", "envelope"}
"""Roles that need not be readable."""
CLASS_MARKS = "ox+*#@%&=~"
"""ASCII letters that stand for classes where colour cannot."""


class ColourDepth(IntEnum):
    """Bits of colour that the terminal understands."""

    NONE = 0
    COLOURS_16 = 4
    COLOURS_256 = 8
    TRUECOLOR = 24


class Theme(Struct, frozen=True, kw_only=True, eq=False):
    """The look of the program. The roles are packed styles (`cells.style`) on the theme's background."""

    name: str
    depth: ColourDepth
    ascii: bool
    """No braille, no blocks, no signs beyond ASCII: for fonts and lines that have none."""
    background: int
    """Colour behind everything; DEFAULT without colour."""

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
    """A few words on a coloured ground: the present phase, a moment in the past."""
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
    """Numbers that the last phase has produced."""
    stale: int
    """Numbers of the previous iteration."""

    diverging_map: Colours
    number_map: Colours
    """(256,): the same for numbers on the background."""
    class_maps: Colours
    """(classes, 256): from no confidence to full."""
    class_styles: tuple[int, ...]
    """Text in the colour of a class, one a class of the palette."""
    arm_styles: tuple[tuple[int, int], ...]
    """Curve and letter of each arm of a race: subdued, and as the one in focus."""
    point_map: Colours
    """(classes, 4): light and dark letters in a shade of the class, black and white, for points on the decision map."""

    @property
    def coloured(self) -> bool:
        """Whether maps are drawn in colours; otherwise they are drawn in glyphs."""
        return self.depth is not ColourDepth.NONE

    def diverging(self, values: ArrayLike) -> Colours:
        """24-bit colours of `values` in [−1, 1] (clipped; NaN is shown as 0), of the same shape."""
        colours: Colours = self.diverging_map[_index(np.asarray(values, dtype=np.float64) / 2 + 0.5, 0.5)]
        return colours

    def confidence(self, classes: NDArray[np.integer], values: ArrayLike) -> Colours:
        """24-bit colours of predictions: the hue shows the class, the strength (`values`, 0 to 1) the confidence."""
        strength = _index(np.asarray(values, dtype=np.float64), 0.0)
        colours: Colours = self.class_maps[classes % len(self.class_maps), strength]
        return colours

    def point_colours(self, classes: NDArray[np.integer], ground: Colours) -> Colours:
        """24-bit colours of letters of `classes` on the colours `ground`, both (n,); for a coloured theme.

        The light or the dark shade of the class, if it can be read on the ground; else black or white.
        """
        # There are few letters and many points: what is costly is computed once a letter.
        kinds = classes % len(self.point_map)
        stands_out = contrast_of(luminance(self.point_map)[kinds], luminance(ground)[:, None])
        enough = stands_out >= ENOUGH
        chosen = np.where(enough.any(axis=1), enough.argmax(axis=1), stands_out.argmax(axis=1))
        return np.asarray(self.point_map[kinds, chosen])

    def number_colours(self, values: ArrayLike) -> Colours:
        """24-bit colours in which numbers can be read, by the sign and size of `values` in [−1, 1]; same shape."""
        colours: Colours = self.number_map[_index(np.asarray(values, dtype=np.float64) / 2 + 0.5, 0.5)]
        return colours

    def class_style(self, number: int) -> int:
        """Style of text that belongs to a class."""
        return self.class_styles[number % len(self.class_styles)]

    def arm_style(self, number: int, focused: bool) -> int:
        """Style of what belongs to an arm of a race."""
        return self.arm_styles[number % len(self.arm_styles)][focused]

    def on_ground(self, packed: int, ground: int) -> int:
        """The style `packed` on the background of the style `ground`, and reversed if that is. Where its colour could
        not be read there, it takes the foreground of `ground`."""
        foreground, _, attributes = unpack(packed)
        of_its_own, background, of_ground = unpack(ground)
        if self.coloured and contrast(foreground, background) < ENOUGH:
            foreground = of_its_own
        return style(foreground, background, attributes | of_ground & REVERSE)

    def sign(self, pretty: str, plain: str) -> str:
        """`pretty`, or `plain` where the screen is ASCII only."""
        return plain if self.ascii else pretty


def class_mark(number: int) -> str:
    return CLASS_MARKS[number % len(CLASS_MARKS)]


@cache
def make_theme(
    name: str = "dark",
    depth: ColourDepth = ColourDepth.TRUECOLOR,
    *,
    ascii_only: bool = False,
    themes: Themes = BUNDLED_THEMES,
) -> Theme:
    """The theme `name` for a terminal of this depth. Raises `KeyError` for an unknown name, and `FileError` for a file
    with a mistake."""
    scheme = themes.scheme(name)
    palette = palette_of(scheme, depth)
    coloured = depth is not ColourDepth.NONE
    roles = _roles(palette) if coloured else _roles_without_colour()
    background = palette.background if coloured else DEFAULT
    return Theme(
        name=name,
        depth=depth,
        ascii=ascii_only,
        background=background,
        diverging_map=_diverging_map(scheme, depth),
        number_map=_number_map(scheme, depth),
        class_maps=np.array([_class_map(palette, colour, depth) for colour in palette.classes]),
        class_styles=tuple(
            style(colour, background) if coloured else style() for colour in _legible(palette, palette.classes, depth)
        ),
        arm_styles=_arm_styles(palette, background, depth),
        point_map=np.array([_point_colours(colour, depth) for colour in palette.classes]),
        **roles,
    )


def palette_of(scheme: Scheme, depth: ColourDepth) -> Palette:
    """The colours of a scheme that a terminal of this depth has."""
    return scheme.sixteen if depth is ColourDepth.COLOURS_16 else scheme.full


def hard_to_read(theme: Theme) -> str:
    """A sentence that names the words with too little contrast; "" if all are readable. The colours of classes, arms
    and numbers are always mixed until they are."""
    if not theme.coloured:
        return ""
    low = []
    for role in _roles_without_colour().keys() - _DECORATIONS:
        foreground, background, _ = unpack(getattr(theme, role))
        if (found := float(contrast(foreground, background))) < WCAG:
            low.append(f"{role.replace('_', ' ')} {found:.1f}")
    return f"too little contrast to be read (at least {WCAG:g}): {', '.join(sorted(low))}" if low else ""


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
        "stale": on_background(palette.stale),
    }


def _roles_without_colour() -> dict[str, int]:
    """Every role as an attribute alone: bold, dim, underlined or reversed."""
    attributes = dict.fromkeys(("text", "train", "validation", "cursor", "note", "good", "event"), 0)
    attributes |= dict.fromkeys(("muted", "faint", "border", "envelope", "stale"), DIM)
    attributes |= dict.fromkeys(("strong", "title", "border_focus", "key", "warning", "critical", "best"), BOLD)
    attributes |= {"chosen": REVERSE, "badge": REVERSE, "fresh": BOLD | UNDERLINE}
    return {role: style(attributes=value) for role, value in attributes.items()}


def _index(values: NDArray[np.float64], missing: float) -> NDArray[np.intp]:
    """Positions in a lookup table for values in [0, 1]."""
    safe = np.minimum(np.maximum(np.where(np.isnan(values), missing, values), 0.0), 1.0)
    return np.asarray((safe * (STEPS - 1) + 0.5).astype(np.intp))


def _diverging_map(scheme: Scheme, depth: ColourDepth) -> Colours:
    """Smooth where all colours exist; else in steps of colours that do, picked by hand to keep their hue."""
    if depth is ColourDepth.COLOURS_256:
        return ramp(scheme.diverging_256, False)
    if depth is ColourDepth.COLOURS_16:
        # The middle is narrow: few values are too small to show their sign.
        edges = np.searchsorted(_SIGN_EDGES, np.linspace(0.0, 1.0, STEPS))
        return np.asarray(np.array(scheme.sixteen.diverging)[edges])
    return ramp(scheme.full.diverging, True)


def _number_map(scheme: Scheme, depth: ColourDepth) -> Colours:
    """The colours of the diverging map, weak values as strong as their sign needs, and all readable as text."""
    palette = palette_of(scheme, depth)
    if depth is ColourDepth.COLOURS_16:
        low, *_, high = _legible(palette, palette.diverging, depth)
        edges = np.searchsorted((_SIGN_EDGES[1], _SIGN_EDGES[2]), np.linspace(0.0, 1.0, STEPS))
        return np.array([low, palette.text, high])[edges]
    values = np.linspace(-1.0, 1.0, STEPS)
    strong = np.sign(values) * np.maximum(np.abs(values), _NUMBER)
    colours = _diverging_map(scheme, depth)[_index(strong / 2 + 0.5, 0.5)]
    return readable(colours, palette.background, palette.ink)


def _class_map(palette: Palette, colour: int, depth: ColourDepth) -> Colours:
    """From the faintest hint of a class to its colour, a little subdued so that points stand out on it."""
    if depth is ColourDepth.COLOURS_16:
        return ramp((palette.background, colour, colour), False)
    ground = palette.background
    if depth is ColourDepth.COLOURS_256:
        steps = (mix(ground, palette.text, 0.15), *(mix(ground, colour, share) for share in (0.5, 0.7, 0.7)))
        # Letters are chosen to be read on what the terminal shows.
        return ramp(tuple(colour_of(nearest_of_256(step)) for step in steps), False)
    return ramp((mix(ground, colour, 0.12), mix(ground, colour, 0.7)), True)


def _arm_styles(palette: Palette, background: int, depth: ColourDepth) -> tuple[tuple[int, int], ...]:
    if depth is ColourDepth.NONE:
        return ((style(), style(attributes=BOLD)),) * len(palette.classes)
    is_mixed = depth is not ColourDepth.COLOURS_16
    subdued = [mix(palette.background, each, 0.65) if is_mixed else each for each in palette.classes]
    pairs = zip(_legible(palette, subdued, depth), _legible(palette, palette.classes, depth), strict=True)
    return tuple((style(curve, background), style(letter, background, BOLD)) for curve, letter in pairs)


def _legible(palette: Palette, colours: Sequence[int], depth: ColourDepth) -> list[int]:
    """The colours as text on the background: moved towards the ink, or of sixteen the bright twin or the text's."""
    if depth is not ColourDepth.COLOURS_16:
        legible: list[int] = readable(np.array(colours), palette.background, palette.ink).tolist()
        return legible
    triples = [(each, ANSI[8 + ANSI.index(each) % 8], palette.text) for each in colours]
    return [next((way for way in ways if contrast(way, palette.background) >= WCAG), palette.text) for ways in triples]


def _point_colours(colour: int, depth: ColourDepth) -> tuple[int, int, int, int]:
    own = mix(colour, BRIGHT_WHITE, _TINTED), mix(colour, BLACK, _TINTED)
    return *((colour, colour) if depth is ColourDepth.COLOURS_16 else own), BLACK, BRIGHT_WHITE
