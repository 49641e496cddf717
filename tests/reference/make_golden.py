"""Makes `golden.json`, the numbers that the engine is held to where PyTorch is not installed.

    python tests/reference/make_golden.py

Needs the extra `reference` (pip install '.[reference]'). Run it after adding a case to `cases.py`; the numbers of the
other cases must not change beyond the last digits, which depend on PyTorch's build.
"""

from __future__ import annotations

import json

import torch
from cases import CASES, GOLDEN
from torch_twin import train


def main() -> None:
    """Train every case and write the file, one case a line."""
    lines = [f'"about": "torch {torch.__version__.split("+")[0]}, float64; made by make_golden.py"']
    lines += [f"{json.dumps(name)}: {json.dumps(train(name), separators=(',', ':'))}" for name in CASES]
    GOLDEN.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    print(f"{len(CASES)} cases, {GOLDEN.stat().st_size} bytes")


if __name__ == "__main__":
    main()
