"""Screens in front of the dashboard: the preset picker, the palette, the help, a field for a value."""
