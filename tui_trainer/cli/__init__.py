"""The command line: words → command → exit status.

A command imports what it needs when it is carried out, so that `--help` responds at once.
"""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import sys
from collections.abc import Sequence

from tui_trainer.blas import limit_from_the_start
from tui_trainer.cli.parsing import parse
from tui_trainer.cli.safe_text import complain, with_likenesses
from tui_trainer.exit_status import DONE, FAILED, INTERRUPTED, WRONG
from tui_trainer.input_error import InputError
from tui_trainer.tui.charset import lacks_utf8

LIKENESSES = "tui_trainer.likenesses"
"""Name of the error handler for characters that a stream cannot encode."""


def main(words: Sequence[str] | None = None) -> int:
    """Carry out a command line (by default that of the process) and return the exit status."""
    limit_from_the_start()
    _make_streams_safe()
    try:
        try:
            command, arguments = parse(sys.argv[1:] if words is None else words)
            status = command.carry_out(arguments)
        except SystemExit as left:  # raised by --help and --version
            status = left.code if isinstance(left.code, int) else DONE
        sys.stdout.flush()
    except BrokenPipeError:
        # Nobody reads the output any more. A closed stream is not flushed again at exit.
        with contextlib.suppress(OSError):
            sys.stdout.close()
        return DONE
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        complain(": ".join(str(part) for part in (error.filename, error.strerror or error) if part is not None))
        return FAILED
    except MemoryError:
        complain("there is not enough memory for this run")
        return FAILED
    except InputError as error:
        complain(str(error))
        return WRONG
    return status


def _make_streams_safe() -> None:
    """Discard output to a closed stream. Write similar ASCII characters to a stream or terminal without Unicode."""
    codecs.register_error(LIKENESSES, with_likenesses)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, io.StringIO())
        elif isinstance(stream, io.TextIOWrapper):
            few = stream.isatty() and lacks_utf8(os.environ, stream.encoding)
            stream.reconfigure(encoding="ascii" if few else None, errors=LIKENESSES)
