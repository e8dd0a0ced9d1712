"""Threshold tables: the treatment's slope in the regimes of a lever; their likelihood ratios."""
