"""Mechanisms together: identities, agreement with one at a time, the table."""

from dataclasses import replace

import pytest

from pipeline.results.estimate import Estimate
from tests.methods.estimated import table_of

NAME = "tables/07_parallel"


@pytest.fixture(scope="module")
def result(found):
    return found(NAME)


def test_the_parts_add_up_exactly(result):
    parts = sum(p.indirect.value for p in result.parts)
    assert result.together.value == pytest.approx(parts, rel=1e-12)
    assert result.direct.value + parts == pytest.approx(result.total.value, rel=1e-12)


def test_correlations_are_symmetric(result):
    of = {p.mediator: p.correlations for p in result.parts}
    for one in of:
        assert one not in of[one]
        for other in of[one]:
            assert of[one][other] == pytest.approx(of[other][one])
            assert abs(of[one][other]) <= 1


def test_a_and_total_are_those_of_one_mechanism_at_a_time(result, found):
    single = {m.mediator: m for m in found("tables/03_mechanisms").mechanisms}
    for part in result.parts:
        assert part.a == single[part.mediator].a
        assert result.total == single[part.mediator].second.effects.total


def test_shares_follow_the_test_that_decides_about_the_total(result):
    spoiled = replace(result.total, few=0.2)
    assert spoiled.p < 0.05
    assert replace(result, total=spoiled).share(result.together) is None
    assert result.share(Estimate(result.total.value)) == 1.0


def test_the_table_has_a_column_for_all_together(demo, result):
    for language in ("en", "zh"):
        table = table_of(demo, result, demo.tables[NAME], language)
        rows = {row.key: row for row in table.rows}
        assert table.columns == 5
        assert rows["b"].cells[0].estimate == result.parts[0].b
        assert rows["indirect"].cells[-1].estimate == result.together
        assert rows["direct"].cells[-1].estimate == result.direct
        assert rows["correlation/services"].cells[0].value == pytest.approx(
            result.parts[0].correlations["services"]
        )
