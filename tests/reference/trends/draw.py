"""Panel of 12 units and 16 years with two common factors: made data, written once to panel.csv."""

from pathlib import Path

import numpy as np

rng = np.random.default_rng(20)
N, T = 12, 16
factors = rng.normal(size=(2, T)).cumsum(axis=1)
loadings = rng.normal(size=(3, N, 2))
x = rng.normal(size=(2, N, T)) + loadings[1:] @ factors
slopes = rng.normal([0.5, -0.2], 0.2, (N, 2))
y = (slopes.T[:, :, None] * x).sum(axis=0) + loadings[0] @ factors + rng.normal(size=(N, T))
missing = rng.random((N, T)) < 0.15
lines = ["unit,year,y,x1,x2,there"]
for i, t in np.ndindex(N, T):
    values = ",".join(f"{v:.6f}" for v in (y[i, t], x[0, i, t], x[1, i, t]))
    lines.append(f"{i + 1},{2000 + t},{values},{int(not missing[i, t])}")
Path(__file__).with_name("panel.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
