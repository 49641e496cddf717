"""The README says what the program says: its tables, its pictures, its commands."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from other_processor import other_processor

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


def script(name: str) -> ModuleType:
    """A command of tests/ as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "tests" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_tables_are_those_of_the_program() -> None:
    assert script("readme_tables").updated(TEXT) == TEXT, "run: python tests/readme_tables.py"


def test_everything_it_points_to_exists() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", TEXT) + re.findall(r'src="(?!https?:)([^"]+)"', TEXT)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def words(svg: str) -> list[str]:
    """The texts of a picture, with every digit alike: the last one may differ with another machine's rounding. (Colours
    may, too.)"""
    return [re.sub(r"\d", "0", text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg)]


pictures = script("pictures")


@pytest.mark.parametrize("name", pictures.PICTURES)
def test_pictures_are_what_the_program_draws(name: str) -> None:
    kept = (ROOT / "tests" / "snapshots" / f"{name}.svg").read_text(encoding="utf-8")
    drawn = pictures.svg(pictures.PICTURES[name](), f"tui-trainer · {name}")
    assert words(drawn) == words(kept), "look at it, then run: python tests/pictures.py"
    for draw in range(1, 4):
        with other_processor(draw):
            elsewhere = pictures.svg(pictures.PICTURES[name](), f"tui-trainer · {name}")
        assert words(elsewhere) == words(drawn), "a picture needs a calm run"
