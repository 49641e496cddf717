"""The README says what the program says: its tables, its pictures, its commands."""

from __future__ import annotations

import re
from pathlib import Path

import pictures
import pytest
import readme_tables
from other_processor import other_processor

from tui_trainer.preferences import preferences_in

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


def test_tables_are_those_of_the_program() -> None:
    assert readme_tables.updated(TEXT) == TEXT, "run: python tests/readme_tables.py"


def test_everything_it_points_to_exists() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", TEXT) + re.findall(r'src="(?!https?:)([^"]+)"', TEXT)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_keys_that_it_gives_to_an_action_are_free(tmp_path: Path) -> None:
    """And those that the program proposes where a list of keys is wrong."""
    _, (complaint,) = preferences_in(_preferences(tmp_path, 'step = "V"'))
    proposed = complaint.partition("such as ")[2].partition(";")[0]
    examples = [*re.findall(r'step = \["[^`]*\]', TEXT), f"step = {proposed}"]
    for example in examples:
        assert preferences_in(_preferences(tmp_path, example))[1] == (), example
    assert len(examples) == 2


def _preferences(folder: Path, keys: str) -> Path:
    path = folder / "preferences.toml"
    path.write_text(f"[keys]\n{keys}\n", encoding="utf-8")
    return path


def test_every_room_has_its_row() -> None:
    rooms = [path.parent.name for path in sorted((ROOT / "tui_trainer").glob("*/__init__.py"))]
    assert len(rooms) > 10
    assert [room for room in rooms if f"[`{room}/`](tui_trainer/{room})" not in TEXT] == []


def words(svg: str) -> list[str]:
    """The texts of a picture, with every digit alike: the last one may differ with another machine's rounding. (Colours
    may, too.)"""
    return [re.sub(r"\d", "0", text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg)]


@pytest.mark.parametrize("name", pictures.PICTURES)
def test_pictures_are_what_the_program_draws(name: str) -> None:
    kept = (ROOT / "tests" / "snapshots" / f"{name}.svg").read_text(encoding="utf-8")
    drawn = pictures.svg(pictures.PICTURES[name](), f"tui-trainer · {name}")
    assert words(drawn) == words(kept), "look at it, then run: python tests/pictures.py"
    for draw in range(1, 4):
        with other_processor(draw):
            elsewhere = pictures.svg(pictures.PICTURES[name](), f"tui-trainer · {name}")
        assert words(elsewhere) == words(drawn), "a picture needs a calm run"


def test_bits_are_promised_on_one_kind_of_processor_only() -> None:
    """In the README and in what the program says of itself; what is equal at one moment needs no such words."""
    texts = [part for part in TEXT.split("\n\n") if "| " not in part]
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "tui_trainer" / "cli").rglob("*.py")]
    texts += [string for source in sources for string in re.findall(r'"([^"\n]+)"', source)]
    promising = [text for text in texts if re.search("bit for bit|to the bit|the same bits|repeats? exactly", text)]
    assert len(promising) >= 6
    for text in promising:
        assert re.search("(kind of|of this|of one) (processor|kind)|machine of this kind", text), text
