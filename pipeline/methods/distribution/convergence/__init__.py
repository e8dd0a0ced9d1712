"""Sigma and beta convergence."""
