"""Types of NumPy arrays that many files use."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
"""Numbers in the precision of the run: float32 or float64."""

Floats = NDArray[np.float64]
"""Numbers in double precision, whatever the precision of the run."""

Singles = NDArray[np.float32]
"""Numbers that are only drawn."""

Indices = NDArray[np.int64]
