"""Random effects beside unit effects, and the Hausman test that few assumptions need."""
