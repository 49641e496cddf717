"""The steps of a lesson: what a file may say, and every mistake in it in the words of its author."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import short_runs as samples

from tui_trainer.cli import main
from tui_trainer.lessons.numbers import NUMBERS, filled, value
from tui_trainer.lessons.steps import Goal, NumberAnswer, Predict, Say, Stretch, Task, TextAnswer
from tui_trainer.presets import Preset, PresetError, course, find, load

README = Path(__file__).parents[2] / "README.md"


def readme_lesson() -> str:
    """The complete example of the README."""
    text = README.read_text(encoding="utf-8")
    return re.search(r"<!-- lesson: begin -->\n```toml\n(.*?)```", text, re.DOTALL)[1]  # type: ignore[index]


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def lesson(tmp_path: Path, steps: str) -> Preset:
    return load(written(tmp_path, steps))


def test_the_complete_example(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, readme_lesson())
    assert main(["presets", "--check", str(path)]) == 0
    assert "6 steps" in capsys.readouterr().out
    say, bounce, when, why, phase, task = load(path).steps
    assert isinstance(say, Say)
    assert (say.show, say.run) == ("loss", Stretch(iterations=20))
    assert isinstance(bounce, Predict)
    assert (bounce.right, bounce.restart) == (1, True)
    assert bounce.run == Stretch(any_finding=True, iterations=300)
    assert isinstance(when, Predict)
    assert when.answer == NumberAnswer(number="best_iteration", within=20)
    assert when.set == {"optimizer.learning_rate": 0.5}
    assert when.run == Stretch()
    assert isinstance(why, Predict)
    assert why.answer == TextAnswer(text=True)
    assert phase.run == Stretch(key="p")
    assert isinstance(task, Task)
    assert task.preset == "lr too large"
    assert len(task.hints) == 2
    assert task.expect == Goal(bounds={"validation_accuracy_above": 0.9}, by_iteration=300)


def test_every_key_stands_in_the_complete_example() -> None:
    text = readme_lesson()
    steps = {"say", "predict", "task", "reveal", "explain"}
    keys = (steps | {field for kind in (Say, Predict, Task) for field in kind.__struct_fields__}) - {"text"}
    assert [key for key in keys if not re.search(rf"(^|\n)#? ?{key} = ", text)] == []


def test_what_decides_which_answer_is_right(tmp_path: Path) -> None:
    arms = '[[arms]]\nname = "plain"\n[[arms]]\nname = "dropout"\nnetwork.dropout = 0.3\n'
    cases = {
        'answers = ["a", "b"]\nright = 1': 0,
        'answers = ["rests", "it bounces", "explodes"]\nright = { finding = "bouncing" }': (
            Goal(),
            Goal(finding="bouncing"),
            Goal(),
        ),
        'answers = ["dropout", "plain"]\nright = { arm = "dropout" }': (Goal(arm="dropout"), Goal(arm="plain")),
        'answers = ["yes", "no"]\nright = [{ train_loss_below = 0.1 }, { train_loss_above = 0.1 }]': (
            Goal(bounds={"train_loss_below": 0.1}),
            Goal(bounds={"train_loss_above": 0.1}),
        ),
    }
    for text, right in cases.items():
        (step,) = lesson(tmp_path, f'{arms}[[steps]]\npredict = "?"\nreveal = "!"\n{text}').steps
        assert isinstance(step, Predict)
        assert step.right == right


def test_how_far_a_step_runs(tmp_path: Path) -> None:
    cases = {
        "iterations = 7": Stretch(iterations=7),
        'until = "finished"': Stretch(),
        'until = "finding"\nrun.at_most = 9': Stretch(any_finding=True, iterations=9),
        'until = "overfitting"': Stretch(until=Goal(finding="overfitting")),
        'until = "train_loss < 1e-2"': Stretch(until=Goal(bounds={"train_loss_below": 0.01})),
        'until = "validation_accuracy > .9"': Stretch(until=Goal(bounds={"validation_accuracy_above": 0.9})),
        'until = "key:p"': Stretch(key="p"),
    }
    for text, stretch in cases.items():
        (step,) = lesson(tmp_path, f'[[steps]]\nsay = "x"\nrun.{text}').steps
        assert step.run == stretch, text


PREDICT = '[[steps]]\npredict = "?"\nreveal = "!"\n'
TASK = '[[steps]]\ntask = "do"\n'
MISTAKES = {
    '[[steps]]\nsay = "x"\ntask = "y"': ["step 1: has one of say, predict, task; this one has 2"],
    "[[steps]]\nx = 1": ["none of them"],
    '[[steps]]\nsya = "x"\nhint = 1': ["none of them", "1: sya: unknown key (did you mean 'say'?)", "mean 'hints'"],
    '[[steps]]\ntask = "x"\nxepect = {}': ["xepect: unknown key", "did you mean 'expect'", "1: expect: is missing"],
    '[[steps]]\nsay = "{train_los}"': ["step 1: say = '{train_los}': no number of this name", "'train_loss'?"],
    '[[steps]]\nsay = "{train_loss of A}"': ["no arm of this name"],
    f'[[steps]]\nsay = "{"x " * 400}"': ["step 1: say: 799 characters; 620 have room"],
    '[[steps]]\nsay = " "': ["say = ' ': allowed: a text that is not empty".replace("' '", "''")],
    '[[steps]]\nsay = "x"\nshow = "los"': ["step 1: show = 'los'", "did you mean 'loss'"],
    '[[steps]]\nsay = "x"\nshow = "loss"\nbeside = ["fitt"]': ["step 1: beside = 'fitt'", "did you mean 'fit'"],
    '[[steps]]\nsay = "x"\nbeside = ["fit"]': ["step 1: show", "beside and diagram go with the panel in focus"],
    '[[steps]]\nsay = "x"\nrunn = {}': ["runn: unknown key", "did you mean 'run'"],
    '[[steps]]\nsay = "x"\nrun = {}': ["needs either until or iterations"],
    '[[steps]]\nsay = "x"\nrun = { until = "when" }': ["run.until = 'when': allowed: \"finding\""],
    '[[steps]]\nsay = "x"\nrun = { until = "finnished" }': ["did you mean 'finished'"],
    '[[steps]]\nsay = "x"\nrun = { until = "train_los < 1" }': [
        "step 1: run.until = 'train_los < 1': no measure of this name (did you mean 'train_loss'?)"
    ],
    '[[steps]]\nsay = "x"\nrun = { iterations = 3, at_most = 4 }': ["run.at_most = 4: goes with until"],
    '[[steps]]\nsay = "x"\nset = { "optimizer.learning_rat" = 1, "data.noise" = -1 }': [
        "step 1: set.optimizer.learning_rat: unknown key",
        "step 1: set.data.noise = -1",
    ],
    '[[steps]]\nsay = "x"\npreset = "lr too larg"': ["no preset of this title (did you mean 'lr too large'?)"],
    PREDICT: ["needs either answers to choose from, or one answer to type"],
    PREDICT + 'answers = ["a", "b"]': ["right: is missing"],
    PREDICT + 'answers = ["a", "a"]\nright = 3': ["allowed: 2 to 4 different texts", "right = 3: allowed: 1 to 2"],
    PREDICT + 'answers = ["a", "b"]\nright = { finding = "bounceing" }': ["did you mean 'bouncing'"],
    PREDICT + 'answers = ["a", "b"]\nright = { finding = "bouncing" }': ["none of the answers names that"],
    PREDICT + 'answers = ["a", "b"]\nright = [{ compared_with = { preset = "iris" } }, {}]': [
        "only a task can compare"
    ],
    PREDICT + 'answers = ["a", "b"]\nright = { arm = "b" }': ["right.arm = 'b': this preset has no arms"],
    PREDICT + "answer = { number = 'best_iter' }": ["'best_iteration'?"],
    PREDICT + "answer = { number = 'finding' }": ["answer.number = 'finding': allowed: a number, or a name from"],
    PREDICT + "answer = { number = 1, within = -1 }": ["answer.within = -1: allowed: a number from 0"],
    '[[steps]]\npredict = "?"\nanswer = { text = true }': ["step 1: reveal = '': is missing"],
    '[[steps]]\npredict = "?"\nanswers = ["a", "b"]\nright = 3': ["step 1: reveal", "right = 3: allowed: 1 to 2"],
    '[[steps]]\nsya = "x"\n[[steps]]\nsay = "y"\nset = { "data.noise" = -1 }': ["step 2: set.data.noise = -1"],
    TASK: ["step 1: expect: is missing; allowed: a table"],
    TASK + "expect = { train_loss_belo = 1 }": [
        "MEASURE_below, MEASURE_above, arm,",
        "did you mean 'train_loss_below'",
    ],
    TASK + "expect = { bounds = {}, train_loss_below = 1 }": ["expect.bounds: unknown key"],
    TASK + "expect = { compared_with = {} }": ["expect.compared_with.preset: is missing; allowed: a text"],
    TASK + "expect = {}": ["expect = {}: asks for nothing"],
    TASK + "expect = { by_iteration = 3 }": ["asks for nothing"],
    TASK + "expect = { share_of_seeds = 1, train_loss_below = 1 }": ["expect.share_of_seeds: unknown key"],
    TASK + "expect = { prediction_above = 0.9 }": ["needs asked"],
    TASK + 'expect = { settings = { "optimizer.rate" = 1 } }': ["no setting of this name"],
    TASK + 'expect = { asked_subject = "ring" }': ["these data have no phrases"],
    TASK + 'expect = { compared_with = { preset = "no" } }': ['no preset "no"'],
    TASK + 'expect = { beats = "gost" }': ["expect.beats = 'gost'", "\"ghost\" or a table (did you mean 'ghost'?)"],
    TASK + 'expect = { beats = { "schedule.name" = "cosin" } }': ["expect.beats.schedule.name = 'cosin'", "'cosine'?"],
    TASK + 'expect = { beats = "ghost", compared_with = { preset = "iris" } }': [
        "expect.beats = 'ghost': stands alone"
    ],
    PREDICT + 'answers = ["a", "b"]\nright = [{ beats = "ghost" }, {}]': ["right[0].beats: only a task can compare"],
    TASK + 'expect = { train_loss_below = 1 }\nhints = ["{x}"]': ["hints[0]"],
    '[controls]\nallow = ["optimizer.learning_rat"]': ["controls.allow = 'optimizer.learning_rat'", "'optimizer.lear"],
    '[controls]\nalow = ["x"]': ["did you mean 'allow'"],
}


def test_every_mistake_is_told(tmp_path: Path) -> None:
    for text, words in MISTAKES.items():
        with pytest.raises(PresetError) as raised:
            load(written(tmp_path, text), complete=True).experiments()
        for each in words:
            assert each in str(raised.value), (text, str(raised.value))


def test_a_key_that_does_not_exist_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, '[[steps]]\nsay = "x"\nrun = { until = "key:ü" }')
    assert main(["presets", "--check", str(path)]) == 2
    assert "step 1: run.until = 'key:ü': no such key" in capsys.readouterr().err


def test_mistakes_of_several_steps_are_told_at_once(tmp_path: Path) -> None:
    text = '[[steps]]\nsay = "{a}"\n[[steps]]\nsay = "{b} {c}"\n[data]\nnosie = 1\n'
    with pytest.raises(PresetError) as raised:
        load(written(tmp_path, text))
    told = str(raised.value).splitlines()
    assert ["step 1" in line or "step 2" in line or "nosie" in line for line in told] == [True] * 4


def test_numbers_in_a_text() -> None:
    snapshot = samples.moons()
    latest = snapshot.evaluation or snapshot.losses.evaluations.latest
    assert latest is not None
    text = filled("{iteration} {train_loss} {train_loss:1} {train_accuracy} {{x}} {weight_name} {penalty}", snapshot)
    numbers = text.split()
    assert numbers[0] == f"{snapshot.iteration:,}"
    assert float(numbers[1]) == pytest.approx(latest.train_loss, rel=0.01)
    assert len(numbers[2]) < len(numbers[1])
    assert numbers[3] == f"{latest.train_accuracy:.0%}"
    assert numbers[4] == "{x}"
    assert numbers[5].startswith("w[")
    for name in NUMBERS:
        assert value(snapshot, name) is not None or name in ("squared_errors", "asked_prediction"), name


def test_a_number_of_an_arm() -> None:
    import sample_moments

    race = sample_moments.race()
    losses = {arm.name: (arm.evaluation or arm.losses.evaluations.latest).train_loss for arm in race.arms}
    for name, loss in losses.items():
        assert value(race, "train_loss", name) == loss
        assert filled(f"{{train_loss of {name}}}", race) == filled(f"{{ train_loss  of {name} }}", race) != "–"


def test_the_course_is_found_by_title() -> None:
    assert course()
    for each in course():
        assert find(each.title) == each
        assert each.steps
