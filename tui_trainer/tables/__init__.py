"""The tables that people have, from the bytes of a file to columns. What is understood is reported; what is not is an
error that names file, line and column."""
