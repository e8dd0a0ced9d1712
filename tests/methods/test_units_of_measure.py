"""Every kind of table and figure with parts in other units of measurement: the same tests, or a
refusal in words."""

import numpy as np
import pytest

from tests.methods.degenerate import numbers, unitless

# Columns with what they are multiplied by, and what is added: yuan beside shares, and sizes at the
# ends of what is let in.
UNITS = [
    {"nqp": (1e12, 0.0), "services": (1e20, 0.0), "p1": (1e-25, 0.0)},
    {"uri": (1e-25, 0.0), "nqp": (1e-25, 0.0), "openness": (1e25, 0.0)},
    {"uri": (1e25, 0.0), "services": (1.0, 1e8)},
]
# Numbers that no method can compute with: their code, and the values.
REFUSED = {
    "1e300": ("out-of-range", lambda x: 1e300 * x),
    "1e-300": ("out-of-range", lambda x: 1e-300 * x),
    "1e9 +": ("digits-lost", lambda x: 1e9 + x),
    "1e13 +": ("digits-lost", lambda x: 1e13 + x),
    "inf": ("not-finite", lambda x: x.where(x < x.max(), np.inf)),
}


@pytest.fixture(scope="module")
def kept():
    """Tests of each kind on the panel as it is, computed once."""
    return {}


@pytest.mark.parametrize("units", UNITS)
def test_other_units_change_no_test(bench, kept, units):
    changed = {c: scale * bench.panel.frame[c] + level for c, (scale, level) in units.items()}
    for kind in bench.specs:
        if not any(bench.uses(kind, column) for column in units):
            continue
        if kind not in kept:
            kept[kind] = unitless(bench.run(kind))
        found = bench.run(kind, **changed)
        if isinstance(found, list):
            # A product with what is large beside its variation moves as the other part alone.
            assert {("collinear", "×" in f.where.variable) for f in found} == {("collinear", True)}
            continue
        assert all(np.isfinite(x) for _, x in numbers(found)), kind
        tests = unitless(found)
        assert tests.keys() == kept[kind].keys(), kind
        for place, value in tests.items():
            assert value == pytest.approx(kept[kind][place], rel=1e-6, abs=1e-9), (kind, place)


@pytest.mark.parametrize("values", REFUSED)
@pytest.mark.parametrize("column", ["nqp", "uri"])
def test_numbers_that_cannot_be_computed_with_are_refused_by_every_kind(bench, values, column):
    code, make = REFUSED[values]
    wrong = make(bench.panel.frame[column])
    for kind in bench.specs:
        if bench.uses(kind, column):
            found = bench.run(kind, **{column: wrong})
            assert [(f.code, f.where.variable) for f in found] == [(code, column)], kind
