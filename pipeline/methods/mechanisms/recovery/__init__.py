"""Synthetic studies: each estimate beside the true value of the process that made the data."""
