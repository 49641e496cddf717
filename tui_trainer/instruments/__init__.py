"""What is measured of a training run beyond its losses, one instrument a file."""
