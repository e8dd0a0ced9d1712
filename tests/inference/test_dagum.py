"""Dagum's Gini against other people's code, against all pairs, and under changes that must not
matter."""

import json
import tracemalloc
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.inference.distribution.dagum import dagum
from tests.conftest import ROOT

NUMBERS = json.loads((ROOT / "tests/reference/dagum/numbers.json").read_text())
PARTS = ("gini", "within", "net_between", "transvariation")

units = st.lists(
    st.tuples(st.integers(0, 8).map(lambda v: v / 4), st.sampled_from("abc"), st.integers(1, 5)),
    min_size=1,
    max_size=25,
).filter(lambda rows: any(value for value, _, _ in rows))


def all_pairs(x, group, w):
    """The definitions, pair by pair, in fractions: (G, G_w, G_nb, G_t)."""
    x, w = [Fraction(float(v)) for v in x], [Fraction(float(v)) for v in w]
    total = sum(w)
    mean = sum(a * b for a, b in zip(w, x, strict=True)) / total
    names = sorted(set(group))
    rows = {k: [i for i, g in enumerate(group) if g == k] for k in names}
    size = {k: sum(w[i] for i in rows[k]) for k in names}
    means = {k: sum(w[i] * x[i] for i in rows[k]) / size[k] for k in names}
    p = {k: size[k] / total for k in names}
    s = {k: p[k] * means[k] / mean for k in names}

    def above(j, h):
        pairs = ((a, b) for a in rows[j] for b in rows[h])
        return (
            sum(w[a] * w[b] * max(x[a] - x[b], Fraction(0)) for a, b in pairs) / size[j] / size[h]
        )

    everyone = range(len(x))
    gini = sum(w[a] * w[b] * abs(x[a] - x[b]) for a in everyone for b in everyone) / (
        2 * total**2 * mean
    )
    within = net = trans = Fraction(0)
    for j in names:
        if means[j]:
            within += above(j, j) / means[j] * p[j] * s[j]
        for h in names:
            if means[j] > means[h] or (means[j] == means[h] and j > h):
                d, q = above(j, h), above(h, j)
                if d + q:
                    share = (d + q) / (means[j] + means[h]) * (p[j] * s[h] + p[h] * s[j])
                    net += share * (d - q) / (d + q)
                    trans += share * 2 * q / (d + q)
    return [float(v) for v in (gini, within, net, trans)]


def parts(result):
    return [getattr(result, name) for name in PARTS]


def test_the_public_worked_example():
    result = dagum(NUMBERS["values"], NUMBERS["groups"])
    np.testing.assert_allclose(parts(result), [NUMBERS[name] for name in PARTS], rtol=0, atol=1e-14)
    assert [round(v, 7) for v in parts(result)] == [0.1076159, 0.0317040, 0.0438770, 0.0320349]


def test_the_example_by_hand():
    hand = NUMBERS["by_hand"]
    result = dagum(hand["values"], hand["groups"])
    for name in PARTS:
        assert getattr(result, name) == pytest.approx(hand[name][0] / hand[name][1], rel=1e-15)
    assert result.between[0, 1] == pytest.approx(5 / 12, rel=1e-15)
    assert result.distance[0, 1] == pytest.approx(4 / 5, rel=1e-15)
    np.testing.assert_allclose(result.affluence, [[0.5, 0.25], [2.25, 1.0]], rtol=1e-15)
    np.testing.assert_allclose(
        [result.population, result.income], [[0.5, 0.5], [1 / 3, 2 / 3]], rtol=1e-15
    )
    np.testing.assert_allclose(result.shares, [3 / 8, 1 / 2, 1 / 8], rtol=1e-15)


@pytest.mark.parametrize("year", range(2011, 2020))
def test_31_regions_in_three_groups(shared, year):
    folder = shared / "references/case09d_dagum_gini"
    data = np.genfromtxt(folder / "data.csv", delimiter=",", names=True)
    reference = json.loads((folder / "reference.json").read_text())
    stored, theirs = (
        reference["results"][str(year)],
        reference["third_party_code_output[Gw,Gnb,Gt,G]"][str(year)],
    )
    rows = data["year"] == year
    result = dagum(data["value"][rows], data["group"][rows])
    close = {"rtol": 0, "atol": 1e-14}
    np.testing.assert_allclose(
        parts(result), [stored[k] for k in ("G", "Gw", "Gnb", "Gt")], **close
    )
    np.testing.assert_allclose(parts(result), [theirs[3], *theirs[:3]], **close)
    np.testing.assert_allclose(np.diag(result.between), list(stored["Gjj"].values()), **close)
    above = np.triu_indices(3, 1)
    np.testing.assert_allclose(result.between[above], list(stored["Gjh"].values()), **close)
    np.testing.assert_allclose(result.distance[above], list(stored["Djh"].values()), **close)
    richer = result.income / result.population
    for (j, h), d, p in zip(
        np.transpose(above),
        stored["d_jh (gross economic affluence)"].values(),
        stored["p_jh (first-order moment of transvariation)"].values(),
        strict=True,
    ):
        high, low = (j, h) if richer[j] >= richer[h] else (h, j)
        np.testing.assert_allclose(
            [result.affluence[high, low], result.affluence[low, high]], [d, p], **close
        )


