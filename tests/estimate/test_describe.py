import numpy as np
import pytest

from pipeline.estimate.describe import descriptives, weights
from pipeline.study.kinds import Descriptives, Weights

TEXT = {"en": "x", "zh": "x"}


def test_descriptives_split_into_between_and_within(demo, demo_panel):
    spec = Descriptives.model_validate(
        {"kind": "descriptives", "title": TEXT, "variables": ["uri"]}
    )
    by = {
        c.key: c.term("uri").estimate
        for c in descriptives(demo, demo_panel, "tables/x", spec).columns
    }
    x = demo_panel.frame["uri"].to_numpy().reshape(31, 13)
    assert by["n"] == 403 and by["median"] == pytest.approx(np.median(x))
    assert by["between"] == pytest.approx(x.mean(axis=1).std(ddof=1))
    assert by["within"] == pytest.approx((x - x.mean(axis=1, keepdims=True)).std(ddof=1))
    assert by["sd"] == pytest.approx(x.std(ddof=1))


def test_weights_table_adds_up(demo, demo_panel):
    result = weights(
        demo,
        demo_panel,
        "t",
        Weights.model_validate({"kind": "weights", "title": TEXT, "index": "nqp"}),
    )
    for column in result.columns[:-1]:
        assert sum(t.estimate for t in column.terms) == pytest.approx(1)
    assert [c.key for c in result.columns][-1] == "entropies" and {"entropy", "equal", "pca"} < {
        c.key for c in result.columns
    }
