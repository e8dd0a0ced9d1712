"""How a variable is spread over provinces, how that changes, and how it lies in space."""
