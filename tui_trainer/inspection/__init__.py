"""What a person asks to see of one moment, computed only then: pictures, the step in numbers, checks."""
