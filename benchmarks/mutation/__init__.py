"""Do the tests notice a wrong line? Small faults drawn with a seed, each run against nearest tests.

The faults and the choice of tests are our own: mutmut and cosmic-ray know neither a sample by room
nor tests chosen by distance, nor the faults that matter here (one field for another of its type).
"""
