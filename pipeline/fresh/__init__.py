"""What is stale, decided in one place and by content alone: a step is made anew where anything that
it reads differs.

A step reads files, facts of the study as text, and code: its module with all that this imports. Its
outputs are fresh while these are what they were and every output has the bytes that were written.
"""
