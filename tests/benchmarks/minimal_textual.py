"""The least that a Textual app can be: what the start of the program is measured against."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class Minimal(App[None]):
    def compose(self) -> ComposeResult:
        yield Static("ready to be seen")


if __name__ == "__main__":
    Minimal().run()
