"""Every kind of table and figure with a part in another unit of measurement: the same tests, or a
refusal in words."""

import numpy as np
import pytest

from tests.methods.degenerate import numbers, tests_of

# Column, and what it is multiplied by: yuan beside shares, and sizes at the ends of what is let in.
SCALES = [
    ("nqp", 1e12),
    ("nqp", 1e-25),
    ("uri", 1e25),
    ("uri", 1e-25),
    ("services", 1e20),
    ("p1", 1e-25),
    ("openness", 1e25),
]
# Numbers that no method can compute with: code, and the column's values.
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


@pytest.mark.parametrize(("column", "scale"), SCALES)
def test_another_unit_changes_no_test(bench, kept, column, scale):
    for kind in bench.specs:
        if not bench.uses(kind, column):
            continue
        if kind not in kept:
            kept[kind] = tests_of(bench.run(kind))
        found = bench.run(kind, **{column: scale * bench.panel.frame[column]})
        assert not isinstance(found, list), (kind, found)
        assert all(np.isfinite(x) for _, x in numbers(found)), kind
        tests = tests_of(found)
        assert tests.keys() == kept[kind].keys(), kind
        for place, value in tests.items():
            assert value == pytest.approx(kept[kind][place], rel=1e-6, abs=1e-9), (kind, place)


@pytest.mark.parametrize("numbers", REFUSED)
@pytest.mark.parametrize("column", ["nqp", "uri", "services", "p1"])
def test_numbers_that_cannot_be_computed_with_are_refused_by_every_kind(bench, numbers, column):
    code, make = REFUSED[numbers]
    values = make(bench.panel.frame[column])
    for kind in bench.specs:
        if bench.uses(kind, column):
            found = bench.run(kind, **{column: values})
            assert [(f.code, f.where.variable) for f in found] == [(code, column)], kind
