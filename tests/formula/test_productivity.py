import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.formula.proxies.growth import distortion, misallocation, solow

POSITIVE = arrays(float, (4, 3), elements=st.floats(0.1, 100))


def test_solow_by_hand():
    y, k, n = np.array([[np.e**2, 8.0]]), np.array([[np.e, 16.0]]), np.array([[1.0, 4.0]])
    np.testing.assert_allclose(
        solow(y, k, n, 0.25), [[2 - 0.25, np.log(8 / (2 * 4**0.75))]], rtol=1e-15
    )


@pytest.mark.parametrize(("alpha", "column"), [(0.5, "ln_tfp"), (0.4, "ln_tfp_alt")])
def test_solow_is_the_published_residual_of_31_provinces(shared, alpha, column):
    table = pd.read_csv(shared / "data/reproductions/china_tax_panel/data.csv")
    wide = {
        v: table.pivot(index="province_id", columns="year", values=v).to_numpy()
        for v in ("gdp_bn", "capital", "labor", column)
    }
    # The published numbers are in single precision.
    np.testing.assert_allclose(
        solow(wide["gdp_bn"], wide["capital"], wide["labor"], alpha), wide[column], atol=1e-6
    )


def test_solow_outside_its_domain():
    y = np.array([[1.0, 0, -1, np.nan, 0]])
    found = solow(y, np.ones((1, 5)), np.array([[1.0, 1, 1, 0, np.nan]]), 0.4)[0]
    assert found[0] == 0 and np.isinf(found[1:3]).all() and np.isnan(found[3:]).all()


def test_misallocation_by_hand():
    # Half of output with 3/4 of the factor: gamma 1.5, tau 1/1.5 - 1; the other 1/4 of it: gamma
    # .5, tau 1
    y, k = np.array([[50.0], [50.0]]), np.array([[75.0], [25.0]])
    np.testing.assert_allclose(distortion(y, k), [[1.5], [0.5]], rtol=1e-15)
    np.testing.assert_allclose(misallocation(y, k), [[1 / 3], [1]], rtol=1e-15)
    # With elasticities .6 and .2 (mean .4) the first should have 3/4 of the factor: nothing is
    # misallocated
    np.testing.assert_allclose(
        misallocation(y, k, np.array([[0.6], [0.2]])), [[0], [0]], atol=1e-15
    )


@given(POSITIVE, POSITIVE, POSITIVE)
def test_distortions_average_to_one_with_the_shares_of_output(y, k, elasticity):
    pay = y * elasticity
    np.testing.assert_allclose(
        (distortion(y, k, elasticity) * pay / pay.sum(0)).sum(0), 1, rtol=1e-9
    )
    np.testing.assert_allclose(
        distortion(y * 3, k / 7, elasticity * 2), distortion(y, k, elasticity), rtol=1e-9
    )
    np.testing.assert_allclose(distortion(y, k, np.full_like(y, 0.4)), distortion(y, k), rtol=1e-9)
    np.testing.assert_allclose(misallocation(y, y), 0, atol=1e-12)


def test_provinces_without_data_leave_the_totals():
    y, k = np.array([[1.0, 1], [1, 1], [1, 1]]), np.array([[1.0, 2], [1, 1], [np.nan, 0]])
    found = distortion(y, k)
    np.testing.assert_allclose(found[:2], [[1, 4 / 3], [1, 2 / 3]])
    assert np.isnan(found[2, 0]) and np.isinf(found[2, 1]) and np.isinf(misallocation(y, k)[2, 1])
