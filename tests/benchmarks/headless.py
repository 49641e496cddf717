"""Trains the file of its argument as `tui-trainer train` does, curves and diagnosis included: for every number of
seconds that it reads, it trains so long and prints the iterations a second. It waits for the next line in between, so
that only one of two measured programs works."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"

from tui_trainer.cli.opening import found
from tui_trainer.runs.diagnosed_run import DiagnosedRun


def main() -> None:
    run = DiagnosedRun(found(str(Path(sys.argv[1]))).experiment())
    print("ready", flush=True)
    for line in sys.stdin:
        before, start = run.trainer.iteration, time.perf_counter()
        while time.perf_counter() - start < float(line):
            run.advance(1000)
        print((run.trainer.iteration - before) / (time.perf_counter() - start), flush=True)


if __name__ == "__main__":
    main()
