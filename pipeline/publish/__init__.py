"""The stage that prints: every table and figure in its formats, then the reports. It estimates
nothing.
"""
