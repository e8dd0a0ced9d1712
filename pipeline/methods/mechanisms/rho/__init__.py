"""Figure: the indirect effect along the correlation of the two errors."""
