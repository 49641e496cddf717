"""The colours of the four themes, and those of a terminal that has only sixteen.

Blue and orange carry every pair (training and validation, plus and minus, class 1 and class 0): the two hues
that all common kinds of colour blindness tell apart. Nothing relies on hue alone; marks, signs and words say
the same.
"""

from __future__ import annotations

from msgspec import Struct

ANSI = (
    *(0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5),
    *(0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF),
)
"""xterm's sixteen colours in the order of their numbers; themes of sixteen colours use no others."""

(BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE) = ANSI[:8]
(GREY, BRIGHT_RED, BRIGHT_GREEN, BRIGHT_YELLOW, BRIGHT_BLUE, BRIGHT_MAGENTA, BRIGHT_CYAN, BRIGHT_WHITE) = ANSI[8:]


class Palette(Struct, frozen=True, kw_only=True):
    """24-bit colours by what they are for."""

    background: int
    text: int
    muted: int
    """Labels and units: readable, but behind the numbers."""
    faint: int
    """Grid lines and dots between words: what nobody has to read."""
    stale: int
    """Numbers of the previous iteration and phases to come: quieter than labels, still readable."""
    title: int
    border: int
    accent: int
    """Keys, and the border of what has the focus."""
    selection: int
    """Background of the chosen line."""
    good: int
    warning: int
    critical: int
    note: int
    train: int
    envelope: int
    """The spread of single mini-batches behind the training line."""
    validation: int
    best: int
    fresh: int
    """What the phase just done has produced."""
    diverging: tuple[int, ...]
    """From −1 over 0 (in the middle) to +1."""
    classes: tuple[int, ...]
    """One a class; more classes begin again, told apart by their marks."""
    ink: int
    """Points drawn on a decision map are mixed towards this, away from the map."""


DARK = Palette(
    background=0x10131A,
    text=0xD7DCE5,
    muted=0x8B94A5,
    faint=0x4A5264,
    stale=0x7C8597,
    title=0xF2F4F8,
    border=0x343B4B,
    accent=0xB9A3FF,
    selection=0x2A2F45,
    good=0x6EDB8F,
    warning=0xFFC857,
    critical=0xFF6B6B,
    note=0x8FB8FF,
    train=0x58C4F6,
    envelope=0x23506B,
    validation=0xFFA24C,
    best=0x8CF0B0,
    fresh=0xFFE27A,
    diverging=(0xFFC08A, 0xF0812E, 0x8A4A1E, 0x1B1F29, 0x1E5A8C, 0x2E9BEF, 0xA6DCFF),
    classes=(
        *(0xF08A35, 0x3A9BEA, 0x35C9A0, 0xE878B4, 0xE6D24A),
        *(0x9D86F0, 0xE5604D, 0x7FD0F7, 0xB7C36B, 0xB0B7C3),
    ),
    ink=0xFFFFFF,
)

LIGHT = Palette(
    background=0xFBFAF7,
    text=0x262B36,
    muted=0x5A6478,
    faint=0xA9B0BD,
    stale=0x6B7384,
    title=0x0B0F19,
    border=0xCDD2DB,
    accent=0x6A3FD6,
    selection=0xE6E0FA,
    good=0x12804A,
    warning=0xA35A00,
    critical=0xC8232C,
    note=0x2257C4,
    train=0x0072B2,
    envelope=0xB5D8EC,
    validation=0xB84E00,
    best=0x0A7A4A,
    fresh=0x9A5B00,
    diverging=(0x7A3200, 0xD9660F, 0xF5BE91, 0xF1EFEA, 0x9CCBEC, 0x1F7FC4, 0x053A66),
    classes=(
        *(0xD9660F, 0x1F7FC4, 0x0E9A78, 0xA0286E, 0xA38A00),
        *(0x6A4FD0, 0xB83A2B, 0x3FA3D6, 0x6F7D22, 0x6B7280),
    ),
    ink=0x000000,
)

HIGH_CONTRAST = Palette(
    background=0x000000,
    text=0xFFFFFF,
    muted=0xD0D0D0,
    faint=0x9A9A9A,
    stale=0xA8A8A8,
    title=0xFFFFFF,
    border=0xA0A0A0,
    accent=0xFFFF00,
    selection=0x3A3A00,
    good=0x5CFF8A,
    warning=0xFFD500,
    critical=0xFF8080,
    note=0x9FD0FF,
    train=0x66D9FF,
    envelope=0x2F6F94,
    validation=0xFFB000,
    best=0x5CFF8A,
    fresh=0xFFFF66,
    diverging=(0xFFE0C0, 0xFF9020, 0xA85000, 0x000000, 0x0068C0, 0x40B0FF, 0xD0F0FF),
    classes=(
        *(0xFF9020, 0x40B0FF, 0x40F0B0, 0xFF90D0, 0xFFF050),
        *(0xC0A0FF, 0xFF7060, 0xA0E8FF, 0xD8E870, 0xE0E0E0),
    ),
    ink=0xFFFFFF,
)

