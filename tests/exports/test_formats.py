"""Every format holds what the run is: read back with the tools that people use for such files."""

from __future__ import annotations

import csv
import io
import json
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from exports_source import LIGHT, driver_of, source_of
from msgspec import structs

from tui_trainer.cli.screenshot import screenshot
from tui_trainer.experiment import build
from tui_trainer.exports import FORMATS, ExportError
from tui_trainer.exports.files import check_free, free_path, safe_name, write
from tui_trainer.presets import bundled


def exported(ending: str, title: str = "iris", iterations: int = 60) -> bytes:
    return FORMATS[ending].write(source_of(title, iterations))


def test_csv_has_every_evaluation_and_measure() -> None:
    log = driver_of("iris", 60).control.run.trainer.evaluations.view()
    rows = list(csv.DictReader(io.StringIO(exported(".csv").decode())))
    assert [int(row["iteration"]) for row in rows] == log.iteration.tolist()
    assert [float(row["train_loss"]) for row in rows] == log.train_loss.tolist()
    assert float(rows[-1]["layer 1.weight_norm"]) == log.of_layers("weight_norm")[0, -1]
    assert rows[0]["epoch_loss"] == ""  # not measured before the first epoch is over


def test_csv_of_a_race_names_the_arms() -> None:
    rows = list(csv.DictReader(io.StringIO(exported(".csv", "race: with and without dropout", 20).decode())))
    assert {row["arm"] for row in rows} == {
        arm.name for arm in driver_of("race: with and without dropout", 20).control.lineup.arms
    }


def test_json_lines_use_the_names_of_train() -> None:
    events = [json.loads(line) for line in exported(".jsonl", "overfitting", 300).decode().splitlines()]
    assert [each["event"] for each in events[:2]] == ["start", "evaluation"]
    assert events[0]["experiment"]["data"]["name"] == "moons"
    assert {"finding"} == {each["event"] for each in events if each.get("id") == "overfitting"}
    last = [each for each in events if each["event"] == "evaluation"][-1]
    assert last["train_loss"] == driver_of("overfitting", 300).control.run.trainer.evaluations.latest.train_loss


def test_weights_predict_as_the_network_does() -> None:
    archive = np.load(io.BytesIO(exported(".npz")), allow_pickle=False)
    trainer = driver_of("iris", 60).control.run.trainer
    inputs = trainer.data.validation_inputs
    a = (inputs - archive["mean"]) / archive["scale"]
    activations = {"relu": lambda z: np.maximum(z, 0), "tanh": np.tanh}
    for number, name in enumerate(archive["activations"], start=1):
        a = activations[str(name)](a @ archive[f"weight{number}"] + archive[f"bias{number}"])
    last = len(archive["activations"]) + 1
    z = a @ archive[f"weight{last}"] + archive[f"bias{last}"]
    assert archive["class_names"][z.argmax(axis=1)].tolist() == [
        trainer.data.class_names[k] for k in trainer.predict(inputs).argmax(axis=1)
    ]


def test_a_preset_file_means_the_same_experiment() -> None:
    for preset in bundled():
        for _, experiment in preset.experiments():
            snapshot = structs.replace(
                source_of("iris", 60).snapshot,
                title=experiment.title,
                axis=experiment.axis,
                settings=structs.replace(source_of("iris", 60).snapshot.settings, tables=experiment.tables),
            )
            tables = tomllib.loads(
                FORMATS[".toml"].write(structs.replace(source_of("iris", 60), snapshot=snapshot)).decode()
            )
            title, axis = tables.pop("title"), tables.pop("axis", None)
            assert tables.pop("schema") == 1
            assert build(tables, title, axis) == experiment, title


def test_pictures_show_the_screen() -> None:
    text = exported(".txt").decode()
    assert "iris" in text.split("\n")[0]
    assert len(text.splitlines()) == LIGHT.height
    words = "".join(ET.fromstring(exported(".svg")).itertext())
    assert "Settings" in words
    assert "Gradients" in words
    panel = screenshot(driver_of("iris", 60), structs.replace(LIGHT, panel="loss"))
    assert "Loss" in panel.cells.lines()[0]
    assert panel.cells.lines()[0][0] == "╭"


def test_an_event_file_is_what_tensorboard_reads() -> None:
    """Records of TFRecord: length, its checksum, the event, its checksum."""
    event_pb2 = pytest.importorskip("tensorboardX.proto.event_pb2")
    content, found = exported(".tfevents"), []
    while content:
        length = int.from_bytes(content[:8], "little")
        event = event_pb2.Event.FromString(content[12 : 12 + length])
        found += [(event.step, each.tag, each.simple_value) for each in event.summary.value]
        content = content[16 + length :]
    log = driver_of("iris", 60).control.run.trainer.evaluations.view()
    losses = [(step, value) for step, tag, value in found if tag == "train_loss"]
    assert [step for step, _ in losses] == log.iteration.tolist()
    np.testing.assert_allclose([value for _, value in losses], log.train_loss, rtol=1e-6)
    assert "layer 1/weight_norm" in {tag for _, tag, _ in found} or "layer_1/weight_norm" in {
        tag for _, tag, _ in found
    }


def test_a_png_is_a_picture_of_that_size() -> None:
    pytest.importorskip("cairosvg", exc_type=ImportError)
    png = exported(".png")
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(png[16:20]) == round((LIGHT.width * 8.4 + 16) * 2)


def test_a_source_without_a_part_says_so() -> None:
    source = source_of("iris", 60)
    log = structs.replace(source, snapshot=structs.replace(source.snapshot, settings=None, network=None))
    for ending, words in (
        (".npz", "weights of this run are not known"),
        (".toml", "settings of this run are not known"),
    ):
        with pytest.raises(ExportError, match=words):
            FORMATS[ending].write(log)
    assert FORMATS[".csv"].write(log)


def test_names_are_safe() -> None:
    names = {
        "glasses or rings: fifth point": "glasses-or-rings-fifth-point",
        "../../etc/passwd": "etc-passwd",
        ".hidden": "hidden",
        "\x1b[31mred\n": "31mred",
        "数字": "数字",
        "": "run",
        "x" * 300: "x" * 80,
    }
    assert {title: safe_name(title) for title in names} == names


def test_nothing_is_overwritten_unasked(tmp_path: Path) -> None:
    path = free_path(tmp_path, "run", ".csv")
    write(path, b"1", force=False)
    assert free_path(tmp_path, "run", ".csv").name == "run-2.csv"
    with pytest.raises(ExportError, match="exists already; --force overwrites it"):
        write(path, b"2", force=False)
    assert path.read_bytes() == b"1"
    write(path, b"2", force=True)
    assert path.read_bytes() == b"2"
    assert [each.name for each in tmp_path.iterdir()] == ["run.csv"]
    with pytest.raises(ExportError, match="is a folder"):
        check_free(tmp_path, force=True)
    with pytest.raises(ExportError, match="not a regular file"):
        check_free(Path("/dev/null"), force=True)
