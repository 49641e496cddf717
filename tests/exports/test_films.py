"""Films: an asciicast played in a terminal emulator, and an animated SVG."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from functools import cache

import pyte
from exports_source import LIGHT, source_of

from tui_trainer.exports import FORMATS

TITLE, ITERATIONS = "lr far too large", 30


@cache
def exported(ending: str) -> str:
    return FORMATS[ending].write(source_of(TITLE, ITERATIONS)).decode()


def test_a_cast_plays_to_the_last_picture_of_the_run() -> None:
    header, *events = map(json.loads, exported(".cast").splitlines())
    assert (header["version"], header["width"], header["height"]) == (2, LIGHT.width, LIGHT.height)
    times = [time for time, _, _ in events]
    assert times == sorted(times)
    screen = pyte.Screen(LIGHT.width, LIGHT.height)
    stream = pyte.Stream(screen)
    stream.feed(events[0][2])
    assert "▶ running" in screen.display[0]
    for _, kind, text in events[1:]:
        assert kind == "o"
        stream.feed(text)
    *_, (_, last) = source_of(TITLE, ITERATIONS).film(1.0)
    assert [line for line in screen.display if "example" not in line] == [
        line
        for line in last.cells.lines()
        if "example" not in line  # which one is followed depends on the pictures before
    ]
    assert "paused" in screen.display[0]
    first_cell = screen.buffer[5][5]
    assert first_cell.bg == f"{LIGHT.theme.background:06x}"


def test_an_animated_svg_shows_one_version_of_a_segment_at_a_time() -> None:
    svg = ET.fromstring(exported(".animated.svg"))
    animations = svg.findall(".//{*}animate")
    assert animations
    for animation in animations:
        times = [float(time) for time in animation.attrib["keyTimes"].split(";")]
        assert times[0] == 0
        assert times == sorted(set(times))
        assert len(times) == len(animation.attrib["values"].split(";"))
    resting = [group for group in svg.findall("{*}g") if group.attrib["opacity"] == "1"]
    words = "".join(word for group in resting for word in group.itertext())
    assert "paused" in words
    assert "running" not in words
    assert len(exported(".animated.svg")) < 300_000
