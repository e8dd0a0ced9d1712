"""The source files that a study names, from their public addresses,
a mirror folder or the bureau's interface; verified."""
