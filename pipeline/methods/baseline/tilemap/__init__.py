"""Figure: a variable in one year on a map of tiles."""
