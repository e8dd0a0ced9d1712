"""The treatment along the conditional distribution of the outcome."""
