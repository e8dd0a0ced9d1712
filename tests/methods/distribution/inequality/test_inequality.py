"""Inequality: the core's numbers, parts that add up, groups, refusals."""

import numpy as np
import pytest

from pipeline.inference.distribution.dagum import dagum
from pipeline.methods.distribution.inequality.spec import InequalityTable
from pipeline.panel.finding import Rejected
from pipeline.panel.provinces import PROVINCES, REGIONS
from pipeline.report.table import BLANK, Number
from tests.methods.estimated import TITLE, result_of, table_of, with_cells, words_of

GROUPS = {"coast": ["east"], "inland": ["central", "west"]}
LABELS = {"coast": {"en": "Coast", "zh": "沿海"}, "inland": {"en": "Inland", "zh": "内陆"}}


def spec(**keys):
    return InequalityTable.model_validate(
        {"kind": "inequality", "title": TITLE, "variable": "uri", **keys}
    )


def test_it_is_the_core_and_its_parts_add_up(demo, demo_panel, uri):
    result = result_of(demo, demo_panel, spec())
    regions = np.array([REGIONS.index(p.region) for p in PROVINCES])
    assert [y.year for y in result.years] == list(range(2011, 2024))
    for t, of in enumerate(result.years):
        core, gini, theil = dagum(uri[:, t], regions), of.gini, of.theil
        assert gini.total == core.gini and gini.transvariation.value == core.transvariation
        for whole, parts in (
            (gini.total, (gini.within, gini.net_between, gini.transvariation)),
            (theil.total, (theil.between, theil.within)),
        ):
            assert sum(p.value for p in parts) == pytest.approx(whole)
            assert sum(p.share for p in parts) == pytest.approx(1)
        r = uri[:, t] / uri[:, t].mean()
        assert theil.total == pytest.approx((r * np.log(r)).mean())
    last = result.pairs[-1]
    assert [p.year for p in result.pairs] == [2011, 2023]
    assert last.between("west", "east") == dagum(uri[:, -1], regions).between[0, 2]


def test_merged_groups_go_by_the_specs_labels_and_regions_left_out_are_named(demo, demo_panel):
    asked = spec(groups=GROUPS, labels=LABELS)
    result = result_of(demo, demo_panel, asked)
    assert result.years[0].units == 28 and result.pairs[-1].groups == ["coast", "inland"]
    table = table_of(demo, result, asked)
    assert [r.label for r in table.rows[-2:]] == ["Coast", "Inland"]
    assert "left out: North-east" in words_of(table)
    assert [r.label for r in table_of(demo, result, asked, "zh").rows[-2:]] == ["沿海", "内陆"]


def test_the_table_prints_half_matrices_of_both_years(demo, demo_panel):
    result = result_of(demo, demo_panel, spec())
    for language, east in (("en", "East"), ("zh", "东部")):
        table = table_of(demo, result, spec(), language)
        heads, first, *_, last = table.rows[-5:]
        assert heads.cells[0].text == f"{east} 2011" and heads.cells[5].text == f"{east} 2023"
        assert first.label == east and first.cells[1] == BLANK
        pair = result.pairs[1].between("east", "northeast")
        assert last.cells[5] == Number(pair, "coefficients")
        assert all(len(row.cells) == table.columns for row in table.rows if hasattr(row, "cells"))


def test_a_group_without_a_unit_in_a_year_has_blanks(demo, demo_panel):
    northeast = {(p.code, 2011): np.nan for p in PROVINCES if p.region == "northeast"}
    result = result_of(demo, with_cells(demo_panel, northeast), spec())
    assert result.pairs[0].between("northeast", "east") is None
    assert result.left_out == {code: [2011] for code, _ in northeast}
    table = table_of(demo, result, spec())
    assert table.rows[-1].cells[0] == Number(None, "coefficients")
    assert "missing: Liaoning, Jilin, Heilongjiang 2011." in words_of(table)
    assert "辽宁、吉林、黑龙江2011年" in words_of(table_of(demo, result, spec(), "zh"))


def test_negative_values_and_years_of_zeros_are_refused(demo, demo_panel):
    negative = with_cells(demo_panel, {(540000, 2013): -0.2})
    with pytest.raises(Rejected, match=r"negative in Tibet 2013 \(-0.2\)"):
        result_of(demo, negative, spec())
    zeros = with_cells(demo_panel, {(p.code, 2012): 0.0 for p in PROVINCES})
    with pytest.raises(Rejected, match="every value of 2012 is zero"):
        result_of(demo, zeros, spec())
