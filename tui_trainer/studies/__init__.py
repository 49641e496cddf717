"""Questions that are answered by running: does a preset show what it claims, where do the arms of a race part."""
