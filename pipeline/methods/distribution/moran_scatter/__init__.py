"""Moran scatter plots."""
