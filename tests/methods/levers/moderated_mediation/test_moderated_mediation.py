"""Moderated mediation is two regressions with explicit interactions."""

import pytest

from pipeline.methods.levers.moderated_mediation.spec import ModeratedMediationTable
from tests.methods.estimated import TITLE, table_of, words_of

NAME = "tables/15_moderated_mediation"


def one(found, name, **keys):
    spec = ModeratedMediationTable(kind="moderated_mediation", title=TITLE, **keys)
    (column,) = found(name, spec).columns
    return spec, column


def test_a_pair_is_two_regressions(study, found, rows_with, own, regression, same):
    for pair in found(NAME).columns:
        lever, m = pair.lever, pair.mechanism
        rows, held = rows_with([lever], [m]), [*own(lever), *study.spec.roles.controls]
        first = regression(rows, m, ["nqp", f"nqp:{lever}", *held])
        second = regression(rows, "uri", [m, f"{m}:{lever}", "nqp", f"nqp:{lever}", *held])
        same(pair.a.mean, *first, 0)
        same(pair.a.change, *first, 1)
        for k, path in enumerate((pair.b, pair.direct)):
            same(path.mean, *second, 2 * k)
            same(path.change, *second, 2 * k + 1)
        (a, change), (b, moved) = first[0].iloc[:2], second[0].iloc[:2]
        for along, at in ((pair.low, -1), (pair.middle, 0), (pair.high, 1)):
            wanted = (a + at * change) * (b + at * moved)
            assert along.value == pytest.approx(wanted, rel=1e-8)
        assert pair.index.value == pytest.approx(change * b + a * moved, rel=1e-8)


def test_where_the_lever_moves_a_alone_the_index_is_its_change_times_b(
    study, found, rows_with, regression, same
):
    keys = {"pairs": [["p2", "information"]], "moderates": ["a"]}
    spec, pair = one(found, "tables/a_alone", **keys)
    rows = rows_with(["p2"], ["information"])
    wanted = regression(rows, "uri", ["information", "nqp", "p2", *study.spec.roles.controls])
    same(pair.b.mean, *wanted, 0)
    assert pair.index.value == pytest.approx(pair.a.change.value * pair.b.mean.value, rel=1e-10)
    assert pair.b.change is None and pair.direct.change is None
    keys = {row.key for row in table_of(study, found("tables/a_alone"), spec).rows}
    assert keys.isdisjoint({"b/change", "direct/p"}) and {"a/change", "a/p", "index"} <= keys


def test_where_the_lever_moves_the_direct_path_alone_there_is_no_index(study, found):
    keys = {"pairs": [["p1", "services"]], "moderates": ["direct"]}
    spec, pair = one(found, "tables/direct_alone", **keys)
    assert pair.index is None
    keys = {row.key for row in table_of(study, found("tables/direct_alone"), spec).rows}
    assert keys.isdisjoint({"index", "index/interval"})


def test_one_change_of_a_has_one_p_value_wherever_it_stands(found):
    levers = {row.lever: row for row in found("tables/20_levers").levers}
    for pair in found(NAME).columns:
        if levers[pair.lever].moves == pair.mechanism:
            arrow = levers[pair.lever].tested.arrow
            assert pair.a.change.few == arrow.few
            assert pair.a.change.value == pytest.approx(arrow.value, rel=1e-12)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_table_prints_tests_below_their_changes(study, found, language):
    spec, result = study.tables[NAME], found(NAME)
    table = table_of(study, result, spec, language)
    keys = [row.key for row in table.rows]
    assert keys[:9] == [f"{p}/{k}" for p in ("a", "b", "direct") for k in ("mean", "change", "p")]
    rows = {row.key: row for row in table.rows}
    for i, pair in enumerate(result.columns):
        assert rows["b/p"].cells[i].value == pair.b.change.few
        assert rows["high"].cells[i].estimate == pair.high
        assert rows["index/interval"].cells[i].low == pair.index.low
    assert f"{result.wild:,}" in words_of(table)


def test_specs_refuse_pairs_that_play_two_parts(study):
    def codes(*pairs):
        table = ModeratedMediationTable(kind="moderated_mediation", title=TITLE, pairs=[*pairs])
        return [f.code for f in table.problems(study, "x.toml", True)]

    assert codes(["p2", "information"]) == []
    assert codes(["p2", "information"], ["p2", "information"]) == ["lever-twice"]
    assert codes(["p2", "p3"]) == ["lever-is-role"]
    assert codes(["p2", "uri"]) == ["role-twice"]
    assert codes(["openness", "openness"]) == ["role-twice"]
    assert codes(["p2", "nowhere"]) == ["unknown-variable"]
    assert codes(["p2", study.lever_proxies["p2"]]) == ["indicator-in-two-roles"]
