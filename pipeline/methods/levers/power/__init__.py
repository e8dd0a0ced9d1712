"""Minimum detectable effects: what this panel, with its units, years and errors, could have
found."""
