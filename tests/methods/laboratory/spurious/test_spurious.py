"""Null panels: what sharing makes of coefficients and rejections, and what is said of it."""

from dataclasses import replace

import pytest

from pipeline.panel.finding import Rejected
from pipeline.report.table import BLANK
from pipeline.study.check_specs import check_spec
from pipeline.study.choices import ModelChoice, Sample
from tests.methods.estimated import cautions_of, only, result_of, table_of, words_of


def test_null_panels_reject_more_with_every_shared_indicator(first):
    cases = first("spurious").cases
    assert [(c.sharing, c.shared) for c in cases] == [("none", 0), ("more", 1), ("more", 2)]
    rates, means = [c.rejects for c in cases], [c.mean for c in cases]
    assert rates[0] < 0.11 and rates[0] < rates[2] and abs(means[0]) < 0.02 < means[1] < means[2]
    for c in cases:
        assert c.range.holds(c.mean) and c.sd > 0


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_caution_names_the_rate_with_nothing_shared_and_where_it_stands(first, demo, language):
    _, spec = only(demo, "spurious")
    result = first("spurious")
    said = cautions_of(demo, result, spec, language)
    assert f"{100 * result.cases[0].rejects:.1f}%" in said and "(1)" in said and "7" in said
    assert f"{100 * result.cases[1].rejects:.1f}%" not in said
    declared = replace(result.cases[1], sharing="declared", rejects=0.125)
    shared = replace(result, cases=[result.cases[0], declared])
    assert "12.5%" in cautions_of(demo, shared, spec, language)
    table = table_of(demo, shared, spec, language)
    assert len(table.rows) == 9 and table.columns == 2


def test_the_size_of_every_test_is_shown_where_nothing_is_shared(first, demo):
    """The tests for few clusters reject less than clustered errors."""
    _, spec = only(demo, "spurious")
    result = first("spurious")
    assert set(result.sizes) == {"cr2", "crv3", "wcr11", "wcr31", "paths"} and result.each == 199
    assert all(0 < result.sizes[test] < 0.08 for test in result.sizes)
    assert result.sizes["cr2"] < result.cases[0].rejects
    own = f"{100 * result.sizes['paths']:.1f}%"
    assert f"those by permuted paths, which decide in this study, {own}" in cautions_of(
        demo, result, spec
    )
    rows = {row.key: row for row in table_of(demo, result, spec).rows}
    assert rows["size/paths"].cells[0].value == result.sizes["paths"]
    assert rows["size/paths"].cells[1] == BLANK and "size/t" not in rows


@pytest.mark.parametrize(
    ("by_t", "sizes", "chosen", "english", "chinese"),
    [
        (0.2, {"cr2": 0.01, "paths": 0.05}, "paths", "it is the one that decides", "即以其为"),
        (0.05, {"cr2": 0.01, "paths": 0.2}, "t", "this study decides by", "以路径置换检验为"),
        (0.2, {"paths": 0.3}, None, "No test keeps its size", "没有检验能保持"),
    ],
)
def test_the_panel_says_which_test_it_asks_for(first, demo, by_t, sizes, chosen, english, chinese):
    """The bound is 5% and twice the simulation's error: 6.95% with 499 panels."""
    _, spec = only(demo, "spurious")
    result = first("spurious")
    case = replace(result.cases[0], rejects=by_t)
    result = replace(result, sizes=sizes, cases=[case, *result.cases[1:]])
    assert result.chosen == chosen
    for language, words in (("en", english), ("zh", chinese)):
        assert words in words_of(table_of(demo, result, spec, language))


def test_no_more_indicators_are_shared_than_there_are(demo, demo_panel):
    name, spec = only(demo, "spurious")
    asked = spec.model_copy(update={"draws": 99, "more": [9, 10]})
    result = result_of(demo, demo_panel, asked, name)
    assert [c.shared for c in result.cases] == [0, 9]


def test_roles_that_are_no_indices_and_few_provinces_are_refused(demo, demo_panel):
    name, spec = only(demo, "spurious")
    model = ModelChoice(outcome="urban_rate", treatment="schooling")
    with pytest.raises(Rejected, match="no index"):
        result_of(demo, demo_panel, spec.model_copy(update={"model": model}), name)
    frame = demo_panel.frame.copy()
    gaps = [p.code for p in demo.provinces[9:]]
    frame.loc[(gaps, 2015), "schooling"] = float("nan")
    with pytest.raises(Rejected, match="9 provinces with all indicators"):
        result_of(demo, replace(demo_panel, frame=frame), spec, name)


@pytest.mark.parametrize(
    ("change", "code"),
    [({"sample": Sample(without_years=[2015])}, "sample"), ({"effects": ["year"]}, "effects")],
)
def test_a_model_that_is_not_simulated_is_refused(demo, change, code):
    _, spec = only(demo, "spurious")
    asked = spec.model_copy(update={"model": ModelChoice(**change)})
    study = replace(demo, tables={**demo.tables, "tables/28_spurious": asked})
    found = list(check_spec(study, "tables/28_spurious", asked, sound=True))
    assert [f.code for f in found] == [code]
