"""The list of presets has the one of a file of one's own too, while that is there."""

from __future__ import annotations

from pathlib import Path

from tui_trainer.cli.screen import about, preset_entries
from tui_trainer.presets import bundled, clinic, course

OWN = 'title = "mine"\nquestion = "Why?"\nwatch = "the loss"\ntext = "A paragraph."\n[data]\nname = "xor"\n'


def test_a_file_of_ones_own_stands_first_with_its_words(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(OWN)
    own, *others = preset_entries(str(path))
    assert (own.title, own.question, own.watch, own.text) == ("mine", "Why?", "the loss", "A paragraph.")
    assert own.opens == str(path)
    assert [each.title for each in others] == [preset.title for preset in (*course(), *clinic(), *bundled())]
    path.unlink()
    assert list(preset_entries(str(path))) == others


def test_a_card_is_found_by_the_title_of_a_run_also_for_a_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "file.toml"
    path.write_text(OWN)
    for name in ("mine", str(path)):
        own = about(str(path), name)
        assert own is not None
        assert own.question == "Why?"
    bundled = about(str(path), "lr too large")
    assert bundled is not None
    assert bundled.question == "What happens when every step is too long?"
    assert about("lr too large", "mine") is None


def test_a_preset_that_was_opened_is_not_listed_twice() -> None:
    assert [each.title for each in preset_entries("lr too large")] == [
        preset.title for preset in (*course(), *clinic(), *bundled())
    ]
    assert not any(each.opens for each in preset_entries("overfitting"))
