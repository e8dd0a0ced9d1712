"""The index laboratory: what an index is made of, how far its results hang on that, and what would
be spurious."""
