"""Every challenge and path of the study side by side, as a table and as a forest."""
