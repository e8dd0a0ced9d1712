"""Figure: points with intervals out of tables."""
