"""Every theme at every depth says the same: signs apart, words readable, sixteen colours from the sixteen."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from msgspec import structs

from tui_trainer.drawing.cells import DEFAULT, style, unpack
from tui_trainer.drawing.colours_256 import colour_of, nearest_of_256
from tui_trainer.drawing.palettes import ANSI
from tui_trainer.drawing.theme import ColourDepth, Theme, class_mark, hard_to_read, make_theme
from tui_trainer.drawing.theme_files import BUNDLED, BUNDLED_THEMES, Themes
from tui_trainer.toml_file import FileError
from tui_trainer.tui.textual_theme import textual_theme

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
@pytest.mark.parametrize("name", BUNDLED)
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
@pytest.mark.parametrize("name", BUNDLED)
def test_numbers_have_the_colour_of_their_sign(name: str, depth: ColourDepth) -> None:
    minus, plus = make_theme(name, depth).number_colours([-0.1, 0.1])
    assert minus != plus
    assert (int(minus) >> 16) - (int(minus) & 255) > (int(plus) >> 16) - (int(plus) & 255)  # orange, blue


@pytest.mark.parametrize("name", BUNDLED)
def test_high_contrast_deserves_its_name_and_the_others_have_a_quiet_border(name: str) -> None:
    theme = make_theme(name)
    foreground, background, _ = unpack(theme.border)
    assert (contrast(foreground, background) > 5) == (name == "high contrast")


@pytest.mark.parametrize("depth", COLOURED)
@pytest.mark.parametrize("name", BUNDLED)
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


@pytest.mark.parametrize("name", BUNDLED)
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


@pytest.mark.parametrize("name", BUNDLED)
def test_classes_have_different_colours_and_letters(name: str) -> None:
    theme = make_theme(name)
    sure = theme.confidence(np.arange(10), np.ones(10))
    assert len(set(sure.tolist())) == 10
    assert len({class_mark(number) for number in range(10)}) == 10
    assert all(class_mark(a).isascii() and class_mark(a) != class_mark(b) for a, b in combinations(range(10), 2))
    assert theme.class_style(12) == theme.class_style(2)


@pytest.mark.parametrize("depth", COLOURED)
@pytest.mark.parametrize("name", BUNDLED)
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


@pytest.mark.parametrize("depth", [ColourDepth.TRUECOLOR, ColourDepth.COLOURS_16])
@pytest.mark.parametrize("name", BUNDLED)
def test_quiet_words_of_a_list_can_be_read_on_its_chosen_line_too(name: str, depth: ColourDepth) -> None:
    theme = textual_theme(name, BUNDLED_THEMES.scheme(name), depth)
    quiet, ground, chosen = (
        int(str(colour)[1:], 16) for colour in (theme.variables["quiet"], theme.background, theme.panel)
    )
    assert min(contrast(quiet, ground), contrast(quiet, chosen)) >= 3.5


def own(folder: Path, text: str) -> Themes:
    """Themes with one of a person's own, "my theme"."""
    (folder / "my_theme.toml").write_text(text, encoding="utf-8")
    return Themes(folder)


def test_an_own_theme_says_only_what_differs_from_its_base(tmp_path: Path) -> None:
    themes = own(tmp_path, 'base = "light"\naccent = "#B00040"\n[sixteen]\naccent = "bright red"\n')
    assert themes.names == (*BUNDLED, "my theme")
    assert themes.is_own("my theme")
    light = make_theme("light")
    mine = make_theme("my theme", themes=themes)
    assert unpack(mine.key)[:2] == (0xB00040, unpack(light.key)[1])
    assert mine.text == light.text
    assert unpack(make_theme("my theme", ColourDepth.COLOURS_16, themes=themes).key)[0] == 0xFF0000
    assert own(tmp_path, "").scheme("my theme") == BUNDLED_THEMES.scheme("dark")


def test_a_bundled_name_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "high_contrast.toml").write_text('text = "#000000"\n', encoding="utf-8")
    assert Themes(tmp_path).names == BUNDLED
    assert Themes(tmp_path / "nowhere").names == BUNDLED


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("text = ", "line 1, column 8: invalid value"),
        ('base = "drak"', "base = 'drak': allowed: dark, light, high contrast, colour-blind (did you mean 'dark'?)"),
        ("base = [3]", "base = [3]: allowed: dark, light"),
        ('txt = "#000000"', "txt: unknown key; allowed: background, text, "),
        ('txt = "#000000"', "(did you mean 'text'?)"),
        ('text = "red"', "text = 'red': allowed: \"#rrggbb\""),
        ("text = 3", 'text = 3: allowed: "#rrggbb"'),
        ('text = ["#000000"]', "text = ['#000000']: allowed: \"#rrggbb\""),
        ('classes = "#000000"', "classes = '#000000': allowed: a list of 1 or more colours"),
        ("classes = []", "classes = []: allowed: a list of 1 or more colours"),
        ('classes = ["#00"]', "classes = '#00': allowed: \"#rrggbb\""),
        ('diverging = ["#000000"]', "diverging = ['#000000']: allowed: a list of 3 or more colours"),
        ("sixteen = 3", "sixteen = 3: allowed: a table"),
        ('[sixteen]\ntext = "brigt red"', "sixteen.text = 'brigt red': allowed: black, red, "),
        ('[sixteen]\ntext = "brigt red"', "(did you mean 'bright red'?)"),
        ('[sixteen]\nbase = "red"', "sixteen.base: unknown key; allowed: background, "),
        ('[sixteen]\ndiverging = ["red"]', "sixteen.diverging = ['red']: allowed: a list of 5 colours"),
    ],
)
def test_a_mistake_in_an_own_theme_is_one_clear_message(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(FileError) as error:
        make_theme("my theme", themes=own(tmp_path, text))
    assert str(error.value).startswith(f"{tmp_path / 'my_theme.toml'}: ")
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_an_own_theme_is_told_what_cannot_be_read(tmp_path: Path) -> None:
    themes = own(tmp_path, 'text = "#202020"\nstale = "#303030"\nborder = "#101010"\nclasses = ["#101010"]\n')
    assert hard_to_read(make_theme("my theme", themes=themes)) == (
        "too little contrast to be read (at least 4.5): stale 1.4, text 1.1"
    )
    assert hard_to_read(make_theme("my theme", ColourDepth.NONE, themes=themes)) == ""
    assert not any(hard_to_read(make_theme(name, depth)) for name in BUNDLED for depth in ColourDepth)
