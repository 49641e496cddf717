"""Views of one moment that are computed only on request: pictures, the step in numbers, checks."""
