"""Scores and ranks of units by an index."""
