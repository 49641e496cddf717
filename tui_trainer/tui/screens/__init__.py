"""The screens: the dashboard, and those over it: the list of presets, the palette, the help, a field for a value."""
