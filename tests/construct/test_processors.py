"""What construct makes is the same on every processor: under other kernels of BLAS and numpy."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from tests.conftest import ROOT

_WORK = """
import json
import numpy as np
from pipeline.construct.filling.kalman import smooth
from pipeline.construct.filling.multiple import impute
from pipeline.index.weighting import WEIGHTINGS, Context

rng = np.random.default_rng(0)
walk = np.cumsum(0.05 + 0.03 * rng.standard_normal((12, 14)), axis=1)
x = np.exp(8 + rng.standard_normal((12, 1)) + walk + 0.03 * rng.standard_normal((12, 14)))
x[np.arange(12), rng.integers(1, 12, 12)] = np.nan
x[3, :6] = np.nan
gaps = ~np.isfinite(x)
z = rng.random((200, 5)) + rng.random((200, 1))
z = (z - z.min(axis=0)) / np.ptp(z, axis=0)
context = Context(combine=("entropy", "critic", "pca"))
names = ("entropy", "critic", "pca", "scatter", "combination")
weights = [WEIGHTINGS[name](z, context) for name in names]
filled = [smooth(x)[gaps], impute(x, x[None, ::-1], 4, np.random.default_rng(1))[:, gaps]]
print(json.dumps([np.ravel(part).tolist() for part in (*filled, *weights)]))
"""


def made(**environment):
    run = subprocess.run(
        [sys.executable, "-c", _WORK],
        cwd=ROOT,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"} | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(run.stdout)


@pytest.fixture(scope="module")
def here():
    return made()


@pytest.mark.parametrize(
    "other",
    [
        {"OPENBLAS_CORETYPE": "Nehalem"},
        {"OPENBLAS_CORETYPE": "Prescott"},
        {"NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL"},
    ],
    ids=["Nehalem", "Prescott", "no-vector-extensions"],
)
def test_gaps_and_weights_agree_under_other_kernels(here, other):
    """On a processor without such a kernel the library keeps its own: nothing is to be seen."""
    for one, two in zip(here, made(**other), strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-9)
