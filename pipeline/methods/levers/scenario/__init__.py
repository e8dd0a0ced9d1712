"""Scenarios: the outcome if lagging units stood at a target, as a table and as a map;
descriptive."""
