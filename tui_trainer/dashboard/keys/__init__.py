"""The table of keys, their meaning at a moment, and their effects."""
