"""What the first page says of regressions: the headline, whatever stands beside it."""

from dataclasses import replace

import pytest

from pipeline.methods.baseline.regression.spec import RegressionTable
from pipeline.methods.baseline.regression.summary import summary
from pipeline.methods.shown import Named
from pipeline.results.estimate import Estimate, Interval
from pipeline.study.schema import Headline
from tests.methods.estimated import TITLE, result_of, say_in, table_of, words_of

OWN = {}
BARE = {"controls": []}
OTHER = {"outcome": "services"}


def spec_of(*columns, **keys):
    named = {"kind": "regression", "title": TITLE, "columns": list(columns)}
    return RegressionTable.model_validate({**named, **keys})


def study_of(demo, spec, declared=None):
    model = demo.spec.model_copy(update={"headline": declared})
    return replace(demo, spec=model, tables={"tables/02_x": spec})


def told(study, result, spec, language="en", number="2"):
    return summary(Named("02_x", number, spec, result), say_in(study, spec, language))


def with_treatments(result, *estimates):
    """The result with other coefficients of its treatments."""
    columns = [
        replace(c, coefficients={**c.coefficients, c.model.treatment: e})
        for c, e in zip(result.columns, estimates, strict=True)
    ]
    return replace(result, columns=columns)


def made(value, p=0.01, few=None):
    return Estimate(value, 0.1, value / 0.1, p, Interval(value - 0.2, value + 0.2), few, "wcr11")


@pytest.fixture(scope="module")
def two(demo, demo_panel):
    spec = spec_of(BARE, OWN)
    return spec, result_of(demo, demo_panel, spec)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_regression_on_another_outcome_changes_nothing(demo, demo_panel, two, language):
    spec, result = two
    longer = spec_of(BARE, OWN, OTHER)
    more = result_of(demo, demo_panel, longer)
    wanted = told(study_of(demo, spec), result, spec, language)
    assert told(study_of(demo, longer), more, longer, language) == wanted
    assert demo.label("uri", language) in wanted[0]
    assert demo.label("services", language) not in "".join(wanted)


def test_reversed_columns_change_places_and_no_number(demo, demo_panel, two):
    spec, result = two
    reverse = spec_of(OWN, BARE)
    back = told(study_of(demo, reverse), result_of(demo, demo_panel, reverse), reverse)
    forth = told(study_of(demo, spec), result, spec)
    assert "column (2)" in forth[0] and "column (1)" in back[0]
    assert forth[0].replace("column (2)", "column (1)") == back[0]


def test_the_headline_names_its_numbers(demo, two):
    spec, result = two
    column = result.columns[1]
    (first, second) = told(study_of(demo, spec), result, spec)
    t = column.treatment
    for part in ("Table 2", f"{t.value:.3f}", f"({t.error:.3f};", f"[{t.low:.3f}, {t.high:.3f}]"):
        assert part in first
    assert f"N = {column.rows.observations} in {column.rows.units} provinces" in first
    for i, c in enumerate(result.columns, start=1):
        assert f"({i}) {c.treatment.value:.3f}" in second


@pytest.mark.parametrize(
    ("estimate", "answer"),
    [
        (made(0.3), "positive"),
        (made(-0.3), "negative"),
        (made(0.3, 0.2), "no_evidence"),
        (made(0.3, 0.01, 0.2), "positive_by_clusters"),
        (made(-0.3, 0.01, 0.2), "negative_by_clusters"),
        (made(0.3, 0.2, 0.01), "positive"),
        (made(0.3, 0.2, 0.3), "no_evidence"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_answer_is_that_of_the_test_that_decides(demo, two, estimate, answer, language):
    spec, result = two
    found = with_treatments(result, made(0.1), estimate)
    study = study_of(demo, spec)
    text = told(study, found, spec, language)[0]
    colon = {"en": ": ", "zh": "："}[language]
    assert f"{colon}{say_in(study, spec, language)(answer)}" in text
    assert ("WCR11" in text) == (estimate.few is not None)


def test_a_column_of_the_other_sign_is_said(demo, two):
    spec, result = two
    flipped = with_treatments(result, made(-0.2), made(0.3))
    assert "depends on the specification" in told(study_of(demo, spec), flipped, spec)[1]
    assert "depends" not in "".join(told(study_of(demo, spec), result, spec))


def test_another_table_says_its_range_and_the_columns_that_turn_it(demo, two):
    spec, result = two
    study = study_of(demo, spec, Headline(table="09_other", column=1))
    (text,) = told(study, with_treatments(result, made(0.2, 0.2), made(-0.3)), spec)
    assert "from -0.300 to 0.200; 1 differ" in text and "columns (2)" in text
    (same,) = told(study, with_treatments(result, made(0.2), made(0.3)), spec)
    assert "from 0.200 to 0.300; 2 differ" in same and "opposite" not in same


def test_tables_of_several_outcomes_are_listed_column_by_column(demo, demo_panel):
    spec = spec_of(BARE, OTHER)
    result = with_treatments(result_of(demo, demo_panel, spec), made(0.2, 0.2), made(0.3))
    (text,) = told(study_of(demo, spec), result, spec)
    assert f"(1) {demo.label('uri', 'en')} 0.200 (does not differ" in text
    assert f"(2) {demo.label('services', 'en')} 0.300" in text
    aligned = spec_of(BARE, OTHER, align=True)
    assert "over 2 columns" in told(study_of(demo, aligned), result, aligned)[0]


def test_a_table_of_one_column_is_no_range(demo, two):
    _, result = two
    one = spec_of(BARE)
    (text,) = told(study_of(demo, one), replace(result, columns=result.columns[:1]), one)
    assert "columns" not in text and f"(1) {demo.label('uri', 'en')}" in text


def test_a_province_that_alone_carries_the_treatment_is_said_beside_the_headline(demo, demo_panel):
    here = demo_panel.frame.index.get_level_values("province") == 110000
    nqp = demo_panel.frame["nqp"].where(here, 0.1)
    spec = spec_of(OWN)
    study = study_of(demo, spec)
    result = result_of(demo, replace(demo_panel, frame=demo_panel.frame.assign(nqp=nqp)), spec)
    for language, said in (
        ("en", "Beijing alone carries the treatment's variation"),
        ("zh", "变动仅来自北京"),
    ):
        assert said in told(study, result, spec, language)[0]
        assert said in words_of(table_of(study, result, spec, language))
    bare = replace(result, columns=[replace(result.columns[0], carrier=None)])
    assert "alone carries" not in told(study, bare, spec)[0]
