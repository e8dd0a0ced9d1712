"""Inequality by year, split by groups of units."""
