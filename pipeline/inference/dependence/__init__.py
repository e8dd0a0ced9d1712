"""Errors under dependence that one clustering does not hold: two ways, in space, over time."""
