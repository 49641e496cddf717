"""The panels: each file draws one part of a snapshot into cells of any size."""
