"""Each mechanism on its own: the two steps, a x b with its intervals and tests, and the diagram of
the paths."""
