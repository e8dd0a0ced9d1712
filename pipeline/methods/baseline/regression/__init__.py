"""Regression tables: one linear model a column."""
