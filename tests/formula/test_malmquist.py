import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.formula.proxies.malmquist import (
    distances,
    efficiency_change,
    malmquist,
    malmquist_level,
    technical_change,
)
from tests.conftest import ROOT

REFERENCE = json.loads((ROOT / "tests/reference/malmquist/numbers.json").read_text())
FIRMS = REFERENCE["five_firms"]
ONE_BY_ONE = [np.array(FIRMS["input"], float)], [np.array(FIRMS["output"], float)]

# dealib 1.0.0 (`malmq`, rts="crs") on the 31 provinces of china_tax_panel, 2009-2017: Beijing's
# technical change and Xinjiang's efficiency change
BEIJING = [
    0.915576272605,
    0.991198981538,
    0.998131494745,
    0.985762973629,
    1.00942377736,
    0.988652264302,
    0.981224464808,
    1.05117812447,
    1.02410233079,
]
XINJIANG = [
    0.966161555483,
    1.11045477898,
    1.12942444773,
    0.998896759998,
    1.06843178966,
    1.01403777157,
    0.955186393657,
    0.855244020114,
    0.84195816138,
]


def panel(seed, units=6, years=3, inputs=2, outputs=2):
    draws = np.exp(np.random.default_rng(seed).normal(0, 0.5, (inputs + outputs, units, years)))
    return list(draws[:inputs]), list(draws[inputs:])


def test_distances_of_banks_agree_with_the_reference():
    bank = {k: np.array(v, float) for k, v in REFERENCE["banks"].items()}
    n = len(bank["m"])
    found = {}
    for e in (1, 2):
        for f in (1, 2):
            units = bank[f"inputs_{e}"][:, :n], bank[f"outputs_{e}"][:, :n]
            found[e, f] = distances(units, (bank[f"inputs_{f}"], bank[f"outputs_{f}"]))
            np.testing.assert_allclose(found[e, f], bank[f"e{e - 1}{f - 1}"], rtol=1e-11)
    index = np.sqrt(found[2, 1] / found[1, 1] * found[2, 2] / found[1, 2])
    np.testing.assert_allclose(index, bank["m"], rtol=1e-11)


@pytest.mark.parametrize(
    ("function", "part"), [(malmquist, "m"), (efficiency_change, "ec"), (technical_change, "tc")]
)
def test_five_firms_agree_with_the_reference(function, part):
    found = function(*ONE_BY_ONE)
    assert np.isnan(found[:, 0]).all()
    np.testing.assert_allclose(found[:, 1:], FIRMS[part], rtol=3e-7)


def test_one_input_and_output_have_a_closed_form():
    """With a = y/x the frontier is the largest a:
    D_s(t) = a_t / max a_s, so M is the growth of a."""
    (x,), (y,) = panel(1, 8, 4, 1, 1)
    a = y / x
    best = a.max(axis=0)
    np.testing.assert_allclose(malmquist([x], [y])[:, 1:], a[:, 1:] / a[:, :-1], rtol=1e-12)
    np.testing.assert_allclose(
        technical_change([x], [y])[:, 1:], np.tile(best[1:] / best[:-1], (8, 1)), rtol=1e-12
    )
    np.testing.assert_allclose(malmquist_level([x], [y]), a / a[:, :1], rtol=1e-12)


@given(st.integers(0, 10**6), st.floats(0.001, 1000), st.floats(0.001, 1000))
@settings(max_examples=15, deadline=None)
def test_identities(seed, by_input, by_output):
    inputs, outputs = panel(seed)
    index = malmquist(inputs, outputs)
    np.testing.assert_array_equal(
        efficiency_change(inputs, outputs) * technical_change(inputs, outputs), index
    )
    level = malmquist_level(inputs, outputs)
    assert (level[:, 0] == 1).all()
    np.testing.assert_allclose(level[:, 1:] / level[:, :-1], index[:, 1:], rtol=1e-12)
    # Units of measurement do not matter; all outputs doubled in the last year double its index.
    scaled = malmquist([inputs[0] * by_input, inputs[1]], [outputs[0], outputs[1] * by_output])
    np.testing.assert_allclose(scaled, index, rtol=1e-8)
    doubled = malmquist(inputs, [y * np.array([1, 1, 2]) for y in outputs])
    np.testing.assert_allclose(doubled[:, 2], 2 * index[:, 2], rtol=1e-8)


def test_unchanged_amounts_have_no_growth():
    inputs, outputs = panel(3, years=1)
    still = malmquist([np.repeat(x, 3, 1) for x in inputs], [np.repeat(y, 3, 1) for y in outputs])
    np.testing.assert_allclose(still[:, 1:], 1, rtol=1e-12)


def test_missing_and_zero_cells_leave_the_frontier():
    inputs, outputs = panel(4, units=8, years=4)
    gone = [x.copy() for x in inputs], [y.copy() for y in outputs]
    gone[0][0][2, 1] = np.nan
    zero = [x.copy() for x in inputs], [y.copy() for y in outputs]
    zero[1][1][2, 1] = 0
    missing, undefined = malmquist(*gone), malmquist(*zero)
    assert np.isnan(missing[2, 1:3]).all() and np.isfinite(missing[2, 3])
    assert np.isinf(undefined[2, 1]) and np.isnan(undefined[2, 2])
    others = np.arange(8) != 2
    np.testing.assert_array_equal(missing[others], undefined[others])
    left_out = malmquist([x[others] for x in inputs], [y[others] for y in outputs])
    np.testing.assert_allclose(
        missing[others, 1], efficiency_with(inputs, outputs, others), rtol=1e-12
    )
    # It is still a peer in the first year.
    assert not np.allclose(left_out[:, 1], missing[others, 1])
    assert np.isnan(malmquist_level(*gone)[2, 1:]).all() and malmquist_level(*gone)[2, 0] == 1


def efficiency_with(inputs, outputs, others):
    """The others' index of year 1 against all provinces in year 0 and the others alone in year
    1."""
    at = lambda keep, t: (np.stack(inputs)[:, keep, t], np.stack(outputs)[:, keep, t])  # noqa: E731
    everyone = np.ones(len(others), bool)
    old, new = at(everyone, 0), at(others, 1)
    now, before = at(others, 1), at(others, 0)
    return np.sqrt(
        distances(now, old) / distances(before, old) * distances(now, new) / distances(before, new)
    )


def test_real_provinces_agree_with_another_solver(shared):
    table = pd.read_csv(shared / "data/reproductions/china_tax_panel/dea_input.csv")
    wide = {
        v: table.pivot(index="province_id", columns="year", values=v).to_numpy()
        for v in table.columns[2:]
    }
    inputs, outputs = [wide["capital"], wide["labor"]], [wide["gdp_bn"]]
    np.testing.assert_allclose(technical_change(inputs, outputs)[0, 1:], BEIJING, rtol=1e-11)
    np.testing.assert_allclose(efficiency_change(inputs, outputs)[30, 1:], XINJIANG, rtol=1e-11)
