"""The coefficient against common trends: numbers of the core, refusals, verdict, words."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.inference.few_clusters import regions
from pipeline.inference.moments import codes
from pipeline.inference.trends import cce
from pipeline.inference.within import within_fit
from pipeline.methods.baseline.common_trends.result import Companion
from pipeline.methods.baseline.common_trends.spec import CommonTrendsTable
from pipeline.panel.provinces import BY_CODE
from pipeline.results.estimate import Estimate
from pipeline.study.choices import ModelChoice
from tests.methods.estimated import TITLE, cautions_of, result_of, table_of, words_of

NAME = "tables/37_common_trends"


def spec(**model):
    keys = {"kind": "common_trends", "title": TITLE, "model": ModelChoice(**model)}
    return CommonTrendsTable.model_validate(keys)


def by_key(result):
    return {c.key: c for c in result.companions}


@pytest.fixture(scope="module")
def columns(demo, demo_panel):
    """Outcome, treatment, controls and the codes of units and years of the headline."""
    roles = demo.spec.roles
    frame = demo_panel.frame[[roles.outcome, roles.treatment, *roles.controls]].dropna()
    unit, year = (codes(frame.index.get_level_values(k)) for k in ("province", "year"))
    return frame, unit, year


def test_each_companion_is_its_methods_number(found, columns):
    frame, unit, year = columns
    values = frame.to_numpy(float)
    y, x, controls = values[:, 0], values[:, 1], values[:, 2:]
    result = by_key(found(NAME))
    region = codes([BY_CODE[c].region for c in frame.index.get_level_values("province")])
    groups = regions.group_estimates(y, x, controls, unit, year, region)
    mean = result["group_means"].estimate
    assert mean.value == pytest.approx(groups.estimates.mean(), rel=1e-12)
    assert mean.error == pytest.approx(groups.estimates.std(ddof=1) / 2, rel=1e-12)
    trends = np.eye(31)[unit] * year[:, None]
    dummies = np.column_stack([x, controls, trends[:, 1:]])
    beside = result["unit_trends"].estimate
    fitted = within_fit(y, dummies, unit, year, unit)
    assert beside.value == pytest.approx(fitted.beta[0], rel=1e-8)
    paths = values.reshape(31, 13, -1)
    pooled = cce.pooled(paths[..., 0], paths[..., 1:])
    assert result["correlated"].estimate.value == pytest.approx(float(pooled.beta[0]), rel=1e-12)
    assert result["two_way"].estimate.test == "paths" and beside.test == "wcr31"


def test_the_headline_is_the_one_of_the_baseline(found):
    own, baseline = found(NAME).own, found("tables/02_baseline").columns[3].treatment
    assert (own.few, own.test) == (baseline.few, baseline.test)
    assert (own.value, own.error) == pytest.approx((baseline.value, baseline.error), rel=1e-10)


def test_a_method_that_cannot_be_used_says_why_and_stops_no_other(demo, demo_panel):
    three = spec(sample={"years": [2015, 2017]})
    result = result_of(demo, demo_panel, three)
    reasons = {c.key: c.reason for c in result.companions}
    assert reasons["correlated"] == "short" and result.companions[0].estimate is not None
    few = spec(sample={"provinces": ["Beijing", "Hebei", "Sichuan", "Yunnan", "Hunan"]})
    result = result_of(demo, demo_panel, few)
    assert by_key(result)["interactive"].reason == "few_units"
    assert result.factors is None
    one = spec(sample={"regions": ["east"]})
    assert by_key(result_of(demo, demo_panel, one))["group_means"].reason == "few_groups"
    for language, words in (("en", "too few complete provinces"), ("zh", "完整省份过少")):
        cells = [str(row.cells[0]) for row in table_of(demo, result, few, language).rows]
        assert any(words in cell for cell in cells)


def changed(result, key, value, p):
    """The result with another estimate of one method."""
    new = Companion(key, Estimate(value, 0.1, value / 0.1, p), 31)
    companions = [new if c.key == key else c for c in result.companions]
    return replace(result, companions=companions)


@pytest.mark.parametrize(
    ("key", "value", "p", "verdict"),
    [
        ("correlated", 0.3, 0.0999, "robust"),
        ("correlated", 0.3, 0.1001, "not_robust"),
        ("correlated", -0.3, 0.001, "not_robust"),
        ("two_way", 0.3, 0.06, "not_robust"),
    ],
)
def test_the_verdict(demo, found, key, value, p, verdict):
    result = changed(found(NAME), key, value, p)
    assert result.verdict == verdict
    assert result.objections == ([key] if verdict == "not_robust" else [])
    said = cautions_of(demo, result, demo.tables[NAME])
    assert ("does not hold: " in said) == (verdict == "not_robust") and ": ." not in said


def test_too_few_companions_decide_nothing(demo, found):
    result = found(NAME)
    two = [
        c if i < 3 else replace(c, estimate=None, reason="short")
        for i, c in enumerate(result.companions)
    ]
    few = replace(result, companions=two)
    assert few.verdict == "undecided" and len(few.used) == 2
    assert "does not allow to say" in cautions_of(demo, few, demo.tables[NAME])
    assert "无法判断" in cautions_of(demo, few, demo.tables[NAME], "zh")


def test_what_is_said_of_it(demo, found):
    own, result = demo.tables[NAME], found(NAME)
    assert result.verdict == "robust" and "holds against every method used" in cautions_of(
        demo, result, own
    )
    weak = changed(result, "correlated", 0.3, 0.4)
    text = cautions_of(demo, weak, own)
    assert "does not hold: Common correlated effects (CRV3) 0.300 (p = 0.400)" in text
    assert "不成立" in cautions_of(demo, weak, own, "zh")
    told = words_of(table_of(demo, result, own))
    assert demo.label("nqp", "en") in told and demo.label("uri", "en") in told
