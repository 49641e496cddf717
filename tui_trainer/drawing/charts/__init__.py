"""Drawings of data as cells: pure, vectorised, and without a word about training."""
