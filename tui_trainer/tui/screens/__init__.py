"""What comes in front of the dashboard and goes again: the preset picker, the help, a field to type a value
in."""
