"""Preferences: what a file may say, what is told about one that is wrong, and which files are written to."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from tui_trainer import preferences
from tui_trainer.cli.parsing import parse
from tui_trainer.cli.screen import NOTICE_CHARACTERS, chosen_by, first_of, remember
from tui_trainer.dashboard.keys.keymap import first_view, keymap
from tui_trainer.dashboard.keys.rebinding import clashes, is_key, rebound
from tui_trainer.drawing.theme_files import BUNDLED, Themes
from tui_trainer.preferences import (
    HEADER,
    VARIABLE,
    Preferences,
    PreferencesError,
    edited,
    keep,
    load,
    path_of,
    preferences_in,
    themes_of,
)
from tui_trainer.toml_file import FileError

CHOSEN = Preferences(
    theme="light",
    ascii=True,
    painter="textual",
    focus="loss",
    full_screen=True,
    smoothing=3,
    log_y=False,
    numbers=True,
    record=False,
    keys={"step": ["V", "f5"], "theme": ['"', "\\", "é"]},
)


WRITTEN = edited(HEADER, structs.asdict(CHOSEN))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new folder" / "preferences.toml"


def by_hand(path: Path, text: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_file_or_a_word_in_it_the_defaults_hold(path: Path) -> None:
    assert load(None) == load(path) == load(by_hand(path, "")) == Preferences()
    assert Preferences().view == first_view()


def test_what_is_written_is_read_back(path: Path) -> None:
    assert all(getattr(CHOSEN, name) != getattr(Preferences(), name) for name in Preferences.__struct_fields__)
    assert load(by_hand(path, WRITTEN)) == CHOSEN
    assert load(by_hand(path, edited(WRITTEN, structs.asdict(structs.replace(Preferences(), keys=CHOSEN.keys))))) == (
        Preferences(keys=CHOSEN.keys)
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("theme = light", "line 1, column 9: invalid value"),
        ('teme = "light"', "teme: unknown key; allowed: ascii, focus, "),
        ('teme = "light"', "(did you mean 'theme'?)"),
        ('theme = "drak"', f"theme = 'drak': allowed: {', '.join(BUNDLED)} (did you mean 'dark'?)"),
        ("theme = 3", f"theme = 3: allowed: {', '.join(BUNDLED)}"),
        ('focus = "lose"', "focus = 'lose': allowed: loss, weights, "),
        ('painter = "cell"', "painter = 'cell': allowed: cells, textual (did you mean 'cells'?)"),
        ("smoothing = 11", "smoothing = 11: allowed: a whole number from 0 to 10"),
        ('log_y = "no"', "log_y = 'no': allowed: true or false"),
        ("keys = 3", "keys = 3: allowed: a table"),
        ("focus = 7", "focus = 7: allowed: loss, weights, "),
        ('[keys]\nstpe = ["V"]', "keys.stpe: no such action (did you mean 'step'?); allowed: toggle, step, "),
        ('[keys]\nstep = ["V", "V"]', "keys.step = ['V', 'V']: allowed: every key once"),
        ('[keys]\nstep = ["ctrl+i"]', "or ctrl+ a letter other than c h i j "),
        ('[keys]\nstep = "V"', "keys.step = 'V': allowed: a list of one key or more, such as "),
        ("[keys]\nstep = []", "keys.step = []: allowed: a list of one key or more"),
        ("[keys]\nstep = [3]", "keys.step = 3: allowed: one character, or one of space, "),
        ('[keys]\nstep = ["pagedwn"]', "(did you mean 'pagedown'?)"),
        ('[keys]\nstep = ["ctrl+s"]', "keys.step = 'ctrl+s': allowed: "),
        ('[keys]\nstep = ["\\u001b"]', 'keys.step = "\\u001b": allowed: '),
        ('[keys]\nstep = ["p"]', "keys.step = ['p']: \"p\" is a key of phase too, in the same place"),
        ('[keys]\nsetting_more = ["q"]', "keys.setting_more = ['q']: \"q\" is a key of quit too, in the same place"),
        ('[keys]\nquit_at_once = ["V"]', "keys.quit_at_once = ['V']: keeps its key, "),
    ],
)
def test_says_what_is_wrong(path: Path, text: str, message: str) -> None:
    with pytest.raises(PreferencesError) as error:
        load(by_hand(path, text))
    told = str(error.value)
    assert told.startswith(f"{path}: ")
    assert message in told
    assert "\n" not in told
    assert told.endswith(("; the default is used", "; the defaults are used", "; it is left out"))
    assert preferences_in(path) == (Preferences(), (told,))


@pytest.mark.parametrize("smoothing", range(11))
def test_a_smoothing_of_an_earlier_version_is_none_of_its_mistakes(path: Path, smoothing: int) -> None:
    """It was counted in columns, from 0 to 6; now in epochs."""
    assert load(by_hand(path, f"smoothing = {smoothing}")).view.smoothing == smoothing


def test_the_screen_tells_the_beginning_of_a_long_complaint(path: Path) -> None:
    _, complaints = preferences_in(by_hand(path, '[keys]\nstepp = ["V"]'))
    assert len(complaints[0]) > 2 * NOTICE_CHARACTERS
    told = first_of(complaints)
    assert len(told) < NOTICE_CHARACTERS + 40
    assert told.startswith(f"{path}: keys.stepp: no such action (did you mean 'step'?); allowed: ")
    assert told.endswith(" … (shown in full when you leave)")
    assert first_of(["short", "other"]) == "short (and 1 more, shown when you leave)"


def test_every_mistake_is_told_and_costs_its_own_line_only(path: Path) -> None:
    text = """\
