"""One coefficient by several methods for few clusters."""
