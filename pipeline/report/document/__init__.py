"""The report as PDF and HTML."""
