"""The model in groups of units or years, and tests that the treatment's coefficients are equal."""
