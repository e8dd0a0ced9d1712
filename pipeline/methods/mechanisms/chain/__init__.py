"""Serial mechanisms: treatment, first, second, outcome."""
