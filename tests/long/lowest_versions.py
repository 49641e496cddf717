"""Does it work with the lowest versions that pyproject.toml allows? An environment of its own with them, and the suite.

    python tests/long/lowest_versions.py [--python python3.11] [--folder .lowest] [TEST PATH]…

The bounds are read from pyproject.toml, those of the tests included, and installed with pip as exact versions; what
these need in turn is as pip chooses. The environment stays in its folder and is made anew each time. Test paths run
these tests in place of the whole suite. Exit status 1 where something cannot be installed or a test fails.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def lowest(requirement: str) -> str:
    """ "numpy>=2.0" → "numpy==2.0". Raises `ValueError` where there is no lowest version."""
    found = re.fullmatch(r"([\w.-]+)\s*>=\s*([\w.]+)\s*(,.*)?", requirement)
    if found is None:
        raise ValueError(f"pyproject.toml: {requirement}: allowed: NAME>=VERSION, and more after a comma")
    return f"{found[1]}=={found[2]}"


def lowest_python() -> str:
    """ "python3.11" for ">=3.11"."""
    return "python" + PROJECT["requires-python"].removeprefix(">=")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tests", nargs="*", metavar="TEST PATH", help="in place of the whole suite")
    parser.add_argument("--python", default=lowest_python(), help="default: the lowest that is allowed")
    parser.add_argument("--folder", type=Path, default=ROOT / ".lowest", help="of the environment")
    arguments = parser.parse_args()
    versions = [lowest(each) for each in PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"]]
    python = arguments.folder.absolute() / "bin" / "python"
    print(f"{arguments.python}: {' '.join(versions)}", flush=True)
    steps = [
        [arguments.python, "-m", "venv", "--clear", str(arguments.folder)],
        [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", *versions],
        [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps", "-e", str(ROOT)],
        [str(python), "-m", "pytest", *arguments.tests],
    ]
    for step in steps:
        if subprocess.run(step, cwd=ROOT).returncode:
            print(f"failed: {' '.join(step)}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
