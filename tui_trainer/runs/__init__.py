"""Where training comes from: the NumPy thread today; a recording or somebody's own job could offer the same `Run`."""
