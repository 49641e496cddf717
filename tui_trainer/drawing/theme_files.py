"""The themes that there are: one TOML file each, in this package and in a folder of the person's. A file is read when
its theme is wanted, so that the first picture waits for one of them only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tui_trainer import toml_file
from tui_trainer.drawing.palettes import Scheme, scheme
from tui_trainer.setting_error import SettingError, nearest

_FOLDER = Path(__file__).parent / "themes"

BUNDLED = ("dark", "light", "high contrast", "colour-blind")
"""Names, in the order in which the key `t` walks them; the first is the default, and the base of a person's own."""


class Themes:
    """The bundled themes, and those of a folder, by name: that of the file, in which "_" stands for a blank."""

    def __init__(self, own: Path | None = None) -> None:
        """`own`: the folder of the person's themes, which need not exist. Bundled names there are passed over."""
        files = sorted(own.glob("*.toml")) if own is not None else []
        named = {path.stem.replace("_", " "): path for path in files}
        self._own = {name: path for name, path in named.items() if name not in BUNDLED}
        self._read: dict[str, Scheme] = {}
        self.names = (*BUNDLED, *self._own)

    def is_own(self, name: str) -> bool:
        """Whether the person has made the theme."""
        return name in self._own

    def scheme(self, name: str) -> Scheme:
        """What the file of a theme says, over what the theme says that is its base.

        Raises `KeyError` for a name that no theme has, and `FileError` for a file with a mistake.
        """
        if name not in self._read:
            self._read[name] = self._own_scheme(self._own[name]) if name in self._own else scheme(_bundled(name))
        return self._read[name]

    def _own_scheme(self, path: Path) -> Scheme:
        own = toml_file.read(path, "theme")
        try:
            base = own.pop("base", BUNDLED[0])
            if base not in BUNDLED:
                allowed = f"allowed: {', '.join(BUNDLED)}{nearest(str(base), BUNDLED)}"
                raise SettingError("base", base, allowed)
            return scheme(_over(_bundled(base), own))
        except SettingError as mistake:
            raise toml_file.FileError(f"{path}: {mistake}") from None


def _bundled(name: str) -> dict[str, Any]:
    """The tables of a bundled theme with those of its base."""
    if name not in BUNDLED:
        raise KeyError(name)
    tables = toml_file.read(_FOLDER / f"{name.replace(' ', '_')}.toml", "theme")
    base = tables.pop("base", None)
    return tables if base is None else _over(_bundled(base), tables)


def _over(base: dict[str, Any], tables: dict[str, Any]) -> dict[str, Any]:
    sixteen = tables.get("sixteen", {})
    return base | tables | {"sixteen": base["sixteen"] | sixteen if isinstance(sixteen, dict) else sixteen}


BUNDLED_THEMES = Themes()
"""The themes of a person who has made none."""
