"""The few types that the rooms share: panel, result, finding, provinces, units."""
