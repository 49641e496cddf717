"""Every format holds what the run is: read back with the tools that people use for such files."""

from __future__ import annotations

import csv
import io
import json
import struct
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from exports_source import LIGHT, driver_of, source_of
from msgspec import structs

from tui_trainer.cli import main
from tui_trainer.cli.screenshot import screenshot
from tui_trainer.experiment import build
from tui_trainer.exports import FORMATS, ExportError
from tui_trainer.exports.files import check_free, free_path, safe_name, write
from tui_trainer.exports.tensorboard import tags
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


@pytest.mark.parametrize("title", ["iris", "overfitting"])
def test_metrics_have_the_fields_that_train_prints(title: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Numbers that a script reads from one are in the other, by the same names."""
    assert main(["train", title, "--iterations", "60", "--json"]) == 0
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    expected = {each["iteration"]: each for each in printed if each["event"] == "evaluation"}
    events = [json.loads(line) for line in exported(".jsonl", title).decode().splitlines()]
    rows = {int(row["iteration"]): row for row in csv.DictReader(io.StringIO(exported(".csv", title).decode()))}
    compared = 0
    for event in events:
        if event["event"] != "evaluation" or event["iteration"] not in expected:
            continue
        told, row, compared = expected[event["iteration"]], rows[event["iteration"]], compared + 1
        assert event["epoch"] == told["epoch"] == float(row["epoch"])
        assert event.get("batch_loss") == told.get("batch_loss")
        assert row["batch_loss"] == ("" if "batch_loss" not in told else str(told["batch_loss"]))
        for layer, also in zip(event["layers"], told["layers"], strict=True):
            assert also.keys() <= layer.keys()
            if "update_norm" in also:
                assert layer["update_norm"] == also["update_norm"] == float(row[f"{also['name']}.update_norm"])
    assert compared > 5


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


def fields_of(message: bytes) -> Iterator[tuple[int, Any]]:
    """Number and value of each field of a protocol buffer: an integer, or the bytes of all other kinds."""
    at = 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            value, shift, at = value | (byte & 127) << shift, shift + 7, at + 1
            if byte < 128:
                return value

    while at < len(message):
        number, kind = divmod(varint(), 8)
        if kind == 0:
            yield number, varint()
        else:
            size = {1: 8, 5: 4}.get(kind) or varint()
            yield number, message[at : at + size]
            at += size


def masked_crc32c(data: bytes) -> int:
    """The checksum of a TFRecord."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def scalars_of(content: bytes) -> Iterator[tuple[int, str, float]]:
    """Step, tag and value of every scalar in an event file: records of length, its checksum, event, its checksum."""
    while content:
        length = int.from_bytes(content[:8], "little")
        event = content[12 : 12 + length]
        assert int.from_bytes(content[8:12], "little") == masked_crc32c(content[:8])
        assert int.from_bytes(content[12 + length : 16 + length], "little") == masked_crc32c(event)
        parts = dict(fields_of(event))
        for number, value in fields_of(parts.get(5, b"")):
            if number == 1:
                scalar = dict(fields_of(value))
                yield parts.get(2, 0), scalar[1].decode(), struct.unpack("<f", scalar[2])[0]
        content = content[16 + length :]


def test_an_event_file_is_what_tensorboard_reads(caplog: pytest.LogCaptureFixture) -> None:
    """Read without the package that has written it, and written without a word on the terminal."""
    pytest.importorskip("tensorboardX")
    found = [*scalars_of(exported(".tfevents"))]
    assert not caplog.records
    log = driver_of("iris", 60).control.run.trainer.evaluations.view()
    losses = [(step, value) for step, tag, value in found if tag == "train_loss"]
    assert [step for step, _ in losses] == log.iteration.tolist()
    np.testing.assert_allclose([value for _, value in losses], log.train_loss, rtol=1e-6)
    rows = csv.DictReader(io.StringIO(exported(".csv").decode()))
    columns = {name for row in rows for name, cell in row.items() if cell} - {"iteration"}
    assert {tag for _, tag, _ in found} == {name.replace("layer ", "layer_").replace(".", "/") for name in columns}


def test_arms_do_not_share_their_tags() -> None:
    assert tags(["lr 0.1", "p<1", "p>1", "a/p=1", "p_1", "β"]) == ["lr_0.1", "p_1", "p_1_2", "a_p_1", "p_1_3", "β"]


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
