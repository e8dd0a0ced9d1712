"""Figure: every declared combination of choices, sorted by estimate, with a joint test."""
