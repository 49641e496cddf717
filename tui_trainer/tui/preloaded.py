"""Imports what is needed only when a person opens a screen, as soon as the first picture is shown.

Beside a busy trainer an import takes three times as long, and the first help or list would open slowly. A test finds
missing modules. Then garbage is collected again: what is there by now stays.
"""

# ruff: noqa: F401
import encodings.utf_32_le

import textual.layouts.factory
import textual.layouts.grid
import textual.layouts.horizontal
import textual.layouts.stream
import textual.layouts.vertical
import textual.scrollbar
from rich.cells import cell_len

import tui_trainer.tui.screens.answer_entry
import tui_trainer.tui.screens.card
import tui_trainer.tui.screens.examination
import tui_trainer.tui.screens.filtered_list
import tui_trainer.tui.screens.key_help
import tui_trainer.tui.screens.loading_table
import tui_trainer.tui.screens.value_entry
from tui_trainer.process import keep_what_is_loaded

cell_len("語")  # loads the table of character widths
keep_what_is_loaded()
