"""Few clusters: agreement with other tables, leaving provinces out, a lone province."""

import numpy as np
import pytest

from pipeline.methods.mechanisms.few_clusters.spec import FewClustersTable
from tests.methods.estimated import TITLE, result_of, table_of, words_of

NAME = "tables/10_few_clusters"


def spec(**keys):
    return FewClustersTable.model_validate(
        {"kind": "few_clusters", "title": TITLE, "columns": [{}], **keys}
    )


def test_methods_agree_on_a_strong_effect(found):
    for c in found(NAME).columns:
        for p in (c.estimate.p, c.crv3.p, c.estimate.few, c.wcr31_p, c.permutation_p):
            assert p < 0.05
        assert c.estimate.value == pytest.approx(c.crv3.value, rel=1e-10)
        assert c.interval.low < c.estimate.value < c.interval.high
        assert c.lowest.value < c.estimate.value < c.highest.value
        assert c.needed == c.carriers == []


def test_the_headline_is_the_total_of_the_mechanisms_with_one_wild_p(found):
    total = found("tables/03_mechanisms").total
    assert found(NAME).columns[0].estimate == total


def test_leaving_a_province_out_is_the_model_without_it(found, demo, demo_panel):
    lowest = found(NAME).columns[0].lowest
    name = demo.unit_name(lowest.unit, "en")
    without = spec(columns=[{"sample": {"without": [name]}}])
    column = result_of(demo, demo_panel, without).columns[0]
    assert column.estimate.value == pytest.approx(lowest.value, rel=1e-8)


def test_p_values_in_brackets_of_a_regression_are_its_own(demo, demo_panel, found):
    column = found(NAME).columns[0]
    for method, wanted in (
        ("paths", column.permutation_p),
        ("wcr11", column.wcr11_p),
        ("wcr31", column.wcr31_p),
        ("crv3", column.crv3.p),
    ):
        own = demo.tables["tables/02_baseline"].model_copy(update={"brackets": method})
        result = result_of(demo, demo_panel, own, "tables/02_baseline")
        assert result.second[0] is None  # pooled: no province effects
        assert result.second[-1] == pytest.approx(wanted, rel=1e-9)


def test_webb_weights_are_said_and_other(demo, demo_panel, found):
    own = spec(weights="webb")
    result = result_of(demo, demo_panel, own)
    assert result.columns[0].interval != found(NAME).columns[0].interval
    assert "Webb" in words_of(table_of(demo, result, own))


def test_few_units_enumerate_their_sign_vectors(demo, demo_panel):
    names = ["Beijing", "Tianjin", "Hebei", "Shanxi", "Shandong", "Henan", "Hubei", "Hunan"]
    own = spec(model={"sample": {"provinces": names}})
    result = result_of(demo, demo_panel, own)
    assert result.draws == [2**8]
    assert "256 draws" in words_of(table_of(demo, result, own))


def test_the_province_that_alone_carries_the_treatment_is_named(demo, demo_panel, replaced):
    province = demo_panel.frame.index.get_level_values("province")
    lonely = replaced(nqp=np.where(province == 110000, demo_panel.frame["nqp"], 0.1))
    result = result_of(demo, lonely, spec())
    (column,) = result.columns
    assert column.crv3 is None
    assert column.needed == column.carriers == [110000]
    for language, name in (("en", "Beijing"), ("zh", "北京")):
        table = table_of(demo, result, spec(), language)
        text = words_of(table)
        assert name in text
        assert demo.label("nqp", language) in text
        assert "crv3_p" not in {row.key for row in table.rows}


def test_a_control_that_one_province_carries_is_not_said_of_the_treatment(
    demo, demo_panel, replaced
):
    province = demo_panel.frame.index.get_level_values("province")
    odd = np.where(province == 110000, demo_panel.frame["openness"], 1.0)
    result = result_of(demo, replaced(openness=odd), spec())
    assert result.columns[0].needed == [110000]
    assert result.columns[0].carriers == []
    text = words_of(table_of(demo, result, spec()))
    assert "not identified without Beijing" in text
    assert "carries" not in text


def test_the_table_names_each_columns_own_treatment(demo, found):
    for language in ("en", "zh"):
        table = table_of(demo, found(NAME), demo.tables[NAME], language)
        assert demo.label("nqp_equal", language) in words_of(table)
        rows = {row.key: row for row in table.rows}
        unit = found(NAME).columns[0].lowest.unit
        assert demo.unit_name(unit, language) in rows["left_out/lowest"].cells[0].text
        assert rows["wcr31_p"].cells[0].value == found(NAME).columns[0].wcr31_p
