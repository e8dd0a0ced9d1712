"""Pooled weights use the future: the coefficient with weights that could be known at the time."""
