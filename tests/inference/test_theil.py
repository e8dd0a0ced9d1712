"""Theil's T against its definition in loops."""

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.inference.distribution.theil import theil

units = st.lists(
    st.tuples(st.floats(0, 1e3), st.sampled_from("abc"), st.integers(1, 5)), min_size=1, max_size=25
).filter(lambda rows: max(value for value, _, _ in rows) > 1e-3)


def definition(x, w):
    mean = sum(a * b for a, b in zip(x, w, strict=True)) / sum(w)
    return sum(
        b * (a / mean) * log(a / mean) for a, b in zip(x, w, strict=True) if mean and a / mean > 0
    ) / sum(w)


@given(units)
def test_equals_the_definition_and_splits_exactly(rows):
    x, group, w = zip(*rows, strict=True)
    result = theil(x, group, w)
    close = {"rel": 1e-11, "abs": 1e-13}
    assert result.total == pytest.approx(definition(x, w), **close)
    assert result.between + result.within == pytest.approx(result.total, **close)
    assert result.within_parts.sum() == pytest.approx(result.within, **close)
    assert result.between_parts.sum() == pytest.approx(result.between, **close)
    means = []
    for k, name in enumerate(result.groups):
        inside = [(a, b) for a, g, b in rows if g == name]
        assert result.of_group[k] == pytest.approx(definition(*zip(*inside, strict=True)), **close)
        means.append(sum(a * b for a, b in inside) / sum(b for _, b in inside))
    sizes = [sum(b for _, g, b in rows if g == name) for name in result.groups]
    assert result.between == pytest.approx(definition(means, sizes), **close)


@given(units)
def test_scale_and_replication_do_not_matter(rows):
    x, group, w = (np.array(c) for c in zip(*rows, strict=True))
    expected = theil(x, group, w)
    for other in (theil(x * 37, group, w * 0.3), theil(np.repeat(x, w), np.repeat(group, w))):
        for name in ("total", "between", "within"):
            assert getattr(other, name) == pytest.approx(
                getattr(expected, name), rel=1e-10, abs=1e-13
            )


def test_by_hand():
    """Two people, one has all: ln 2. Of 1, 3 | 2, 6: shares of 1/3 and 2/3 of the total, T inside
    both is the same."""
    assert theil([0.0, 5.0], [1, 1]).total == pytest.approx(log(2), rel=1e-15)
    inside = (0.5 * log(0.5) + 1.5 * log(1.5)) / 2
    result = theil([1.0, 3.0, 2.0, 6.0], ["a", "a", "b", "b"])
    np.testing.assert_allclose(result.of_group, [inside, inside], rtol=1e-14)
    np.testing.assert_allclose(result.within_parts, [inside / 3, inside * 2 / 3], rtol=1e-14)
    np.testing.assert_allclose(
        result.between_parts, [log(2 / 3) / 3, log(4 / 3) * 2 / 3], rtol=1e-14
    )
    np.testing.assert_allclose(result.income, [1 / 3, 2 / 3], rtol=1e-15)


def test_equal_values_have_none_and_a_group_of_zeros_none_inside():
    equal = theil([0.1] * 7, [1, 1, 2, 2, 2, 3, 3], [3, 1, 4, 1, 5, 9, 2])
    np.testing.assert_allclose([equal.total, equal.between, equal.within], 0, atol=1e-15)
    zeros = theil([0.0, 0.0, 1.0, 1.0], [1, 1, 2, 2])
    assert zeros.of_group.tolist() == [0, 0]
    assert zeros.between == zeros.total == pytest.approx(log(2), rel=1e-15)


def test_what_has_no_index_is_refused():
    for x in ([1.0, -1.0], [0.0, 0.0], [1.0, np.nan]):
        with pytest.raises(ValueError, match="not negative and not all zero"):
            theil(x, [1, 2])
