"""The treatment's effect on many outcomes, p-values adjusted for testing them all."""
