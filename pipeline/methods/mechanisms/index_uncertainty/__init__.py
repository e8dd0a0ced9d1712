"""Intervals with the index weights rebuilt inside every replicate."""
