"""Source files as people have them to series of numbers: containers, cells, tables.

Knows panels, knows no study.
"""