theme = "drak"
smoothing = "lots"
focus = "los"
full_screen = "yes"
bogus = 1
numbers = true
[keys]
stepp = ["V"]
step = ["V"]
phase = ["q"]
epoch = "E"
"""
    valid, complaints = preferences_in(by_hand(path, text))
    assert valid == Preferences(numbers=True, keys={"step": ["V"]})
    starts = (
        "theme = 'drak': allowed: ",
        "smoothing = 'lots': allowed: a whole number from 0 to 10",
        "focus = 'los': allowed: ",
        "full_screen = 'yes': allowed: true or false",
        "bogus: unknown key",
        "keys.stepp: no such action",
        "keys.epoch = 'E': allowed: a list",
        "keys.phase = ['q']: ",
    )
    assert len(complaints) == len(starts)
    for start, told in zip(starts, complaints, strict=True):
        assert told.startswith(f"{path}: {start}")
    for hint, told in {"dark": complaints[0], "loss": complaints[2], "step": complaints[5]}.items():
        assert f"(did you mean {hint!r}?)" in told
    assert first_of(complaints) == f"{complaints[0]} (and 7 more, shown when you leave)"
    assert first_of(complaints[:1]) == complaints[0]
    assert first_of(()) == ""


@pytest.mark.parametrize(
    ("text", "where", "words"),
    [
        ('theme = "light\n', "line 1, column 15", "its closing quotation mark"),
        ('theme = "light', "line 1, column 15", "its closing quotation mark"),
        ("theme = light", "line 1, column 9", "a text stands in quotation marks"),
        ('theme "light"', "line 1, column 7", "have a = between them"),
        ("smoothing = 3 log_y = true", "line 1, column 15", "may follow a value"),
        ("smoothing = 3\nsmoothing = 4", "line 2, column 14", "has a value already"),
        ("!", "line 1, column 1", "a key = a value"),
    ],
)
def test_where_a_file_is_no_toml_the_place_and_what_is_missing_are_told(
    path: Path, text: str, where: str, words: str
) -> None:
    (told,) = preferences_in(by_hand(path, text))[1]
    assert told.startswith(f"{path}: {where}: ")
    assert words in told
    assert told.endswith("; the defaults are used")


def test_a_folder_and_another_encoding_are_no_preferences(tmp_path: Path, path: Path) -> None:
    with pytest.raises(PreferencesError, match="is a folder, not a preferences file"):
        load(tmp_path)
    by_hand(path, "").write_bytes(b"\xff")
    with pytest.raises(PreferencesError, match="is not text in UTF-8"):
        load(path)


def test_where_they_are() -> None:
    home = Path(os.path.expanduser("~"))
    assert path_of({VARIABLE: "mine.toml", "XDG_CONFIG_HOME": "/etc"}) == Path("mine.toml")
    assert path_of({VARIABLE: "", "XDG_CONFIG_HOME": "/etc"}) == Path("/etc/tui-trainer/preferences.toml")
    assert path_of({"XDG_CONFIG_HOME": "not/absolute"}) == home / ".config/tui-trainer/preferences.toml"


def test_somebody_without_a_home_has_the_defaults_and_keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    assert path_of({}) is None
    keep(None, {"theme": "light"})
    assert load(None) == Preferences()


def test_the_command_line_comes_before_the_preferences() -> None:
    assert chosen_by(parse([])[1], CHOSEN) == CHOSEN
    given = chosen_by(parse(["--theme", "dark", "--no-ascii", "--painter", "cells"])[1], CHOSEN)
    assert given == structs.replace(CHOSEN, theme="dark", ascii=False, painter="cells")
    assert chosen_by(parse(["--theme", "high-contrast"])[1], CHOSEN).theme == "high contrast"


def test_what_changed_on_the_screen_is_kept_and_nothing_else(path: Path) -> None:
    before = chosen_by(parse(["--theme", "light"])[1], load(path))
    remember(path, before, "light", first_view())
    assert not path.exists(), "a theme for this once is no preference"
    remember(path, before, "light", first_view(log_y_here=False, numbers=True, smoothing=3, focus="loss", zoomed=True))
    assert load(path) == Preferences(smoothing=3), "what a key does to an axis or to numbers holds for one run"
    assert os.listdir(path.parent) == [path.name]
    # Meanwhile another session has kept a theme; this one adds its own change to that.
    keep(path, {"theme": "light"})
    keep(path, {"numbers": True})
    assert load(path) == Preferences(smoothing=3, theme="light", numbers=True)


def test_a_value_is_changed_in_its_place_and_all_else_of_a_persons_file_stays(path: Path) -> None:
    by_hand(path, WRITTEN)
    keep(path, {"theme": "dark"})
    assert load(path) == structs.replace(CHOSEN, theme="dark")
    mine = """\
