"""How a variable is spread over units, how that changes, and how it lies in space."""
