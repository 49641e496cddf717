"""A Textual driver whose terminal is pyte's: what the app writes can be read back as a screen of cells."""

from __future__ import annotations

import re

import pyte
from textual.drivers.headless_driver import HeadlessDriver

UNKNOWN_TO_PYTE = re.compile(r"\x1b\[[<=>][0-9;:]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p|\x1b\[\?2026[hl]")

Picture = list[tuple[str, str, str, bool, bool, bool]]


class EmulatedDriver(HeadlessDriver):
    """Not headless for the app: everything it would send to a terminal arrives at `screen`."""

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        width, height = self._get_terminal_size()
        self.sent: list[str] = []
        self.fresh(width, height)

    @property
    def is_headless(self) -> bool:
        return False

    def fresh(self, width: int, height: int) -> None:
        """An empty terminal of this size, as if a person had just connected."""
        self.screen = pyte.Screen(width, height)
        self.screen.reset_mode(pyte.modes.DECAWM)
        self._stream = pyte.Stream(self.screen)

    def write(self, data: str) -> None:
        self.sent.append(data)
        self._stream.feed(UNKNOWN_TO_PYTE.sub("", data))

    def picture(self) -> list[Picture]:
        """Every cell as (character, foreground, background, bold, underlined, reversed)."""
        return [
            [
                (cell.data, cell.fg, cell.bg, cell.bold, cell.underscore, cell.reverse)
                for cell in (self.screen.buffer[y][x] for x in range(self.screen.columns))
            ]
            for y in range(self.screen.lines)
        ]

    def text(self) -> str:
        """The characters alone."""
        return "\n".join(self.screen.display)
