"""Numbers of a stochastic frontier from Tim Coelli's FRONTIER 4.1, written to numbers.json beside
this file.

    python derive.py EG1.OUT 41Firm.csv

EG1.OUT: the program's own output for its first example (60 firms; Coelli 1996, A Guide to FRONTIER
Version 4.1, CEPA
working paper 96/08), as it ships with R's frontier (inst/front41/EG1.OUT). R's `sfa` and FRONTIER
print the same
estimates. 41Firm.csv: its data, as they ship with pysfa 0.8 (MIT licence) and R's frontier
(front41Data).
`pysfa` are the estimates of pysfa 0.8 on them, its efficiencies by TE_te (Battese and Coelli); run
in its environment.
"""

import csv
import json
import re
import sys
from pathlib import Path

import numpy as np
from pysfa import SFA
from pysfa.constant import FUN_PROD, TE_te

text = Path(sys.argv[1]).read_text()
rows = list(csv.DictReader(Path(sys.argv[2]).read_text().splitlines()))
data = {name: [float(row[name]) for row in rows] for name in ("output", "capital", "labour")}
final = text[text.index("the final mle estimates are") :]


def estimate(label: str) -> float:
    found = re.search(rf"{label}\s+=?\s*(-?0\.\d+E[+-]\d+)", final)
    assert found, label
    return float(found[1])


front41 = {
    "coefficients": [estimate(f"beta {i}") for i in range(3)],
    "sigma2": estimate("sigma-squared"),
    "gamma": estimate("gamma"),
    "loglik": estimate("log likelihood function"),
    "efficiencies": [
        float(v) for v in re.findall(r"^\s+\d+\s+(0\.\d+E[+-]\d+)\s*$", final, re.MULTILINE)
    ],
}
x = np.log(np.column_stack([data["capital"], data["labour"]]))
model = SFA.SFA(np.log(data["output"]), x, fun=FUN_PROD, method=TE_te)
pysfa = {
    "coefficients": [float(v) for v in model.get_beta()],
    "sigma2": float(model.get_sigma2()),
    "lambda": float(model.get_lambda()),
    "efficiencies": [round(float(v), 8) for v in model.get_technical_efficiency()],
}
text = json.dumps({"data": data, "front41": front41, "pysfa": pysfa})
(Path(__file__).parent / "numbers.json").write_text(
    text.replace('], "', '],\n "').replace('}, "', '},\n "') + "\n"
)
