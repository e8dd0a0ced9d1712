import numpy as np
import pytest

from pipeline.index.periods import SCHEMES, rowwise, weights_by_year
from pipeline.index.weighting import WEIGHTINGS, Context, WeightError, entropy, equal

YEARS = np.tile(np.arange(2010, 2016), 31)
CONTEXT = Context(years=YEARS, combine=("entropy", "critic"))


def indicators(seed=1):
    """31 provinces x 6 years, province by province, rising over time."""
    rng = np.random.default_rng(seed)
    x = rng.random((186, 1)) + 0.3 * (YEARS - 2010)[:, None] * rng.random(4) + rng.random((186, 4))
    return (x - x.min(axis=0)) / (x.max(axis=0) - x.min(axis=0))


@pytest.mark.parametrize(
    "weighting", ["entropy", "critic", "pca", "scatter", "equal", "combination"]
)
def test_weights_of_each_year_equal_pooled_ones_where_no_year_differs(weighting):
    x = np.repeat(indicators()[YEARS == 2010], 6, axis=0)
    found = {s: weights_by_year(x, WEIGHTINGS[weighting], CONTEXT, s, 2012) for s in SCHEMES}
    for w in found.values():
        assert w.shape == (6, 4)
        np.testing.assert_allclose(w, found["pooled"], rtol=1e-9)


def test_each_scheme_uses_its_own_rows():
    x = indicators()

    def of(rows):
        return entropy.weigh(x[rows], CONTEXT)

    def found(scheme):
        return weights_by_year(x, entropy.weigh, CONTEXT, scheme, 2012)

    np.testing.assert_array_equal(found("pooled"), np.tile(of(YEARS > 0), (6, 1)))
    np.testing.assert_array_equal(found("per_year"), [of(t == YEARS) for t in range(2010, 2016)])
    np.testing.assert_array_equal(found("base_year"), np.tile(of(YEARS == 2012), (6, 1)))
    upto = [2011, 2011, 2012, 2013, 2014, 2015]
    np.testing.assert_array_equal(found("expanding"), [of(t >= YEARS) for t in upto])


def test_later_years_change_pooled_weights_but_no_earlier_expanding_or_base_ones():
    x = indicators()
    later = x.copy()
    later[YEARS == 2015] **= 3
    for scheme, same in (("pooled", 0), ("per_year", 5), ("expanding", 5), ("base_year", 6)):
        before, after = (
            weights_by_year(v, entropy.weigh, CONTEXT, scheme, 2010) for v in (x, later)
        )
        assert (before == after).all(axis=1).tolist() == [True] * same + [False] * (6 - same)


def test_the_weights_do_not_depend_on_the_order_of_rows():
    x, order = indicators(), np.random.default_rng(2).permutation(186)
    for scheme in SCHEMES:
        ours = weights_by_year(x[order], entropy.weigh, Context(years=YEARS[order]), scheme, 2012)
        np.testing.assert_allclose(
            ours, weights_by_year(x, entropy.weigh, CONTEXT, scheme, 2012), rtol=1e-12
        )


def test_weights_by_year_are_spread_over_the_rows():
    by_year = np.arange(6.0)[:, None] * np.ones(4)
    np.testing.assert_array_equal(rowwise(by_year, YEARS)[:, 0], YEARS - 2010)


def test_one_year_is_its_own_window():
    x, one = indicators()[:31], Context(years=np.full(31, 2010))
    np.testing.assert_array_equal(
        weights_by_year(x, entropy.weigh, one, "expanding"), [entropy.weigh(x, one)]
    )


def test_a_year_that_admits_no_weights_is_named():
    x = indicators()
    x[YEARS == 2013, 2] = 0.5
    with pytest.raises(WeightError, match="in year 2013: the indicator does not vary") as refused:
        weights_by_year(x, entropy.weigh, CONTEXT, "per_year")
    assert refused.value.column == 2


def test_years_and_base_year_must_be_there():
    x = indicators()
    for scheme in SCHEMES:
        with pytest.raises(WeightError, match="year of each row"):
            weights_by_year(x, equal.weigh, Context(), scheme, 2012)
    for base in (None, 2030):
        with pytest.raises(WeightError, match="no rows of the base year"):
            weights_by_year(x, equal.weigh, CONTEXT, "base_year", base)
