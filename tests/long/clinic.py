"""Check every case of the clinic under twenty seeds: one cause alone is found, the task is not met by the run as it
is, and the cure of the last hint meets it. python tests/long/clinic.py [--seeds 20] [CASE …]"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tui_trainer.presets import clinic


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("cases", nargs="*", type=int, metavar="CASE", help="numbers of cases; all by default")
    arguments = parser.parse_args()
    tests = Path(__file__).parents[1]
    sys.path[:0] = [str(tests), str(tests / "reference"), str(tests / "lessons")]
    from test_clinic import check

    for number, case in enumerate(clinic(), start=1):
        if arguments.cases and number not in arguments.cases:
            continue
        held, why = 0, ""
        for seed in range(arguments.seeds):
            try:
                check(case, number, seed)
                held += 1
            except AssertionError as error:
                why = why or str(error).partition("\n")[0]
        print(f"{case.title}: holds in {held} of {arguments.seeds} seeds{f'; {why}' if why else ''}", flush=True)


if __name__ == "__main__":
    main()
