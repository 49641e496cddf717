"""Cells, styles and charts: drawing without a run and without a terminal."""
