"""Many tests: adjusted p-values, agreement with other tables."""

from tests.methods.estimated import table_of, words_of

NAME = "tables/11_multiple_tests"


def test_adjusted_p_values_are_no_smaller(found):
    for t in found(NAME).tests:
        for adjusted in (t.romano_wolf_p, t.westfall_young_p, t.benjamini_hochberg_p):
            assert adjusted >= t.wcr11_p - 1e-12


def test_one_regression_has_one_wild_p_value_wherever_it_stands(found):
    own = {t.model.outcome: t.estimate for t in found(NAME).tests}
    for m in found("tables/03_mechanisms").mechanisms:
        assert own[m.mediator].few == m.a.few
        assert own[m.mediator].value == m.a.value


def test_the_table_has_a_column_an_outcome(demo, found):
    result = found(NAME)
    for language in ("en", "zh"):
        table = table_of(demo, result, demo.tables[NAME], language)
        rows = {row.key: row for row in table.rows}
        assert table.columns == len(result.tests) == 9
        assert rows["treatment"].label == demo.label("nqp", language)
        assert rows["romano_wolf"].cells[4].value == result.tests[4].romano_wolf_p
        assert rows["westfall_young"].cells[4].value == result.tests[4].westfall_young_p
        assert f"{result.draws:,}" in words_of(table)
