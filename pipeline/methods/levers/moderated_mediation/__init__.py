"""Moderated mediation: which of a, b and the direct effect a lever moves."""
