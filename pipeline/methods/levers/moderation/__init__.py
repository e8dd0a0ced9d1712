"""Moderation tables: treatment x lever, one lever a column, and all of them at once."""
