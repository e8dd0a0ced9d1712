"""Moran and Geary: esda 2.8.2, libpysal 4.14.1. Run in an environment of its own: python derive.py.

Data: income per head of the 48 contiguous states of the USA, 2009 (Bureau of Economic Analysis),
and the contiguity of
the states, both as in libpysal's `us_income` example; weights row-standardised.
"""

import csv
import json
from pathlib import Path

import libpysal
import numpy as np
from esda import Geary, Moran

income = [
    int(row["2009"])
    for row in csv.DictReader(
        Path(libpysal.examples.get_path("usjoin.csv")).read_text().splitlines()
    )
]
w = libpysal.io.open(libpysal.examples.get_path("states48.gal")).read()
order = sorted(w.neighbors, key=int)
w.transform = "r"
w.id_order = order
moran, geary = (
    Moran(np.array(income), w, permutations=0),
    Geary(np.array(income), w, permutations=0),
)
numbers = {
    "income": income,
    "neighbours": [sorted(order.index(j) for j in w.neighbors[i]) for i in order],
    "moran": {
        "value": moran.I,
        "expectation": moran.EI,
        "variance_randomisation": moran.VI_rand,
        "z_randomisation": moran.z_rand,
        "p_randomisation": moran.p_rand,
    },
    "geary": {
        "value": geary.C,
        "expectation": geary.EC,
        "variance_randomisation": geary.VC_rand,
        "z_randomisation": geary.z_rand,
    },
}
lines = (f' "{key}": {json.dumps(value)}' for key, value in numbers.items())
Path(__file__).with_name("numbers.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
