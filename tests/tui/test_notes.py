"""What is said in a note: how long it stays, and that it leaves nothing behind."""

from __future__ import annotations

from app_at_hand import Trainer
from textual.widgets._toast import Toast
from waiting import until


async def test_on_the_smallest_screen_a_note_begins_with_its_beginning() -> None:
    app = Trainer()
    async with app.run_test(size=(20, 6), notifications=True) as pilot:
        app._say("Blame verified: relative error 3e-10 over 257 parameters, on a float64 copy of this float32 network")
        await pilot.pause()
        (note,) = app._notifications
        lines = note.message.splitlines()
        assert lines[0].startswith("Blame")
        assert lines[-1].endswith(" …")
        assert len(lines) < 6
        app._say("theme: light")
        await pilot.pause()
        assert [note.message for note in app._notifications] == ["theme: light"]


async def test_what_the_picture_does_not_say_is_said() -> None:
    app = Trainer()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        for keys, words in (("t", "theme: light"), ("tt", "theme: colour-blind"), ("s", "smoothing: mean of 2 epochs")):
            await pilot.press(*keys)
            await until(pilot, lambda words=words: [note.message for note in app._notifications] == [words])
        await pilot.press(*"SSSSSSSS")
        await until(pilot, lambda: [note.message for note in app._notifications] == ["smoothing: every batch"])


async def test_what_was_said_goes_with_the_next_key_that_acts() -> None:
    app = Trainer()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        for key in (".", "z", "l"):
            app._say("a few words", timeout=3600.0)
            await pilot.press("k")  # means nothing
            await pilot.pause()
            assert len(app._notifications) == 1
            await pilot.press(key)
            await until(pilot, lambda: not app._notifications)


async def test_words_that_are_gone_leave_no_widgets_behind() -> None:
    app = Trainer()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        for number in range(8):
            app._say(f"word {number}")
            await until(pilot, lambda: len(app.screen.query(Toast)) == 1)
        app._say("")
        await until(pilot, lambda: not app.screen.query("ToastRack *"))


async def test_the_same_words_stay_while_their_key_is_held() -> None:
    app = Trainer()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press(*"SSSSSSSS")
        await until(pilot, lambda: [note.message for note in app._notifications] == ["smoothing: every batch"])
        (before,) = app._notifications
        await pilot.press("S")
        await pilot.pause()
        assert list(app._notifications) == [before]