# my own
focus = "loss"   # where I look first

smoothing=3
theme   = 'light' # for slides

[keys]
step = ["V"]  # next to the space bar
"""
    by_hand(path, mine)
    keep(path, {"theme": "high contrast"})
    assert path.read_text(encoding="utf-8") == mine.replace("'light'", '"high contrast"')
    keep(path, {"numbers": True})
    assert load(path).numbers
    assert load(path).keys == {"step": ["V"]}
    assert set(mine.replace("'light'", '"high contrast"').splitlines()) < set(path.read_text("utf-8").splitlines())


@settings(max_examples=60)
@given(
    st.sampled_from(["", "# mine\n", 'theme = "light" # so\n', "\n\nsmoothing = 2\n", '[keys]\nstep = ["V"]\n']),
    st.fixed_dictionaries(
        {}, optional={"theme": st.sampled_from(BUNDLED), "smoothing": st.integers(0, 10), "numbers": st.booleans()}
    ),
)
def test_whatever_is_kept_is_read_back_and_no_comment_is_lost(text: str, changes: dict[str, object]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "preferences.toml")
        path.write_text(text, encoding="utf-8")
        before = load(path)
        keep(path, changes)
        assert load(path) == structs.replace(before, **changes)
        kept = path.read_text(encoding="utf-8")
        assert all(comment in kept for comment in ("# mine", "# so") if comment in text)


def test_a_file_of_an_earlier_version_is_read_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On macOS they were in ~/.config too."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(preferences, "_platform_folder", lambda: tmp_path / "Library" / "tui-trainer")
    right = tmp_path / "Library" / "tui-trainer" / "preferences.toml"
    earlier = tmp_path / ".config" / "tui-trainer" / "preferences.toml"
    assert path_of({}) == right
    earlier.parent.mkdir(parents=True)
    earlier.write_text("", encoding="utf-8")
    assert path_of({}) == earlier
    right.parent.mkdir(parents=True)
    right.write_text("", encoding="utf-8")
    assert path_of({}) == right


def test_a_link_stays_a_link(tmp_path: Path, path: Path) -> None:
    by_hand(path, HEADER)
    link = tmp_path / "link.toml"
    link.symlink_to(path)
    keep(link, {"theme": "light"})
    assert link.is_symlink()
    assert load(path) == Preferences(theme="light")


@pytest.mark.parametrize("content", [None, "theme = 3\n"])
def test_what_cannot_be_kept_costs_one_line(
    tmp_path: Path, content: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file in the place of the folder; a file that has become wrong since the start."""
    file = tmp_path / "file"
    file.write_text(content or "", encoding="utf-8")
    remember(file if content else file / "preferences.toml", Preferences(), "light", first_view())
    told = capsys.readouterr().err
    assert told.startswith("tui-trainer: what you changed on the screen is not kept: ")
    assert told.count("\n") == 1
    assert os.listdir(tmp_path) == ["file"]


