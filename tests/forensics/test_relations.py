"""Variables beside each other: sums, ratios, shares, totals, two sources of one series."""

import numpy as np
import pytest

from pipeline.forensics.identities import find_identities
from pipeline.forensics.identity import Identity, broken
from pipeline.forensics.sources import compare, find_disagreement, find_lagged_index
from pipeline.forensics.totals import find_missed_totals
from tests.forensics.panels import panel


def test_identities_are_found_and_their_breaks_blamed():
    a, b, c = panel(14), panel(15), panel(16)
    values = {
        "a": a,
        "b": b,
        "c": c,
        "gdp": np.round(a + b + c, 2),
        "pop": panel(17),
        "noise": panel(18),
    }
    values["head"] = values["gdp"] / values["pop"] * 100
    shares = np.array([a, b, c]) / (a + b + c) * 100
    values |= {f"share_{k}": s for k, s in zip("xyz", shares, strict=True)}
    found = {str(i) for i in find_identities(values)}
    assert "a + b + c = gdp" in found and "share_x + share_y + share_z = 100" in found
    assert any("head" in i and "pop" in i and "gdp" in i for i in found)
    assert all(broken(i, values) is None for i in find_identities(values))
    values["b"][3, 4] *= 1.3
    suspicion = broken(Identity("sum", "gdp", ("a", "b", "c")), values)
    assert suspicion is not None and suspicion.cells == ((3, 4),) and suspicion.severity == "error"


def test_a_missed_total_names_the_unit():
    x = panel(19)
    total = x.sum(axis=0) * 1.004  # units outside the panel
    assert find_missed_totals(x, total, "amount") == []
    x[8, 5] *= 10
    (found,) = find_missed_totals(x, total, "amount")
    assert (
        found.cells == ((8, 5),)
        and "alone explains" in found.evidence
        and found.severity == "error"
    )


def test_two_sources():
    x = panel(20)
    assert find_disagreement(x, x) == []
    one = x.copy()
    one[3, 4] *= 1.2
    (found,) = find_disagreement(one, x)
    assert found.code == "source-differs" and found.cells == ((3, 4),) and found.expected == x[3, 4]
    late = np.concatenate([np.full((31, 1), np.nan), x[:, :-1]], axis=1)
    (found,) = find_disagreement(late, x)
    assert found.code == "source-lagged" and "one year later" in found.evidence
    (found,) = find_disagreement(x * 1.03, x)
    assert found.code == "source-vintage"
    assert compare(late, x).shift == -1 and compare(x, x).within_01 == 1.0


@pytest.mark.parametrize(("shift", "word"), [(1, "later"), (-1, "earlier")])
def test_a_growth_index_stored_a_year_off(shift, word):
    rng = np.random.default_rng(2)
    growth = 0.07 + 0.03 * rng.standard_normal((31, 14))
    level = np.exp(8 + np.cumsum(growth + 0.02 + 0.005 * rng.standard_normal((31, 14)), axis=1))
    index = 100 * np.exp(growth)
    assert find_lagged_index(index[:, 1:-1], level[:, 1:-1]) == []
    (found,) = find_lagged_index(np.roll(index, shift, axis=1)[:, 1:-1], level[:, 1:-1])
    assert found.code == "index-lagged" and word in found.evidence


def test_a_lag_must_explain_twice_what_is_there_already():
    """Stored a year late in one half, in its place in the other: two vintages, no lag."""
    x = panel(60, growth=0.0, noise=0.05)
    late = np.concatenate([np.full((31, 1), np.nan), x[:, :-1]], axis=1)
    half = np.where(np.arange(31)[:, None] < 19, late, x)
    (found,) = find_disagreement(half, x)
    assert found.code == "source-vintage"
    share = np.mean(np.abs(half - x)[np.isfinite(half)] <= 0.01 * x[np.isfinite(half)])
    assert found.strength == pytest.approx(1 - share)
    assert found.evidence == (
        f"the sources agree within 1% in {share:.0%} of {np.isfinite(half).sum()} cells: "
        "two definitions or vintages"
    )
    most = np.where(np.arange(31)[:, None] < 25, late, x)
    (found,) = find_disagreement(most, x)
    assert found.code == "source-lagged"


def test_fewer_than_twenty_common_cells_say_nothing():
    x = panel(61)[:4, :5]
    assert [s.code for s in find_disagreement(x * 2, x)] == ["source-vintage"]
    x[0, 0] = np.nan
    assert find_disagreement(x * 2, x) == []
