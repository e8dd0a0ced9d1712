"""Results as JSON and back: the same numbers, and the same bytes for the same numbers."""

import json
import math
from dataclasses import dataclass, fields, is_dataclass, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.results.estimate import Draws, Estimate, Interval
from pipeline.results.result import DataFacts, Result, from_json, plain, to_json
from pipeline.results.rows import Fit, Regression, Rows
from pipeline.study.choices import Sample
from pipeline.study.closed import Text
from pipeline.study.model import Model

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=8)
FINITE = st.floats(allow_nan=False, allow_infinity=False)
ANY = st.none() | st.floats()
SHARES = st.floats(0, 1)


@dataclass(frozen=True)
class Part:
    label: Text
    estimate: Estimate
    draws: Draws | None
    values: list[float | None]


@dataclass(frozen=True)
class Whole(Result):
    parts: list[Part]
    by_code: dict[int, float | None]
    by_name: dict[str, list[Part]]
    regression: Regression | None
    said: str
    on: bool


intervals = st.builds(Interval, ANY, ANY, st.sampled_from([None, "bca", "percentile"]))
estimates = st.builds(
    Estimate,
    value=FINITE,
    error=ANY,
    statistic=ANY,
    p=ANY,
    interval=st.none() | intervals,
    few=ANY,
    test=st.sampled_from(["t", "wcr11", "crv3"]),
)
parts = st.builds(
    Part,
    st.builds(Text, en=NAMES, zh=NAMES),
    estimates,
    st.none() | st.builds(Draws, st.integers(), st.integers(), st.integers()),
    st.lists(ANY, max_size=3),
)
samples = st.builds(Sample, without=st.lists(NAMES, max_size=2), high=st.just(["gdp"]))
models = st.builds(
    Model, NAMES, NAMES, st.lists(NAMES, max_size=2), st.just(["province"]), samples, st.none()
)
COUNTS = st.integers(0, 1000)
rows = st.builds(Rows, COUNTS, COUNTS, COUNTS, COUNTS)
fits = st.builds(Fit, ANY, FINITE, FINITE, FINITE)
regressions = st.builds(
    Regression, models, rows, fits, st.dictionaries(NAMES, estimates, max_size=2), st.none()
)
facts = st.builds(
    DataFacts,
    st.booleans(),
    st.dictionaries(NAMES, st.lists(st.lists(COUNTS, min_size=2, max_size=2), max_size=2)),
    st.dictionaries(NAMES, COUNTS, max_size=2),
    COUNTS,
    st.booleans(),
)
results = st.builds(
    Whole,
    facts,
    st.lists(parts, max_size=2),
    st.dictionaries(COUNTS, ANY, max_size=2),
    st.dictionaries(NAMES, st.lists(parts, max_size=1), max_size=2),
    st.none() | regressions,
    NAMES,
    st.booleans(),
)


def finite(value):
    """The value with numbers that are not finite as None."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if is_dataclass(value):
        return replace(value, **{f.name: finite(getattr(value, f.name)) for f in fields(value)})
    if isinstance(value, dict):
        return {k: finite(v) for k, v in value.items()}
    return [finite(v) for v in value] if isinstance(value, list) else value


@given(results)
def test_results_come_back_from_json_with_every_digit(result):
    text = to_json(result)
    back = from_json(Whole, text)
    assert back == finite(result)
    assert to_json(back) == text


@given(results)
def test_json_is_strict_and_in_the_order_of_the_fields(result):
    def refuse(constant):
        raise AssertionError(constant)

    read = json.loads(to_json(result), parse_constant=refuse)
    assert list(read) == [f.name for f in fields(Whole)]


def test_numpy_numbers_become_plain_ones():
    assert plain([np.float64(0.1), np.int64(3), np.float64("nan"), (1, True)]) == [
        0.1,
        3.0,
        None,
        [1, True],
    ]


def test_what_is_no_number_is_refused():
    with pytest.raises((TypeError, ValueError)):
        plain(object())


def test_a_file_of_another_shape_is_refused():
    result = Whole(DataFacts(True, {}, {}), [], {}, {}, None, "x", True)
    broken = to_json(result).replace('"said": "x"', '"said": 3')
    with pytest.raises(ValueError, match="said"):
        from_json(Whole, broken)
