"""How a variable is spread over provinces and how the spread moves: inequality, convergence, space,
transitions."""
