"""Figure: kernel densities of a variable over units, by year."""
