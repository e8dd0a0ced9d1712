"""Detectors beside each other: what one explains another does not say again."""

import numpy as np

from pipeline.forensics.breaks import find_precision
from pipeline.forensics.digits import find_digits
from pipeline.forensics.examine import examine_variable
from pipeline.forensics.growth import movement
from pipeline.forensics.lines import find_extrapolation
from pipeline.forensics.repeats import find_repeats
from pipeline.forensics.slips import find_slips
from tests.forensics.edges import changed, says
from tests.forensics.panels import codes, panel

X = panel(63, noise=0.02)


def test_in_a_year_in_which_everything_breaks_no_unit_is_said_to_shift():
    one = changed(X, np.s_[4, 6:], lambda v: v * 2)
    assert codes(examine_variable(one, "amount")) == {"level-shift"}
    all_of_them = changed(one, np.s_[:, 6:], lambda v: v * 0.6)
    assert codes(examine_variable(all_of_them, "amount")) == {"break-level"}


def test_in_such_a_year_a_slip_is_a_warning_and_rows_are_let_be():
    broken = changed(X, np.s_[:, 6:], lambda v: v * 0.6)
    slip = changed(broken, (3, 6), lambda v: v * 10)
    assert says(examine_variable(slip, "amount"), "slip-ten", "warning")
    for year in (5, 6):
        swapped = broken.copy()
        swapped[[2, 20], year] = broken[[20, 2], year]
        assert not says(examine_variable(swapped, "amount"), "rows-swapped")
    for year in (4, 8):
        elsewhere = broken.copy()
        elsewhere[[2, 20], year] = broken[[20, 2], year]
        assert says(examine_variable(elsewhere, "amount"), "rows-swapped", "error")


def test_a_series_without_a_number_has_no_scale():
    empty = movement(np.full((5, 4), np.nan), "amount")
    assert empty.scale.shape == (5, 1) and np.isnan(empty.scale).all()


def test_changes_of_a_few_rounding_units_repeat_by_chance():
    assert find_extrapolation(np.round(X / 400), "amount") == []
    assert find_extrapolation(X[:7], "amount") == [] == find_extrapolation(X[:, :5], "amount")


def test_an_extrapolation_must_be_seen_in_half_of_the_units():
    rng = np.random.default_rng(1)
    x = 100 + np.cumsum(20 + 5 * rng.standard_normal((31, 12)), axis=1)
    for t in (9, 10, 11):
        x[:, t] = 2 * x[:, t - 1] - x[:, t - 2] + 0.01 * rng.standard_normal(31)
    for known, said in ((15, ["extrapolated"]), (14, [])):
        part = changed(x, np.s_[known:, 9:], lambda v: v * np.nan)
        assert [s.code for s in find_extrapolation(part, "index")] == said


def test_numbers_of_one_and_two_digits():
    """Two digits exchanged at the end of a number; a single digit has none to lose."""
    x = np.full((9, 13), 85.0) + np.arange(13) + np.arange(9)[:, None] % 3
    assert find_slips(x, "index") == []
    x[0, 6] = 19.0  # 91, between 90 and 92
    (exchanged,) = find_slips(x, "index")
    assert (exchanged.code, exchanged.value, exchanged.expected) == ("slip-exchange", 19.0, 91.0)
    assert "two digits exchanged (`19 in 19`)" in exchanged.evidence
    x[0, 6] = 7.0
    (single,) = find_slips(x, "index")
    assert single.code in ("spike", "slip-drop")


def test_decimals_that_waver_on_either_side_are_no_break():
    """The finest year before and the coarsest after must be three apart."""

    def found(*typical):
        return [s.strength for s in find_precision(np.tile(typical, (9, 1)))]

    assert found(1.0, 2.0, 6.0, 5.0) == [3.0] and found(1.0, 3.0, 5.0, 6.0) == []
    assert found(6.0, 5.0, 2.0, 1.0) == [3.0] and found(6.0, 4.0, 2.0, 1.0) == []


def test_a_value_that_most_units_share_is_no_copy():
    """A ceiling that twenty of 31 units reach in seven years."""

    def with_ceiling(units):
        x = panel(65)
        x[:units, 3:10] = 9012.37 + 101.13 * np.arange(7)
        return says(find_repeats(x), "units-repeat")

    assert with_ceiling(16) and not with_ceiling(20)


def test_what_no_chance_would_make_has_the_greatest_strength():
    """A p-value too small for a float counts as 1e-300."""
    x = np.round(panel(66, n=60, years=40)) * 10 + 5
    assert [s.strength for s in find_digits(x, np.zeros_like(x))][:1] == [300.0]
