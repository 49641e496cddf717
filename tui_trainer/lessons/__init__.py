"""Lessons: presets with steps that a person walks through, and what is kept of that walk."""
