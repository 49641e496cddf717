"""How long a table takes to be read, and how much memory: this program beside pandas and polars.

    python tests/benchmarks/data.py [--rows 100000 --columns 100] [--mixed]

Each reads the same CSV in a process of its own, pandas and polars where they are installed. The program is measured up
to its table ("read"), and up to a run that is ready to train ("ready"). It prints seconds of the clock, seconds of the
processor, and the largest resident memory in MB.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

READERS = {
    "read": "from tui_trainer.tables.library import TableSource, read; read(TableSource(path))",
    "ready": "from tui_trainer.training import Trainer, build; Trainer(build({'data': {'file': path}}))",
    "pandas": "import pandas; pandas.read_csv(path)",
    "polars": "import polars; polars.read_csv(path)",
    "nothing": "import numpy",
}

PROGRAM = """
import resource, sys, time
path, started = sys.argv[1], time.perf_counter()
try:
    {code}
except ImportError as error:
    sys.exit(f"not installed: {{error.name}}")
used = resource.getrusage(resource.RUSAGE_SELF)
print(f"{{time.perf_counter() - started:8.2f}} {{used.ru_utime + used.ru_stime:8.2f}} {{used.ru_maxrss / 1024:8.0f}}")
"""


def write_table(path: Path, rows: int, columns: int, *, mixed: bool) -> None:
    """Normal numbers with 6 digits, and a target that depends on them; `mixed`: texts and gaps among them."""
    random = np.random.default_rng(0)
    with path.open("w") as file:
        print(",".join([f"x{number}" for number in range(1, columns)] + ["target"]), file=file)
        for start in range(0, rows, 10_000):
            block = random.standard_normal((min(10_000, rows - start), columns))
            block[:, -1] = block[:, : columns // 2].sum(axis=1) > 0
            if not mixed:
                np.savetxt(file, block, delimiter=",", fmt=["%.6g"] * (columns - 1) + ["%d"])
                continue
            for row in block.tolist():
                cells = [f"{value:.6g}" if value < 2 else "" for value in row[1:-1]]
                print("abc"[start % 3] + ("x" if row[0] < 0 else "y"), *cells, int(row[-1]), sep=",", file=file)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--columns", type=int, default=100)
    parser.add_argument("--mixed", action="store_true", help="with a column of texts, and empty cells")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        write_table(path, options.rows, options.columns, mixed=options.mixed)
        print(f"{options.rows:,} × {options.columns}, {path.stat().st_size / 1e6:.0f} MB")
        print(f"{'':10}   clock      cpu       MB")
        for name, code in READERS.items():
            command = [sys.executable, "-c", PROGRAM.format(code=code), str(path)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            print(f"{name:10}{done.stdout.rstrip() or done.stderr.strip().splitlines()[-1]}", flush=True)


if __name__ == "__main__":
    main()
