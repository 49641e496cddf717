"""Runs: one run with its diagnosis and its past, races of several arms, undo, and the thread that trains."""
