"""Numbers of Malmquist indices from other programs, written to numbers.json beside this file.

    python3 -m venv v && v/bin/pip install dealib==1.0.0 && v/bin/python derive.py

`banks`: American banks, 3 inputs and 3 outputs in two years, from the test suite of dealib 1.0.0
(MIT licence), whose
expected numbers carry the names and the 15 digits of `malmq` in R's Benchmarking: Farrell
efficiencies e00, e10, e11, e01
(bank of year e?., frontier of year e.?; constant returns, input-oriented, which is the output
distance). Kept are the
banks on the frontier of either year, zeros and all, and the first 12 others: a bank inside both
frontiers can go without
changing them. Those others have efficiencies from e00 to e01, and `m`, `ec`, `tc`.
`five_firms`: test/malmquist.jl of DataEnvelopmentAnalysis.jl (Julia, MIT licence), 1 input, 1
output, 3 years.
"""

import csv
import json
from importlib.resources import files
from pathlib import Path

tests = files("dealib") / "tests"
reference = json.loads((tests / "reference/malmq/banks1_banks2.json").read_text())["input"]["crs"]
rows = {
    (year, side): list(
        csv.reader((tests / f"data/banks{year}/{side}.csv").read_text().splitlines())
    )[1:]
    for year in (1, 2)
    for side in ("inputs", "outputs")
}
count = len(reference["m"])
positive = [all(float(v) > 0 for table in rows.values() for v in table[i]) for i in range(count)]
efficient = [
    max(float(reference["e00"][i]), float(reference["e11"][i])) > 1 - 1e-9 for i in range(count)
]
inside = [i for i in range(count) if positive[i] and not efficient[i]][:12]
kept = inside + [i for i in range(count) if efficient[i]]
banks = {
    f"{side}_{year}": [[int(rows[year, side][i][c]) for i in kept] for c in range(3)]
    for side in ("inputs", "outputs")
    for year in (1, 2)
}
banks |= {
    k: [float(reference[k][i]) for i in inside]
    for k in ("e00", "e10", "e11", "e01", "m", "ec", "tc")
}
five_firms = {
    "input": [[2, 1, 0.5], [3, 2, 1.5], [5, 4, 3], [4, 3, 2], [4, 4, 4]],
    "output": [[1, 1, 2], [4, 4, 4], [6, 6, 6], [3, 3, 3], [5, 3, 1]],
    "m": [[2.0, 4.0], [1.5, 1.3333333], [1.25, 1.3333333], [1.3333333333, 1.5], [0.6, 0.3333333]],
    "ec": [
        [1.3333333333, 2.0],
        [1.0, 0.6666667],
        [0.8333333333, 0.6666667],
        [0.8888888889, 0.75],
        [0.4, 0.1666667],
    ],
    "tc": [[1.5, 2.0]] * 5,
}
text = json.dumps({"banks": banks, "five_firms": five_firms})
(Path(__file__).parent / "numbers.json").write_text(text.replace('], "', '],\n "') + "\n")
