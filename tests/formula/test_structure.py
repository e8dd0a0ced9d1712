import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.formula.proxies import structure

# Two provinces, three years, three parts with shares (.2 .3 .5), (.1 .3 .6), (.1 .3 .6) and equal
# ones throughout
PARTS = [
    np.array([[20.0, 20, 10], [7, 7, 7]]),
    np.array([[30.0, 60, 30], [7, 7, 7]]),
    np.array([[50.0, 120, 60], [7, 7, 7]]),
]
AMOUNTS = arrays(float, (3, 2, 4), elements=st.floats(0.01, 100))


def test_layer_by_hand():
    # .2 + 2 x .3 + 3 x .5 = 2.3; .1 + .6 + 1.8 = 2.5; equal parts 2
    np.testing.assert_allclose(structure.layer(PARTS), [[2.3, 2.5, 2.5], [2, 2, 2]])


def test_herfindahl_by_hand():
    np.testing.assert_allclose(structure.herfindahl(PARTS), [[0.38, 0.46, 0.46], [1 / 3] * 3])


def test_equality_by_hand():
    two = [np.array([[1.0, 0, 3]]), np.array([[1.0, 2, 1]])]
    # Equal; one has all; 3 : 1 has -(3/4 ln 3/4 + 1/4 ln 1/4) / ln 2
    assert structure.equality(two)[0] == pytest.approx([1, 0, 0.8112781244591328], rel=1e-14)


def test_moore_by_hand():
    # (.2 .3 .5) and (.1 .3 .6): product .41, lengths sqrt(.38), sqrt(.46)
    angle = np.arccos(0.41 / np.sqrt(0.38 * 0.46))
    found = structure.moore(PARTS)
    np.testing.assert_allclose(found, [[np.nan, angle, 0], [np.nan, 0, 0]], rtol=1e-13, atol=0)
    np.testing.assert_allclose(
        structure.moore_sum(PARTS), [[0, angle, angle], [0, 0, 0]], rtol=1e-13
    )


def test_moore_keeps_small_angles():
    """Where the arccos of nearly 1 would be 0: shares that turn by 1e-9 on the unit circle."""
    turned = [np.array([[1.0, 1 - 1e-9]]), np.array([[1.0, 1 + 1e-9]])]
    assert structure.moore(turned)[0, 1] == pytest.approx(1e-9, rel=1e-6)


def test_dual_contrast_by_hand():
    one = np.array([[10.0]])
    # 10 / 40 a head in farming, 90 / 60 in the rest
    assert structure.dual_contrast(one, one * 9, one * 4, one * 6)[0, 0] == pytest.approx(
        0.25 / 1.5, rel=1e-15
    )


@given(AMOUNTS, st.floats(0.001, 1000))
def test_bounds_and_scale(amounts, scale):
    parts = list(amounts)
    shares = {
        f: f(parts)
        for f in (structure.layer, structure.herfindahl, structure.equality, structure.moore)
    }
    for function, value in shares.items():
        np.testing.assert_allclose(
            function([scale * p for p in parts]), value, rtol=1e-7, atol=1e-7
        )
    assert ((shares[structure.layer] >= 1) & (shares[structure.layer] <= 3)).all()
    assert (shares[structure.herfindahl] >= 1 / 3 - 1e-12).all() and (
        shares[structure.herfindahl] <= 1
    ).all()
    assert (shares[structure.equality] >= 0).all() and (
        shares[structure.equality] <= 1 + 1e-12
    ).all()
    later = shares[structure.moore][:, 1:]
    assert ((later >= 0) & (later <= np.pi / 2)).all()
    plain = [p / sum(parts) for p in parts]
    cosine = sum(p[:, 1:] * p[:, :-1] for p in plain) / np.sqrt(
        sum(p[:, 1:] ** 2 for p in plain) * sum(p[:, :-1] ** 2 for p in plain)
    )
    np.testing.assert_allclose(np.cos(later), cosine, rtol=1e-9)


@given(AMOUNTS)
def test_order_of_the_parts_matters_to_the_layer_only(amounts):
    parts, turned = list(amounts), list(amounts[::-1])
    for function in (structure.herfindahl, structure.equality, structure.moore):
        np.testing.assert_allclose(function(turned), function(parts), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(structure.layer(turned), 4 - structure.layer(parts), rtol=1e-12)


@pytest.mark.parametrize("function", [structure.layer, structure.herfindahl, structure.equality])
def test_cells_without_shares(function):
    """Missing where a part is; undefined where one is negative or all are 0;
    a single 0 is a share."""
    a = np.array([[np.nan, -1.0, 0, 0]])
    found = function([a, np.array([[1.0, 1, 0, 1]])])[0]
    assert np.isnan(found[0]) and np.isinf(found[1:3]).all() and np.isfinite(found[3])


def test_gaps_in_moore():
    late = [np.array([[np.nan, 1.0, 2, 3, 0, 5]]), np.array([[1.0, 1, 1, 1, 0, 5]])]
    found, total = structure.moore(late)[0], structure.moore_sum(late)[0]
    assert np.isnan(found[[0, 1, 5]]).all() and np.isfinite(found[2:4]).all() and np.isinf(found[4])
    np.testing.assert_allclose(total[:4], [np.nan, 0, found[2], found[2] + found[3]])
    assert np.isnan(total[5])


def test_dual_contrast_outside_its_domain():
    v = np.array([[1.0, 0, 1, np.nan, 1]])
    ones = np.ones((1, 5))
    found = structure.dual_contrast(v, ones, np.array([[1.0, 1, 0, 1, -1]]), ones)[0]
    assert found[:2].tolist() == [1, 0] and np.isinf(found[[2, 4]]).all() and np.isnan(found[3])
