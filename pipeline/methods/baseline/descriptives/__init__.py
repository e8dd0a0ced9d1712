"""Summary statistics of variables."""
