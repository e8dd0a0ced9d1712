"""What is wrong with a panel of numbers, from the numbers alone: arrays in, suspicions out.

Knows no study and no file.

Every detector takes grids (units, years) with NaN gaps. How often each raises a false alarm and
finds a planted defect is measured by `make forensics-power` (reports/methods/forensics.md).
"""
