"""The texts of a preset as one piece, in the list of presets and on its card."""

from __future__ import annotations

from textual.content import Content

from tui_trainer.drawing.cells import printable


def lesson_text(title: str, question: str, watch: str, text: str, experiment: str = "") -> Content:
    """Title, question, what to watch, the experiment in a line, and the paragraphs of `text`, which empty lines
    separate. All are shown literally."""
    parts: list[str | tuple[str, str]] = [(printable(title), "bold"), "\n\n", printable(question)]
    for name, words in (("Watch: ", watch), ("Experiment: ", experiment)):
        if words:
            parts += ["\n\n", (name, "bold"), printable(words)]
    for paragraph in text.split("\n\n"):
        if words := " ".join(paragraph.split()):
            parts += ["\n\n", printable(words)]
    return Content.assemble(*parts)
