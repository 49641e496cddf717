"""The cursor of an embedding: it goes from phrase to phrase, and a phrase of one's own is typed there."""

from __future__ import annotations

import numpy as np
from msgspec import structs

from tui_trainer.dashboard.view import Act, KeyAction, PhraseNumber, View, viewing
from tui_trainer.drawing.cells import printable
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.telemetry import DataView, Embedding, Snapshot

PHRASE = "phrase"
"""The owner of arrows and enter while the cursor is out."""


def all_points(picture: Embedding) -> np.ndarray:
    """(phrases, 2): the phrases, and the person's own after them if there is one."""
    own = [] if picture.asked is None else [picture.asked.point]
    return np.vstack([picture.points, *own]).astype(np.float64)


def chosen_phrase(picture: Embedding, view: View) -> int | None:
    """The phrase at the cursor, else the person's own; None without either."""
    last = len(all_points(picture)) - 1
    if isinstance(view.cursor, PhraseNumber):
        return min(view.cursor.number, last)
    return None if picture.asked is None else last


def start(picture: Embedding, view: View) -> PhraseNumber:
    """The person's own phrase if there is one, else the first."""
    return PhraseNumber(chosen_phrase(picture, view) or 0)


def reading(picture: Embedding, data: DataView, number: int) -> Wordings:
    """A phrase with its subject, or the known phrase to which the person's own lies nearest."""
    if number < len(picture.texts):
        known = f'"{picture.texts[number]}": {_subject(picture, data, number)}'
        return Wordings(f"{known}, held out" if picture.validation[number] else known, known)
    asked = picture.asked
    if asked is None or asked.nearest is None:
        return Wordings("your phrase has no finite place")
    nearest, subject = picture.texts[asked.nearest], _subject(picture, data, asked.nearest)
    return Wordings(
        f'"{printable(asked.text)}" lies nearest to "{nearest}": {subject}',
        f'yours: nearest to "{nearest}", {subject}',
        f"nearest: {nearest}, {subject}",
        f"nearest: {subject}",
    )


def _subject(picture: Embedding, data: DataView, number: int) -> str:
    return data.class_names[int(picture.labels[number])]


def typed_phrase(snapshot: Snapshot, view: View, text: str) -> View:
    """The person's own phrase is shown, with the cursor on it."""
    picture = None if snapshot.data is None else snapshot.data.picture
    if not isinstance(picture, Embedding):
        return view
    request = structs.replace(view.request, asked_text=text)
    return structs.replace(view, cursor=PhraseNumber(len(picture.points)), request=request)


def _move(axis: int, direction: int) -> Act:
    """To the next phrase along an axis, across (0) or up (1), wrapping round."""

    def moved(snapshot: Snapshot, view: View) -> View:
        picture = None if snapshot.data is None else snapshot.data.picture
        if not isinstance(picture, Embedding):
            return view
        order = np.argsort(all_points(picture)[:, axis], kind="stable").tolist()
        here = order.index(chosen_phrase(picture, view) or 0)
        return structs.replace(view, cursor=PhraseNumber(order[(here + direction) % len(order)]))

    return viewing(moved)


# fmt: off
PHRASE_KEYS = (
    KeyAction("phrase_left", "left", "phrase to the left", "Embedding: the next phrase.", "focus", _move(0, -1),
              where=(PHRASE,), footer="phrase", signs="←→↑↓", rank=2, own="Embedding: the next phrase to the left."),
    KeyAction("phrase_right", "right", "phrase to the right", "Embedding: the next phrase.", "focus", _move(0, 1),
              where=(PHRASE,), own="Embedding: the next phrase to the right."),
    KeyAction("phrase_up", "up", "phrase above", "Embedding: the next phrase.", "focus", _move(1, 1),
              where=(PHRASE,), own="Embedding: the next phrase above."),
    KeyAction("phrase_down", "down", "phrase below", "Embedding: the next phrase.", "focus", _move(1, -1),
              where=(PHRASE,), own="Embedding: the next phrase below."),
    KeyAction("phrase_type", "enter", "type a phrase", "Embedding: type a phrase of your own; esc takes it away.",
              "focus", where=(PHRASE,), footer="type a phrase", rank=1),
)
# fmt: on
