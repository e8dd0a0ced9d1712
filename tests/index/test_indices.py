import numpy as np
import pytest

from pipeline.index.build import build_index
from pipeline.panel.finding import Rejected
from pipeline.study.schema import IndexSpec

YEARS = list(range(2011, 2016))


def spec(**dimensions):
    text = {"en": "i", "zh": "i"}
    return IndexSpec.model_validate(
        {
            "label": text,
            "variants": ["equal"],
            "dimensions": {k: {"label": text, "indicators": v} for k, v in dimensions.items()},
        }
    )


def test_an_index_is_the_weighted_sum_of_its_parts():
    rng = np.random.default_rng(3)
    values = {n: rng.normal(size=(31, 5)) for n in "abc"}
    index = build_index("i", spec(p={"a": "+", "b": "-"}, q={"c": "+"}), values, YEARS, YEARS[0])
    w = index.weights["entropy"]
    mix = (w["a"] + w["b"]) * index.columns["i_p"] + w["c"] * index.columns["i_q"]
    np.testing.assert_allclose(index.columns["i"], mix)
    low, high = index.columns["i_q"].min(), index.columns["i_q"].max()
    assert (low, high) == (0, 1)


def test_missing_cells_leave_the_score_missing_there_only():
    rng = np.random.default_rng(4)
    values = {n: rng.normal(size=(31, 5)) for n in "ab"}
    values["a"][3, 2] = np.nan
    score = build_index("i", spec(p={"a": "+", "b": "+"}), values, YEARS, YEARS[0]).columns["i"]
    assert np.isnan(score[3, 2]) and np.isfinite(score).sum() == 31 * 5 - 1


@pytest.mark.parametrize("bad", [np.full((31, 5), 7.0), np.full((31, 5), np.nan)])
def test_an_indicator_without_variation_or_values_is_refused_by_name(bad):
    values = {"a": np.random.default_rng(5).normal(size=(31, 5)), "b": bad}
    with pytest.raises(Rejected) as refused:
        build_index("i", spec(p={"a": "+", "b": "+"}), values, YEARS, YEARS[0])
    assert refused.value.findings[0].where.variable == "b"
