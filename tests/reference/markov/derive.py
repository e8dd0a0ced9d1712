"""Traditional and spatial Markov: giddy 2.3.8, libpysal 4.14.1. Run in an environment of its own:
python derive.py.

Data: income per head of the 48 contiguous states of the USA, 1929-2009 (Bureau of Economic
Analysis), relative to the
mean of the year, and the contiguity of the states, both as in libpysal's `us_income` example;
weights row-standardised.
Quintiles of values and of spatial lags, pooled over the years (giddy's own example), and six
classes of the first 12
years, where some rows are empty.
"""

import csv
import json
from pathlib import Path

import libpysal
import numpy as np
from giddy.markov import Spatial_Markov

table = list(
    csv.DictReader(Path(libpysal.examples.get_path("usjoin.csv")).read_text().splitlines())
)
income = np.array([[int(row[str(year)]) for year in range(1929, 2010)] for row in table])
w = libpysal.io.open(libpysal.examples.get_path("states48.gal")).read()
w.transform = "r"
w.id_order = sorted(w.neighbors, key=int)
numbers: dict[str, object] = {"income": income.tolist()}
for name, years, k in (("quintiles", 81, 5), ("short", 12, 6)):
    relative = income[:, :years] / income[:, :years].mean(axis=0)
    fit = Spatial_Markov(relative, w, fixed=True, k=k, m=k)
    test = fit.ht
    numbers[name] = {
        "years": years,
        "k": k,
        "cuts": np.ravel(fit.cutoffs).tolist(),
        "lag_cuts": np.ravel(fit.lag_cutoffs).tolist(),
        "counts": fit.transitions.astype(int).tolist(),
        "given": fit.T.astype(int).tolist(),
        "probabilities": fit.p.tolist(),
        "likelihood_ratio": test.LR,
        "pearson": test.Q,
        "df": test.dof,
        "p_likelihood_ratio": test.LR_p_value,
        "p_pearson": test.Q_p_value,
        "ergodic": np.ravel(fit.s).tolist(),
        "ergodic_given": [np.asarray(s).tolist() for s in fit.S] if name == "quintiles" else None,
    }
lines = (f' "{key}": {json.dumps(value)}' for key, value in numbers.items())
Path(__file__).with_name("numbers.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
