"""What could have been found: positive, near that of the mediation table, one row a quantity."""

from dataclasses import replace

import pytest
from pydantic import ValidationError

from pipeline.methods.levers.power.spec import PowerTable
from tests.methods.estimated import TITLE, say_in, table_of, words_of
from tests.methods.levers.conftest import LEVERS

NAME = "tables/21_power"


def test_what_could_have_been_found_is_positive_and_near_that_of_the_mediation_table(study, found):
    power = found(NAME)
    single = {m.mediator: m.second for m in found("tables/03_mechanisms").mechanisms}
    assert list(power.indirect) == study.spec.roles.mediators
    assert list(power.interactions) == LEVERS
    assert power.total.least > 0
    for mediator, row in power.indirect.items():
        assert row.least > 0 and row.estimate.error is None
        assert row.least == single[mediator].detectable
        assert row.tests == [single[mediator].effects.a.test] == ["paths"]
        indirect = single[mediator].effects.indirect
        assert row.estimate.value == pytest.approx(indirect.value, rel=1e-12)


def test_a_single_test_finds_smaller_changes_than_one_adjusted_over_all(found):
    power, levers = found(NAME), found("tables/20_levers")
    for row in levers.levers:
        own = power.interactions[row.lever]
        assert own.estimate.value == row.tested.interaction.value
        assert 0.5 < own.least / row.tested.detectable < 1
        assert own.tests == ["wcr31"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_table_has_a_row_a_quantity_under_its_heading(study, found, language):
    spec, result = study.tables[NAME], found(NAME)
    table = table_of(study, result, spec, language)
    rows = {row.key: row.cells for row in table.rows if hasattr(row, "key")}
    assert list(rows) == ["total", *study.spec.roles.mediators, *LEVERS]
    assert rows["total"][2].value == result.total.least
    assert rows["c3"][1].value == result.interactions["c3"].estimate.error
    assert rows["c3"][1].brackets
    assert rows["total"][3].value == result.total.size
    words, say = words_of(table), say_in(study, spec, language)
    assert "80%" in words and f"{result.draws.used:,}" in words
    assert say("test_paths") in words
    assert say("tests_interactions", tests=say("test_wcr31")) in words
    headings = [row.label for row in table.rows if not hasattr(row, "key")]
    assert len(headings) == 3 and study.label("nqp", language) in headings[0]


def test_a_study_without_mediators_has_no_heading_for_them(study, found):
    spec = study.tables[NAME]
    bare = replace(found(NAME), indirect={})
    table = table_of(study, bare, spec)
    assert len([row for row in table.rows if not hasattr(row, "key")]) == 2
    assert "both a and b" not in words_of(table)


@pytest.mark.parametrize("draws", [98, 10_000])
def test_outcomes_are_enough_for_a_share_and_fit_into_memory(draws):
    assert PowerTable(kind="power", title=TITLE).draws == 400
    with pytest.raises(ValidationError, match="draws"):
        PowerTable(kind="power", title=TITLE, draws=draws)
