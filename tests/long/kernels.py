"""Is it the same on every processor? The suite and every preset's claims under each BLAS kernel that this one can run.

    python tests/long/kernels.py [--kernel NAME]… [--only suite|verify] [--preset TITLE]… [--seeds 20] [TEST PATH]…

OpenBLAS chooses its kernel by the processor; each adds in its own order, so the last digits differ, and chaotic runs
part. `OPENBLAS_CORETYPE` makes it choose another, here alone, for the programs that this command starts: neither the
suite nor the gate sets it. What is then really in force is asked of threadpoolctl; a kernel that this processor cannot
run, or that is one already tried, is skipped, and said so. Test paths run these tests in place of the whole suite;
options of pytest are passed on.
Exit status 1 where a test fails or a claim does not hold under some kernel. The whole takes as long as suite and
`verify` together, times the kernels.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
KERNELS = ("Nehalem", "Sandybridge", "Haswell", "Zen", "SkylakeX")
ASK = (
    "import numpy, threadpoolctl; "
    "print(*(library.get('architecture') for library in threadpoolctl.threadpool_info() "
    "if library['internal_api'] == 'openblas'))"
)
MULTIPLY = "import numpy as np; x = np.ones((70, 70)); print((x @ x).sum() == 70**3)"


def environment(kernel: str) -> dict[str, str]:
    """This one's, with another kernel and whatever fits it."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("OPENBLAS_")}
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    return {**kept, "OPENBLAS_CORETYPE": kernel, "PYTHONPATH": path}


def in_force(kernel: str) -> str | None:
    """The kernel that OpenBLAS runs when it is asked for this one; None where that ends the program."""
    asked = subprocess.run([sys.executable, "-c", ASK], env=environment(kernel), capture_output=True, text=True)
    tried = subprocess.run([sys.executable, "-c", MULTIPLY], env=environment(kernel), capture_output=True, text=True)
    return asked.stdout.strip() if asked.returncode == 0 and tried.stdout.strip() == "True" else None


def run(title: str, kernel: str, *words: str) -> bool:
    """Whether this program ends well under the kernel; what it says goes to the terminal."""
    print(f"\n== {title}", flush=True)
    return subprocess.run([sys.executable, "-m", *words], env=environment(kernel), cwd=ROOT).returncode == 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tests", nargs="*", metavar="TEST PATH", help="in place of the whole suite")
    parser.add_argument("--kernel", action="append", choices=KERNELS, help="default: each that can run")
    parser.add_argument("--only", choices=("suite", "verify"))
    parser.add_argument("--preset", action="append", default=[], help="for verify; default: all")
    parser.add_argument("--seeds", default="20")
    arguments, options = parser.parse_known_args()
    outcomes: dict[str, bool] = {}
    tried: set[str | None] = set()
    for kernel in arguments.kernel or KERNELS:
        force = in_force(kernel)
        if force is None or force in tried:
            why = "this processor cannot run it" if force is None else f"OpenBLAS runs {force} for it, which was tried"
            print(f"{kernel}: skipped, {why}", flush=True)
            continue
        print(f"{kernel}: OpenBLAS runs {force}", flush=True)
        tried.add(force)
        verify = ("tui_trainer", "verify", *arguments.preset, "--seeds", arguments.seeds)
        for part, words in {"verify": verify, "suite": ("pytest", *arguments.tests, *options)}.items():
            title = f"{part} under {force}"
            if arguments.only in (None, part):
                outcomes[title] = run(title, kernel, *words)
    print()
    for title, well in outcomes.items():
        print(f"{title}: {'passes' if well else 'FAILS'}")
    return 0 if outcomes and all(outcomes.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
