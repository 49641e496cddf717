"""The types of NumPy arrays that many files name."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
"""Numbers of the precision that the run has: float32 or float64."""

Floats = NDArray[np.float64]
"""Numbers in double precision, whatever the run has."""
