"""Every theme at every depth says the same: signs apart, words readable, sixteen colours from the sixteen."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from msgspec import structs
from textual.theme import Theme as TextualTheme

from tui_trainer.drawing.cells import DEFAULT, style, unpack
from tui_trainer.drawing.cube import colour_of, nearest_of_256
from tui_trainer.drawing.palettes import ANSI
from tui_trainer.drawing.theme import THEMES, ColourDepth, Theme, class_mark, make_theme
from tui_trainer.tui.textual_theme import textual_themes

COLOURED = [d for d in ColourDepth if d is not ColourDepth.NONE]
ROLES = [f.name for f in structs.fields(Theme) if f.type == "int" or f.type is int]


def luminance(colour: int) -> float:
    """Relative luminance of WCAG 2."""
    parts = [(colour >> shift & 255) / 255 for shift in (16, 8, 0)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: int, other: int) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def shown(colour: int, depth: ColourDepth) -> int:
    """What a terminal of this depth makes of it."""
    return colour_of(nearest_of_256(colour)) if depth is ColourDepth.COLOURS_256 else colour


DECORATIONS = {"border", "border_focus", "faint", "envelope", "background"}
"""Frames, grid lines and the dots between words, the band behind a curve: all else is to be read."""


@pytest.mark.parametrize("depth", COLOURED)
@pytest.mark.parametrize("name", THEMES)
def test_all_that_is_to_be_read_can_be_read(name: str, depth: ColourDepth) -> None:
    theme = make_theme(name, depth)
    styles = {role: getattr(theme, role) for role in ROLES if role not in DECORATIONS}
    styles |= {f"class {number}": packed for number, packed in enumerate(theme.class_styles)}
    styles |= {f"arm {n}": packed for n, pair in enumerate(theme.arm_styles) for packed in pair}
    styles |= {
        f"{role} on a chosen line": theme.on_ground(getattr(theme, role), theme.chosen) for role in ("key", "muted")
    }
    styles |= {f"number {c:06x}": style(int(c), theme.background) for c in set(theme.number_map.tolist())}
    low = {}
    for role, packed in styles.items():
        foreground, background = (shown(colour, depth) for colour in unpack(packed)[:2])
        if contrast(foreground, background) < 4.5:
            low[role] = f"{contrast(foreground, background):.2f}"
    assert not low


@pytest.mark.parametrize("depth", COLOURED)
@pytest.mark.parametrize("name", THEMES)
def test_numbers_have_the_colour_of_their_sign(name: str, depth: ColourDepth) -> None:
    minus, plus = make_theme(name, depth).number_colours([-0.1, 0.1])
    assert minus != plus
    assert (int(minus) >> 16) - (int(minus) & 255) > (int(plus) >> 16) - (int(plus) & 255)  # orange, blue


@pytest.mark.parametrize("name", THEMES)
def test_high_contrast_deserves_its_name_and_the_others_have_a_quiet_border(name: str) -> None:
    theme = make_theme(name)
    foreground, background, _ = unpack(theme.border)
    assert (contrast(foreground, background) > 5) == (name == "high contrast")


@pytest.mark.parametrize("depth", COLOURED)
@pytest.mark.parametrize("name", THEMES)
def test_plus_and_minus_differ_and_grow_with_the_value(name: str, depth: ColourDepth) -> None:
    theme = make_theme(name, depth)
    minus, zero, plus = theme.diverging([-1.0, 0.0, 1.0])
    assert len({int(minus), int(zero), int(plus)}) == 3
    # Blue is plus, orange minus: the blue channel against the red one.
    middle = theme.diverging([-0.5, 0.5])
    assert (middle[0] >> 16) > (middle[0] & 255)
    assert (middle[1] >> 16) < (middle[1] & 255)


def test_maps_take_any_shape_and_any_number() -> None:
    theme = make_theme()
    wild = np.array([[np.nan, np.inf, -np.inf], [0.0, 7.0, -7.0]])
    colours = theme.diverging(wild)
    assert colours.shape == wild.shape
    assert colours[0, 0] == colours[1, 0]
    assert colours[0, 1] == colours[1, 1] == theme.diverging(1.0)


@pytest.mark.parametrize("name", THEMES)
def test_sixteen_colours_are_the_terminals_own(name: str) -> None:
    theme = make_theme(name, ColourDepth.COLOURS_16)
    used = {colour for role in ROLES if role != "background" for colour in unpack(getattr(theme, role))[:2]}
    used |= {int(c) for table in (theme.diverging_map, theme.class_maps) for c in table.flat}
    assert used <= set(ANSI)


def test_without_colour_there_is_none() -> None:
    theme = make_theme("dark", ColourDepth.NONE)
    assert not theme.coloured
    for role in ROLES:
        if role != "background":
            assert unpack(getattr(theme, role))[:2] == (DEFAULT, DEFAULT), role
    assert theme.background == DEFAULT


@pytest.mark.parametrize("name", THEMES)
def test_classes_have_different_colours_and_letters(name: str) -> None:
    theme = make_theme(name)
    sure = theme.confidence(np.arange(10), np.ones(10))
    assert len(set(sure.tolist())) == 10
    assert len({class_mark(number) for number in range(10)}) == 10
    assert all(class_mark(a).isascii() and class_mark(a) != class_mark(b) for a, b in combinations(range(10), 2))
    assert theme.class_style(12) == theme.class_style(2)


@pytest.mark.parametrize("depth", COLOURED)
@pytest.mark.parametrize("name", THEMES)
def test_letters_on_a_map_can_be_read(name: str, depth: ColourDepth) -> None:
    theme = make_theme(name, depth)
    sure = np.linspace(0.0, 1.0, 7)
    classes, answered, sure = (each.ravel() for each in np.meshgrid(np.arange(10), np.arange(10), sure))
    ground = theme.confidence(answered, sure)
    letters = theme.point_colours(classes, ground)
    pairs = zip(letters.tolist(), ground.tolist(), strict=True)
    assert min(contrast(shown(a, depth), shown(b, depth)) for a, b in pairs) >= 4.4


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(KeyError):
        make_theme("solarized")


@pytest.mark.parametrize("theme", [*textual_themes(ColourDepth.TRUECOLOR), *textual_themes(ColourDepth.COLOURS_16)])
def test_quiet_words_of_a_list_can_be_read_on_its_chosen_line_too(theme: TextualTheme) -> None:
    quiet, ground, chosen = (
        int(str(colour)[1:], 16) for colour in (theme.variables["quiet"], theme.background, theme.panel)
    )
    assert min(contrast(quiet, ground), contrast(quiet, chosen)) >= 3.5