def test_rebinding_gives_a_table_with_other_keys_and_leaves_the_first_one_alone() -> None:
    table = rebound(keymap(), {"step": ["p"], "phase": ["."], "slower": ["~"], "setting_more": ["V"]})
    by_id = {action.id: action for action in table}
    assert (by_id["step"].keys, by_id["phase"].keys) == (("p",), (".",))
    assert (by_id["slower"].signs, by_id["setting_less"].signs, by_id["cursor_left"].signs) == ("~ ]", "← V", "←→")
    assert clashes(table) == clashes(keymap()) == []
    assert rebound(keymap(), {}) == keymap()
    assert first_view(keymap=table).sign("phase") == "."


def test_every_key_of_the_table_may_be_chosen() -> None:
    assert all(is_key(key) for action in keymap() if not action.everywhere for key in action.keys)
    assert not any(map(is_key, ["", " ", "ab", "\t", "ctrl+m", "ctrl+c", "alt+x", "\u00a0"]))


@pytest.mark.parametrize("content", [b"", b"\n", b" \n\t\n", b"\xef\xbb\xbf"])
def test_a_file_that_holds_nothing_is_nobodys_work(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "preferences.toml"
    path.write_bytes(content)
    assert keep(path, {"theme": "light"}) == ""
    assert load(path).theme == "light"
    assert keep(path, {"theme": "dark"}) == ""
    assert load(path).theme == "dark"


def test_what_is_not_kept_is_said_with_the_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "preferences.toml"
    remember(None, Preferences(), "light", Preferences().view)
    assert "there is no home folder" in capsys.readouterr().err
    remember(path, Preferences(), Preferences().theme, Preferences().view)
    assert capsys.readouterr().err == ""


def test_own_themes_are_beside_the_preferences_or_where_a_variable_says(tmp_path: Path) -> None:
    for folder in ("themes", "elsewhere"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"from_{folder}.toml").write_text("", encoding="utf-8")
    environment = {"TUI_TRAINER_PREFERENCES": str(tmp_path / "preferences.toml")}
    assert themes_of(environment).names == (*BUNDLED, "from themes")
    environment["TUI_TRAINER_THEMES"] = str(tmp_path / "elsewhere")
    assert themes_of(environment).names == (*BUNDLED, "from elsewhere")


def test_an_own_theme_is_chosen_by_its_name_and_a_mistake_in_it_is_told(tmp_path: Path) -> None:
    path, theme = by_hand(tmp_path / "preferences.toml", 'theme = "mine"'), tmp_path / "mine.toml"
    theme.write_text('accent = "#ff0000"\n', encoding="utf-8")
    assert load(path, Themes(tmp_path)).theme == "mine"
    theme.write_text('acent = "#ff0000"\n', encoding="utf-8")
    preferences, (complaint,) = preferences_in(path, Themes(tmp_path))
    assert preferences == Preferences()
    assert complaint.startswith(f"{path}: theme = 'mine': {theme}: acent: unknown key; allowed: ")
    assert complaint.endswith("(did you mean 'accent'?); the default is used")
    with pytest.raises(FileError, match="acent: unknown key"):
        chosen_by(parse(["--theme", "mine"])[1], Preferences(), Themes(tmp_path))
