"""The elements of the theory with their estimates, as a table and as a diagram."""