# Okabe and Ito's eight colours (2008), the dark theme's greys; good is never a green beside a red.
COLOUR_BLIND = Palette(
    background=0x10131A,
    text=0xD7DCE5,
    muted=0x98A1B2,
    faint=0x4F586B,
    stale=0x7C8597,
    title=0xF2F4F8,
    border=0x3A4254,
    accent=0xF0E442,
    selection=0x33331F,
    good=0x56B4E9,
    warning=0xE69F00,
    critical=0xF0783C,
    note=0xCC79A7,
    train=0x56B4E9,
    envelope=0x24506B,
    validation=0xE69F00,
    best=0xF0E442,
    fresh=0xF0E442,
    diverging=(0xFFD08A, 0xE69F00, 0x7A5510, 0x1B1F29, 0x0F4F7F, 0x1E8FD6, 0xA6DCFF),
    classes=(
        0xE69F00,
        0x2E93DC,
        0x00B088,
        0xCC79A7,
        0xF0E442,
        0xD55E00,
        0x8FD0F5,
        0xB0B7C3,
        0x7A6FE0,
        0xFFFFFF,
    ),
    ink=0xFFFFFF,
)

ANSI_DARK = Palette(
    background=BLACK,
    text=WHITE,
    muted=WHITE,
    faint=GREY,
    stale=GREY,
    title=BRIGHT_WHITE,
    border=GREY,
    accent=BRIGHT_MAGENTA,
    selection=BLUE,
    good=BRIGHT_GREEN,
    warning=BRIGHT_YELLOW,
    critical=BRIGHT_RED,
    note=BRIGHT_CYAN,
    train=BRIGHT_CYAN,
    envelope=BLUE,
    validation=BRIGHT_YELLOW,
    best=BRIGHT_GREEN,
    fresh=BRIGHT_WHITE,
    diverging=(BRIGHT_YELLOW, YELLOW, BLACK, BLUE, BRIGHT_CYAN),
    classes=(YELLOW, BLUE, GREEN, MAGENTA, CYAN, RED, WHITE, GREY, BRIGHT_GREEN, BRIGHT_MAGENTA),
    ink=BRIGHT_WHITE,
)

ANSI_LIGHT = Palette(
    background=BRIGHT_WHITE,
    text=BLACK,
    muted=BLACK,
    faint=GREY,
    stale=BLUE,
    title=BLACK,
    border=GREY,
    accent=MAGENTA,
    selection=CYAN,
    good=BLACK,
    warning=RED,
    critical=RED,
    note=BLUE,
    train=BLUE,
    envelope=CYAN,
    validation=RED,
    best=BLACK,
    fresh=MAGENTA,
    diverging=(RED, YELLOW, BRIGHT_WHITE, BRIGHT_BLUE, BLUE),
    classes=(YELLOW, BRIGHT_BLUE, GREEN, MAGENTA, CYAN, RED, BLUE, GREY, BRIGHT_GREEN, BRIGHT_MAGENTA),
    ink=BLACK,
)

PALETTES = {"dark": DARK, "light": LIGHT, "high contrast": HIGH_CONTRAST, "colour-blind": COLOUR_BLIND}
"""By the theme's name; the first is the default."""

ANSI_PALETTES = {
    "dark": ANSI_DARK,
    "light": ANSI_LIGHT,
    "high contrast": ANSI_DARK,
    "colour-blind": ANSI_DARK,
}

# Steps through the 6×6×6 cube of 256 colours: rounding a smooth map to it turns dark blues into greens.
CUBE_DIVERGING_DARK = (
    *(0xFFD7AF, 0xFFAF5F, 0xFF8700, 0xD75F00, 0x875F00, 0x1C1C1C),
    *(0x005F87, 0x0087D7, 0x00AFFF, 0x5FD7FF, 0xAFD7FF),
)
CUBE_DIVERGING_LIGHT = (
    *(0x5F0000, 0xAF5F00, 0xD75F00, 0xFFAF5F, 0xFFD7AF, 0xEEEEEE),
    *(0xAFD7FF, 0x5FAFFF, 0x0087D7, 0x005F87, 0x00005F),
)
