"""How the treatment reaches the outcome: mechanisms, what they rest on, and what few clusters and
many tests do to them."""
