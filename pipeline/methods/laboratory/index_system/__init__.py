"""The indicator system of an index."""
