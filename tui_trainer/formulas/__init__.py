"""Formulas as trees: written with Python's operators, filled in with numbers, evaluated, printed.

    step = NEW.equals(OLD - LEARNING_RATE * GRADIENT)
    step.filled({"old": 0.5, "learning_rate": 0.1, "gradient": 2.0})

A formula stands beside the code that computes it, a test evaluates it against that code, and the screen prints it. No
computer algebra system: sympy takes half a second to import, and puts what it prints into an order of its own.
"""
