"""The tests that coefficients are equal: against regressions, by simulation, and in words."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from pipeline.inference.moments import codes
from pipeline.inference.within import within_fit
from pipeline.methods.baseline.heterogeneity.estimate import wald
from pipeline.methods.baseline.heterogeneity.spec import HeterogeneityTable
from pipeline.methods.run import estimate
from pipeline.methods.shown import Named
from pipeline.panel.finding import Rejected
from pipeline.panel.provinces import BY_CODE
from pipeline.report.table import BLANK, Number, PValue, Range
from pipeline.results.estimate import Estimate
from pipeline.results.rows import Fit, Regression, Rows
from pipeline.study.choices import Sample
from pipeline.study.model import Model
from tests.methods.estimated import TITLE, result_of, say_in, table_of, words_of

GROUPS = {"east": ["east"], "rest": ["central", "west", "northeast"]}


def spec_of(groups=GROUPS, **keys):
    named = {"kind": "heterogeneity", "title": TITLE, "groups": groups, "draws": 99}
    labels = {g: {"en": f"the {g}", "zh": f"{g}组"} for g in groups}
    return HeterogeneityTable.model_validate({**named, "labels": labels, **keys})


@pytest.fixture(scope="module")
def found(demo, demo_panel):
    return result_of(demo, demo_panel, spec_of())


def test_wald_equals_separate_regressions_with_dummies(demo, demo_panel, found):
    """Two groups: F is the squared difference over the sum of the columns' variances, df of the
    smaller group."""
    slopes = []
    rows = demo_panel.frame[["uri", "nqp", *demo.spec.roles.controls]].dropna()
    east = np.array([BY_CODE[c].region == "east" for c in rows.index.get_level_values("province")])
    for part in (rows[east], rows[~east]):
        units, years = (part.index.get_level_values(k) for k in ("province", "year"))
        effects = [pd.get_dummies(units).to_numpy(float)]
        effects.append(pd.get_dummies(years).to_numpy(float)[:, 1:])
        full = np.column_stack([part.iloc[:, 1:].to_numpy(), *effects])
        groups = codes(units.to_numpy())
        ols = sm.OLS(part["uri"].to_numpy(), full).fit(
            cov_type="cluster", cov_kwds={"groups": groups}
        )
        # statsmodels counts the province dummies, the declared convention one constant instead
        n, k, g = len(part), full.shape[1], int(groups.max()) + 1
        slopes.append((ols.params[0], ols.cov_params()[0, 0] * (n - k) / (n - (k - g + 1)), g))
    (b1, v1, g1), (b2, v2, g2) = slopes
    test = found.equality.wald
    assert test.f == pytest.approx((b1 - b2) ** 2 / (v1 + v2), rel=1e-8)
    assert (test.df1, test.df2, found.equality.smallest) == (1, min(g1, g2) - 1, min(g1, g2))
    assert found.groups[1].difference.value == pytest.approx(b2 - b1, rel=1e-8)


def column(value, error, units):
    model = Model("y", "x", [], ["province", "year"], Sample())
    rows, fit = Rows(units * 13, units, 2011, 2023), Fit(0.1, 0.5, 0.0, 1.0)
    return Regression(model, rows, fit, {"x": Estimate(value, error)})


def test_wald_by_hand():
    """Differences 1 and 0 to the first, all variances 1: F(2, 8) of [[2, 1], [1, 2]]^-1."""
    test = wald([column(0, 1, 12), column(1, 1, 10), column(0, 1, 9)])
    assert test.f == pytest.approx(1 / 3) and (test.df1, test.df2) == (2, 8)


def test_wald_keeps_its_size():
    """True null, 10, 9 and 12 provinces, serial correlation: at most 7% of 600 draws reject at 5%
    (sampling error 0.9%)."""
    rng = np.random.default_rng(1)
    rejected = 0
    for _ in range(600):
        columns = []
        for g in (10, 9, 12):
            grid = np.meshgrid(np.arange(g), np.arange(13), indexing="ij")
            entity, time = (a.ravel() for a in grid)
            x, e = rng.normal(size=(2, g, 13))
            for t in range(1, 13):
                x[:, t] += 0.5 * x[:, t - 1]
                e[:, t] += 0.5 * e[:, t - 1]
            core = within_fit(e.ravel(), x.reshape(-1, 1), entity, time, entity)
            error = float(np.sqrt(core.covariance[0, 0]))
            columns.append(column(float(core.beta[0]), error, g))
        rejected += wald(columns).p < 0.05
    assert rejected / 600 < 0.07


def test_a_treatment_that_works_in_one_group_alone_is_found(demo, demo_panel):
    """uri rebuilt with twice the slope in the east: every test rejects, the differences say it."""
    east = [BY_CODE[c].region == "east" for c in demo_panel.frame.index.get_level_values(0)]
    frame = demo_panel.frame.assign(uri=lambda f: f["uri"] + 2 * f["nqp"] * np.array(east))
    found = result_of(demo, replace(demo_panel, frame=frame), spec_of(draws=199))
    tests = found.equality
    assert max(tests.wald.p, tests.interaction.p, tests.bootstrap_p, tests.permutation_p) < 0.05
    assert found.groups[1].difference.interval.high < 0 and tests.p == tests.permutation_p


def test_rows_of_differences_leave_the_first_group_blank(demo, found):
    table = table_of(demo, found, spec_of())
    rows = {row.key: row.cells for row in table.rows}
    difference = found.groups[1].difference
    assert rows["difference"] == (BLANK, Number(difference.value, "coefficients"))
    ends = difference.interval.low, difference.interval.high
    assert rows["difference/interval"] == (BLANK, Range(*ends))
    assert rows["difference/p"] == (BLANK, PValue(difference.p))
    assert [h.text for h in table.headings[1]] == ["the east", "the rest"]
    assert "Wald" in words_of(table) and "permuted" in words_of(table)


def test_groups_of_years_say_no_tests_of_groups_of_units(demo, demo_panel):
    asked = spec_of({"a": {"years": [2011, 2016]}, "b": {"years": [2017, 2023]}})
    result = result_of(demo, demo_panel, asked)
    said = words_of(table_of(demo, result, asked))
    assert result.equality.wald is None and result.equality.permutation_p is None
    assert "Wald" not in said and "permuted" not in said
    assert result.equality.p == result.equality.bootstrap_p


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("p", "verdict"), [(0.049, "rejected"), (0.05, "not_rejected")])
def test_the_summary_names_groups_and_the_verdict_of_the_test_that_decides(
    demo, found, language, p, verdict
):
    from pipeline.methods.baseline.heterogeneity.summary import summary

    result = replace(found, equality=replace(found.equality, permutation_p=p, bootstrap_p=0.5))
    say = say_in(demo, spec_of(), language)
    (text,) = summary(Named("x", "7", spec_of(), result), say)
    assert say(verdict) in text and say("table_ref", number="7") in text
    for group in found.groups:
        assert group.label.in_language(language) in text
        assert say.number(group.regression.treatment.value) in text
    weak = sum(not g.regression.treatment.differs for g in found.groups)
    assert text.count(" (does not differ from zero)") + text.count("（不异于零）") == weak


def test_columns_and_tests_are_of_one_model(demo):
    """The tests absorb unit effects: a table whose columns do not is refused."""
    keys = {"model": {"effects": ["year"]}}
    codes_found = [f.code for f in spec_of(**keys).problems(demo, "x.toml", True)]
    assert codes_found == ["effects"]
    assert not list(spec_of(model={"effects": ["province"]}).problems(demo, "x.toml", True))


def test_draws_that_identify_nothing_are_a_refusal(demo, demo_panel):
    """A control that moves in one province of each group: a draw without it is dropped; one that
    does not move in a group at all is refused."""
    frame = demo_panel.frame.copy()
    units = frame.index.get_level_values("province")
    noise = np.random.default_rng(0).normal(size=len(frame))
    frame["openness"] = np.where(np.isin(units, [110000, 510000]), noise, 0.0)
    panel = replace(demo_panel, frame=frame)
    result = estimate(demo, panel, "tables/x", spec_of())
    assert 0 < result.equality.draws.dropped < 99
    frame["openness"] = np.where(units == 510000, noise, 0.0)
    with pytest.raises(Rejected) as refused:
        estimate(demo, panel, "tables/x", spec_of())
    assert {f.code for f in refused.value.findings} == {"collinear"}
