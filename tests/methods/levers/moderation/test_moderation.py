"""Moderation tables against linearmodels with explicit interactions."""

import pytest

from tests.methods.estimated import table_of, words_of
from tests.methods.levers.conftest import LEVERS

CHALLENGES, PATHS = "tables/13_moderation_challenges", "tables/14_moderation_paths"


def columns(found, name):
    return {c.lever: c for c in found(name).columns}


@pytest.mark.parametrize("lever", LEVERS)
def test_a_column_is_a_regression_with_an_explicit_interaction(
    study, demo_panel, found, rows_with, own, regression, same, lever
):
    column = columns(found, CHALLENGES if lever[0] == "c" else PATHS)[lever]
    rows, controls = rows_with([lever]), study.spec.roles.controls
    wanted = regression(rows, "uri", [f"nqp:{lever}", "nqp", *own(lever), *controls])
    same(column.interaction, *wanted, 0)
    same(column.at_mean, *wanted, 1)
    assert (column.own is None) == (not own(lever))
    if column.own:
        same(column.own, *wanted, 2)
    assert column.rows.observations == len(rows)
    values = demo_panel.frame.loc[rows.index, lever]
    assert (column.mean, column.sd) == pytest.approx((values.mean(), values.std()), rel=1e-12)


def test_effects_at_values_of_the_lever_are_those_of_the_regression(found, rows_with):
    for lever, column in columns(found, PATHS).items():
        z = rows_with([lever])[lever]
        for effect, at in ((column.low, 0.1), (column.middle, 0.5), (column.high, 0.9)):
            wanted = column.at_mean.value + column.interaction.value * z.quantile(at)
            assert effect.value == pytest.approx(wanted, rel=1e-10)


def test_shares_of_the_sample_are_counted_at_every_row(found, rows_with):
    for lever, column in columns(found, PATHS).items():
        z = rows_with([lever])[lever]
        effects = column.at_mean.value + column.interaction.value * z
        assert column.positive <= (effects > 0).mean() and column.negative <= (effects < 0).mean()
        assert 0 <= column.positive + column.negative <= 1


def test_all_levers_jointly_are_one_regression(study, found, rows_with, own, regression, same):
    levers = ["c1", "c2", "c3", "c4", "c5", "c6"]
    rows, controls = rows_with(levers), study.spec.roles.controls
    products = [f"nqp:{k}" for k in levers]
    wanted = regression(rows, "uri", [*products, "nqp", *own(*levers), *controls])
    for k, lever in enumerate(levers):
        same(columns(found, CHALLENGES)[lever].joint, *wanted, k)
    assert found(CHALLENGES).joint_rows == len(rows)


def test_the_wild_test_decides_about_interactions(found):
    column = columns(found, CHALLENGES)["c2"]
    assert column.interaction.test == column.joint.test == column.at_mean.test == "wcr31"
    assert column.interaction.decides == column.interaction.few != column.interaction.p


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_table_prints_each_number_at_its_lever(study, found, language):
    spec, result = study.tables[CHALLENGES], found(CHALLENGES)
    table = table_of(study, result, spec, language)
    rows = {row.key: row for row in table.rows}
    assert [h.text[:2] for h in table.headings[1]] == ["C1", "C2", "C3", "C4", "C5", "C6"]
    for i, column in enumerate(result.columns):
        assert rows["interaction"].cells[i].estimate == column.interaction
        assert rows["wild"].cells[i].value == column.interaction.few
        assert rows["joint"].cells[i].estimate == column.joint
        assert (
            rows["interaction_interval"].cells[i].low,
            rows["interaction_interval"].cells[i].high,
        ) == (
            column.bootstrap.low,
            column.bootstrap.high,
        )
        assert rows["positive"].cells[i].value == column.positive
        assert rows["sd"].cells[i].value == column.sd
    assert study.label("nqp", language) in rows["interaction"].label
    assert f"N = {result.joint_rows}" in words_of(table)


def test_a_table_without_the_joint_model_does_not_speak_of_it(study, found):
    spec = study.tables[PATHS].model_copy(update={"jointly": False, "levers": ["p1", "p2"]})
    result = found("tables/alone", spec)
    table = table_of(study, result, spec)
    assert "joint" not in {row.key for row in table.rows}
    assert "All at once" not in words_of(table) and "Absorbed" not in words_of(table)


def test_a_variable_that_is_no_declared_lever_is_of_the_same_year(study, found):
    spec = study.tables[PATHS].model_copy(update={"jointly": False, "levers": ["services"]})
    model = spec.model.model_copy(update={"controls": []})
    spec = spec.model_copy(update={"model": model})
    result = found("tables/any_variable", spec)
    assert result.timing == {"services": "current"}
    assert study.label("services", "en") + " of the same year" in words_of(
        table_of(study, result, spec)
    )
