"""The program counts its starts, and remembers whether the card was opened."""

from __future__ import annotations

from pathlib import Path

from tui_trainer import familiarity
from tui_trainer.familiarity import FILE, NEW_FOR_STARTS, keep, load
from tui_trainer.state_folder import VARIABLE, state_folder


def test_a_person_is_new_for_ten_starts(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    for _ in range(NEW_FOR_STARTS):
        assert load(folder).is_new
        keep(folder, found=False)
    assert not load(folder).is_new


def test_a_person_is_new_until_the_card_is_opened(tmp_path: Path) -> None:
    keep(tmp_path, found=True)
    assert not load(tmp_path).is_new
    keep(tmp_path, found=False)
    assert load(tmp_path) == familiarity.Familiarity(starts=2, found=True)


def test_a_damaged_file_and_a_missing_folder_trouble_nobody(tmp_path: Path) -> None:
    for text in ("", "{", "[]", '{"starts": "many"}'):
        (tmp_path / FILE).write_text(text)
        assert load(tmp_path).is_new
    keep(tmp_path, found=True)
    assert not load(tmp_path).is_new
    keep(None, found=True)
    assert load(None).is_new
    (tmp_path / "file").write_text("")
    keep(tmp_path / "file" / "folder", found=True)


def test_the_folder_is_that_of_the_environment(tmp_path: Path) -> None:
    assert state_folder({VARIABLE: "mine", "XDG_STATE_HOME": "/var"}) == Path("mine")
    assert state_folder({"XDG_STATE_HOME": "/var"}) == Path("/var/tui-trainer")
    assert state_folder({"XDG_STATE_HOME": "relative"}) == state_folder({})
