"""The report as PDF and HTML, and the preview of its main table."""
