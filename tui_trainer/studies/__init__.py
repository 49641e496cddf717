"""Questions that are answered by running: does a preset show what it claims, is the gradient right."""
