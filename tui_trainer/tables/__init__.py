"""Tables that people have, from bytes to columns: what is understood is said, and what is not is an error that names
file, line and column."""
