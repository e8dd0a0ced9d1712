"""Yearly moves between classes of a distribution."""
