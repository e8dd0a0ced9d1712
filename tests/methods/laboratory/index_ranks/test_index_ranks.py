"""Ranks: a permutation, moves that add to zero, years without scores."""

import numpy as np
import pytest

from pipeline.panel.finding import Rejected
from tests.methods.estimated import only, result_of, table_of, with_cells, words_of


def test_ranks_are_a_permutation_and_moves_add_to_zero(first):
    units = first("index_ranks").units
    last = [u.standings[-1] for u in units]
    assert sorted(s.rank for s in last) == list(range(1, 32))
    assert sum(u.gained for u in units) == 0
    assert max(last, key=lambda s: s.score).rank == 1
    for u in units:
        assert u.gained == u.standings[0].rank - u.standings[-1].rank


def test_the_table_is_in_the_order_of_the_last_year(first, demo):
    _, spec = only(demo, "index_ranks")
    result = first("index_ranks")
    for language in ("en", "zh"):
        table = table_of(demo, result, spec, language)
        assert [row.cells[5].value for row in table.rows] == list(range(1, 32))
        assert f"{result.kendall:.3f}" in words_of(table)
    gained = {u.unit: u.gained for u in result.units}
    for row in table.rows:
        places = gained[int(row.key)]
        assert (
            row.cells[-1].text
            == f"{'+' if places > 0 else '−' if places < 0 else ''}{abs(places):g}"
        )


def test_one_year_has_no_moves(demo, demo_panel):
    name, spec = only(demo, "index_ranks")
    asked = spec.model_copy(update={"years": [2020]})
    result = result_of(demo, demo_panel, asked, name)
    assert result.kendall is None and all(u.gained is None for u in result.units)
    table = table_of(demo, result, asked)
    assert table.columns == 2 and words_of(table).startswith("In the order of 2020.")


def test_a_province_without_a_score_stands_last_and_ties_share_their_rank(demo, demo_panel):
    name, spec = only(demo, "index_ranks")
    cells = {(110000, 2023): np.nan, (120000, 2023): 9.0, (130000, 2023): 9.0}
    result = result_of(demo, with_cells(demo_panel, cells, "nqp"), spec, name)
    rows = table_of(demo, result, spec).rows
    assert rows[-1].label == "Beijing" and rows[-1].cells[-1].text == ""
    assert rows[0].cells[5].value == 1.5 and rows[0].cells[5].digits == 1


def test_years_without_scores_are_refused(demo, demo_panel):
    name, spec = only(demo, "index_ranks")
    cells = {(p.code, 2023): np.nan for p in demo.provinces}
    with pytest.raises(Rejected, match="no values in 2023"):
        result_of(demo, with_cells(demo_panel, cells, "nqp"), spec, name)
