"""Presets: every one that ships shows what it claims, and every error in a file is told to its author."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import groupby
from pathlib import Path

import pytest
from other_processor import other_processor

from tui_trainer.cli.commands import COMMANDS
from tui_trainer.cli.parsing import KEPT
from tui_trainer.cli.verification import judged
from tui_trainer.diagnosis import RULES
from tui_trainer.presets import PresetError, bundled, find, load
from tui_trainer.studies import verify
from tui_trainer.studies.verify import outcome_of
from tui_trainer.telemetry.expectation import Outcome
from tui_trainer.toml_file import LARGEST

PRESETS = {preset.title: preset for preset in bundled()}

HERE, ELSEWHERE = cache(outcome_of), cache(outcome_of)
"""The runs of this processor and of an imitated one, each computed once: a family is compared with one run."""


@contextmanager
def sharing(runs: Callable[..., Outcome]) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verify, "outcome_of", runs)
        yield


PROMISED = """
lr too large / lr far too large / lr too small / lr just right / edge of stability / overfitting
overfitting: more data / overfitting: dropout / overfitting: early stopping / overfitting: augmentation
overfitting: weight decay / overfitting: smaller network / underfitting / vanishing gradients
exploding gradients / dead relu / saturation / batch size 1 / batch size 32 / full batch / adam or sgd
xor without a hidden layer / xor with a hidden layer / zero initialisation / unscaled features
glasses or rings / glasses or rings: fifth point / glasses or rings: unclipped / 10-64-3 with dropout
mse or cross-entropy / embeddings / handwritten digits / iris
"""


def test_all_promised_titles_exist() -> None:
    promised = [title.strip() for line in PROMISED.strip().splitlines() for title in line.split(" / ")]
    assert [title for title in promised if title not in PRESETS] == []


@pytest.mark.parametrize("title", PRESETS)
def test_shows_what_it_claims(title: str) -> None:
    """Here and on an imitation of another processor. What holds in 19 of 20 may once not hold in these three runs."""
    preset = PRESETS[title]
    by_luck = preset.expect is not None and preset.expect.share_of_seeds_at_most < 1
    with sharing(HERE):
        verdicts = judged(preset, seeds=6 if by_luck else 2)
    assert [arm for arm, _ in verdicts] == ([arm.name for arm in preset.arms] or [None])
    if by_luck:
        assert all(0 < verdict.held < len(verdict.misses) for _, verdict in verdicts)
        return
    with other_processor(1), sharing(ELSEWHERE):
        verdicts += judged(preset, seeds=1)
    for name in {name for name, _ in verdicts}:
        missed = [misses for arm, verdict in verdicts if arm == name for misses in verdict.misses.values() if misses]
        assert len(missed) <= 1, missed


def test_an_imitated_processor_parts_a_chaotic_run_and_leaves_a_calm_one() -> None:
    """Otherwise the tests that use it would show nothing."""
    for title, alike in ("lr too large", False), ("lr just right", True):
        experiment = PRESETS[title].experiment()
        here = outcome_of(experiment, seed=0).final.train_loss
        with other_processor(1):
            there = outcome_of(experiment, seed=0).final.train_loss
        assert here != there
        assert (there == pytest.approx(here, rel=1e-3)) == alike


@pytest.mark.parametrize("title", PRESETS)
def test_is_a_whole_lesson_that_unfolds_in_ten_to_twenty_seconds(title: str) -> None:
    preset = PRESETS[title]
    assert preset.question.endswith("?")
    assert len(preset.text) > 100
    assert preset.watch
    assert title not in (*COMMANDS, *KEPT)
    pace = preset.experiment().training.pace
    assert pace != "max"
    assert 10 <= HERE(preset.experiment(), 0).iteration / pace <= 20


def test_every_finding_has_a_preset_and_a_healthy_look_alike() -> None:
    claims = [preset.expect for preset in PRESETS.values() if preset.expect is not None]
    assert {claim.finding for claim in claims} >= set(RULES)
    silent = {id for claim in claims for id in claim.no_finding}
    assert silent >= set(RULES) - {"good", "early_stopped"}


def test_orders_and_titles_are_all_different() -> None:
    assert len({preset.order for preset in bundled()}) == len(bundled())
    assert len({find(title).title for title in PRESETS}) == len(bundled())


def test_the_members_of_a_family_stand_together() -> None:
    families = [family for family, _ in groupby(bundled(), lambda preset: preset.family)]
    assert all(families)
    assert len(families) == len(set(families))


def test_words_of_the_lesson_lead_to_presets() -> None:
    for word in ("epoch", "scheduler", "blame", "chain rule", "backpropagation", "logits", "regularization"):
        assert any(word in f"{preset.question} {preset.text}" for preset in bundled()), word


@pytest.mark.parametrize(
    ("spelled", "title"),
    [
        ("LR Too Large", "lr too large"),
        ("lr-too_large", "lr too large"),
        ("  lr   too large ", "lr too large"),
        ("lr far", "lr far too large"),
        ("overfitting dropout", "overfitting: dropout"),
        ("10 64 3 with dropout", "10-64-3 with dropout"),
        ("overfitting", "overfitting"),
    ],
)
def test_finds_a_title_spelled_loosely(spelled: str, title: str) -> None:
    assert find(spelled).title == title


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("lr to large", 'no preset "lr to large"; did you mean "lr too large"'),
        ("batch size", '"batch size" could be "batch size 1" or "batch size 32"'),
        ("quantum", 'no preset "quantum"; "tui-trainer presets" lists them all'),
        ("verfy", 'no preset "verfy"; did you mean "verify"?'),
        ("", 'no preset ""'),
        ("nowhere.toml", "nowhere.toml: no such file"),
    ],
)
def test_says_what_was_meant(name: str, message: str) -> None:
    with pytest.raises(PresetError) as error:
        find(name, ("verify",))
    assert str(error.value).startswith(message)


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "mine.toml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_a_file_of_ones_own_may_leave_everything_out(tmp_path: Path) -> None:
    preset = find(str(written(tmp_path, "")))
    assert preset.title == "mine"
    assert preset.expect is None
    assert preset.experiment().data.name == "moons"


def test_paragraphs_are_unwrapped(tmp_path: Path) -> None:
    preset = load(written(tmp_path, 'text = """\none\ntwo\n\n  three\n"""\ntitle = " my  title "'))
    assert preset.text == "one two\n\nthree"
    assert preset.title == "my title"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[data\nname = 1", "line 1, column 6: expected ']' at the end of a table declaration"),
        ("title = ", "line 1, column 9: invalid value"),
        ('titel = "x"', "titel: unknown key; allowed: "),
        ("title = 5", "title = 5: allowed: a text"),
        ("schema = 2", "schema = 2: allowed: "),
        ("data = 5", "data = 5: allowed: a table"),
        ("[data]\nnois = 1", "data.nois: unknown key of moons; "),
        ('[data]\nname = "moon"', "data.name = 'moon': allowed: "),
        ("[optimizer]\nlearning_rate = -1", "optimizer.learning_rate = -1: allowed: a number from 0 to 1000000"),
        ("[optimizer]\nlearning_rate = nan", "optimizer.learning_rate = nan: allowed: "),
        ("[training]\nbatch_size = 1979-05-27", "training.batch_size = 1979-05-27: allowed: "),
        ("[training]\nepochs = 3\niterations = 3", "training.epochs = 3: give iterations or epochs, not both"),
        ("[network]\nweights = [[[[1.0]], [1.0]]]", "network.weights"),
        ('[expect]\nfinding = "bouncin"', "expect.finding = 'bouncin': allowed: "),
        ("[expect]\ntrain_loss = 1", "expect.train_loss: unknown key; allowed: "),
        ("[expect]\nby_iteration = 5", "expect: by_iteration needs a finding"),
        ("[expect]\nshare_of_seeds = 2", "expect.share_of_seeds = 2: allowed: a number from 0 to 1"),
        ("a = " + "[" * 5000, "nested too deeply"),
        ("[training]\nseed = " + "9" * 5000, "no TOML: "),
        (b"\x89PNG\r\n\x1a\n", "is not text in UTF-8 (byte 1)"),
        (b"a" * (LARGEST + 1), "larger than 1,000,000 bytes"),
    ],
)  # fmt: skip
def test_says_what_is_wrong_with_a_file(tmp_path: Path, content: str | bytes, message: str) -> None:
    path = written(tmp_path, content)
    with pytest.raises(PresetError) as error:
        load(path).experiment()
    text = str(error.value)
    assert text.startswith(f"{path}: ")
    assert message in text
    assert "\n" not in text


def test_a_folder_and_a_device_are_no_presets(tmp_path: Path) -> None:
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(PresetError, match="is a folder, not a preset file"):
        find(str(tmp_path / "folder.toml"))
    with pytest.raises(PresetError, match="is not a regular file"):
        find("/dev/null")


def test_all_mistakes_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    text = "[data]\nnois = 1\n[network]\nhidden = [8, 0]\n[optimizer]\nlearning_rate = -1\nlearning_rat = 3\n"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PresetError) as error:
        load(path).experiment()
    lines = str(error.value).split("\n")
    assert all(line.startswith(f"{path}: ") for line in lines)
    keys = ["data.nois", "network.hidden[1]", "optimizer.learning_rat", "optimizer.learning_rate"]
    assert sorted(line.removeprefix(f"{path}: ").partition(":")[0].partition(" ")[0] for line in lines) == keys
    path.write_text('[data]\nname = "mons"\nturns = 2\n', encoding="utf-8")
    with pytest.raises(PresetError, match="did you mean 'moons'") as error:
        load(path).experiment()
    assert "turns" not in str(error.value), "which data it has is not known"


def test_every_mistake_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        '[data]\nname = "moons"\nnoise = -3\n[optimizer]\nname = "adma"\nlearning_rate = "fast"\n'
        "[training]\nbatchsize = 3\nbogus = 1\n"
    )
    with pytest.raises(PresetError) as raised:
        load(path).experiment()
    told = str(raised.value).splitlines()
    assert all(line.startswith(f"{path}: ") for line in told)
    keys = [line.removeprefix(f"{path}: ").split(":")[0].split(" ")[0] for line in told]
    assert sorted(keys) == ["data.noise", "optimizer.name", "training.batchsize", "training.bogus"]


def test_the_name_of_a_data_set_is_no_preset_but_can_be_had() -> None:
    with pytest.raises(PresetError, match=r"a data set: tui-trainer --set data.name=linear_regression$"):
        find("Linear regression")
