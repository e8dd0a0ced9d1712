"""What the scores of an index are made of, and what holds them back."""