@given(units)
def test_equals_all_pairs_with_weights_and_ties(rows):
    x, group, w = zip(*rows, strict=True)
    np.testing.assert_allclose(
        parts(dagum(x, group, w)), all_pairs(x, group, w), rtol=1e-12, atol=1e-15
    )
    np.testing.assert_allclose(
        parts(dagum(x, group)), all_pairs(x, group, [1] * len(x)), rtol=1e-12, atol=1e-15
    )


@given(
    st.lists(
        st.tuples(st.floats(0, 1e6), st.integers(0, 4), st.floats(1e-3, 1e3)),
        min_size=1,
        max_size=60,
    )
)
def test_parts_are_never_negative_and_add_up(rows):
    x, group, w = (np.array(c) for c in zip(*rows, strict=True))
    x[0] += 1.0
    result = dagum(x, group, w)
    assert min(parts(result)) >= 0
    assert sum(parts(result)[1:]) == pytest.approx(result.gini, rel=1e-12, abs=1e-15)
    assert ((result.distance >= 0) & (result.distance <= 1)).all()


@given(units, st.randoms())
def test_scale_order_and_replication_do_not_matter(rows, random):
    x, group, w = (np.array(c) for c in zip(*rows, strict=True))
    expected = parts(dagum(x, group, w))
    order = list(range(len(x)))
    random.shuffle(order)
    close = {"rtol": 1e-11, "atol": 1e-14}
    np.testing.assert_allclose(
        parts(dagum(x[order] * 37.0, group[order], w[order] * 0.3)), expected, **close
    )
    np.testing.assert_allclose(
        parts(dagum(np.repeat(x, w), np.repeat(group, w))), expected, **close
    )
    np.testing.assert_allclose(
        parts(dagum(np.tile(x, 3), np.tile(group, 3), np.tile(w, 3))), expected, **close
    )


def test_one_group_is_all_within_and_equal_values_have_no_shares():
    one = dagum([1.0, 2.0, 5.0], ["all"] * 3)
    assert one.within == pytest.approx(one.gini, rel=1e-15)
    assert one.net_between == one.transvariation == 0
    assert parts(dagum([0.1] * 7, [1, 1, 2, 2, 2, 3, 3])) == [0, 0, 0, 0]
    assert np.isnan(dagum([0.1] * 7, [1, 1, 2, 2, 2, 3, 3]).shares).all()


def test_groups_that_do_not_overlap_have_no_transvariation():
    result = dagum([1.0, 2.0, 5.0, 6.0], [2, 2, 1, 1])
    assert result.transvariation == 0
    assert result.net_between > 0
    for seed in range(20):  # weights whose shares add up to 1 + 1e-16 or 1 - 1e-16
        rng = np.random.default_rng(seed)
        x = np.concatenate([rng.uniform(0, 1, 40), rng.uniform(2, 3, 40)])
        assert dagum(x, np.arange(80) // 40, rng.uniform(1, 9, 80)).transvariation == 0


@pytest.mark.parametrize(
    ("x", "group", "w", "says"),
    [
        ([1.0, -1.0], [1, 2], None, "not negative"),
        ([1.0, np.nan], [1, 2], None, "finite"),
        ([1.0, np.inf], [1, 2], None, "finite"),
        ([0.0, 0.0], [1, 2], None, "not all zero"),
        ([1.0, 2.0], [1, 2], [1.0, 0.0], "positive"),
        ([1.0, 2.0], [1], None, "one length"),
    ],
)
def test_what_has_no_gini_is_refused(x, group, w, says):
    with pytest.raises(ValueError, match=says):
        dagum(x, group, w)


def test_2800_counties_never_meet_in_pairs():
    rng = np.random.default_rng(1)
    x, group = rng.lognormal(size=2800), rng.integers(0, 4, 2800)
    tracemalloc.start()
    dagum(x, group, rng.uniform(1, 9, 2800))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2e6  # bytes; all pairs would be 63e6
