"""The table of keys, what a key means where the focus is, and what it does."""
