"""The weights of an index under each of its weightings."""
