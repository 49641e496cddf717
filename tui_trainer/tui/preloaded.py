"""What Textual imports only when it first needs it, imported with the app instead: beside a busy trainer an import
takes three times as long, and the first help or picker of a session would be felt. A test finds what is missing."""

# ruff: noqa: F401
import encodings.utf_32_le

import textual.layouts.factory
import textual.layouts.grid
import textual.layouts.horizontal
import textual.layouts.stream
import textual.layouts.vertical
import textual.scrollbar
from rich.cells import cell_len

cell_len("語")  # loads the table of character widths
