"""Transitions: the core's numbers, blocks that add up, refusals."""

import numpy as np
import pytest

from pipeline.inference.distribution.markov import (
    paths_over_map,
    quantile_classes,
    spatial_markov,
)
from pipeline.methods.distribution.markov.spec import MarkovTable
from pipeline.panel.finding import Rejected
from pipeline.panel.provinces import BY_CODE, contiguity
from pipeline.report.table import Words
from tests.methods.estimated import TITLE, result_of, table_of, with_cells, words_of


def spec(**keys):
    return MarkovTable.model_validate({"kind": "markov", "title": TITLE, "variable": "uri", **keys})


@pytest.mark.parametrize("relative", [False, True])
def test_it_is_the_core_and_its_blocks_add_up(demo, demo_panel, uri, relative):
    result = result_of(demo, demo_panel, spec(relative=relative))
    values = uri / uri.mean(axis=0) if relative else uri
    lags = contiguity() @ values
    core = spatial_markov(quantile_classes(values, 4)[0], quantile_classes(lags, 4)[0], 4, 4)
    assert result.every.rows[0].probabilities[1] == core.all.probabilities[0, 1]
    assert result.given[2].rows[1].count == core.given[2].counts[1].sum()
    assert result.test.likelihood_ratio == pytest.approx(core.test.likelihood_ratio)
    near = contiguity() > 0
    by_map = paths_over_map(values, near, 4, demo.spec.seed, "draws", spec().draws)
    assert result.test.p == by_map.p and result.test.draws.used == 999
    assert sum(m.moves for m in result.given) == result.every.moves == 372
    for row in result.every.rows:
        assert sum(row.probabilities) == pytest.approx(1)


def test_the_table_names_classes_and_marks_what_is_not_there(demo, demo_panel):
    asked = spec(relative=True)
    result = result_of(demo, demo_panel, asked)
    table = table_of(demo, result, asked)
    labels = ["Low", "Lower middle", "Upper middle", "High", "Ergodic distribution"]
    assert [r.label for r in table.rows[1:6]] == labels
    empty = next(i for i, row in enumerate(result.given[0].rows) if row.count == 0)
    row = next(r for r in table.rows if getattr(r, "key", "") == "given_low/high")
    assert empty == 3 and row.cells[1] == Words("–")
    assert "over the mean of its year" in words_of(table)
    assert [r.label for r in table_of(demo, result, asked, "zh").rows[1:5]] == [
        "低",
        "中低",
        "中高",
        "高",
    ]


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_as_many_classes_as_asked_for(demo, demo_panel, classes):
    asked = spec(classes=classes)
    result = result_of(demo, demo_panel, asked)
    assert len(result.given) == classes and sum(result.sizes) == 31 * 13
    assert table_of(demo, result, asked).columns == classes + 1


def test_moves_without_a_neighbour_are_counted(demo, demo_panel):
    panel = with_cells(demo_panel, {(440000, y): np.nan for y in range(2011, 2024)})
    result = result_of(demo, panel, spec())
    assert result.unlinked == 12  # Hainan's
    assert "12 moves have no neighbour" in words_of(table_of(demo, result, spec()))


def test_unfit_values_are_refused(demo, demo_panel):
    zero = with_cells(demo_panel, {(110000, 2020): 0.0})
    with pytest.raises(Rejected, match="zero or negative in Beijing 2020"):
        result_of(demo, zero, spec(relative=True))
    empty = {(c, y): np.nan for c in BY_CODE for y in range(2012, 2024)}
    with pytest.raises(Rejected, match="1 years with 4 provinces"):
        result_of(demo, with_cells(demo_panel, empty), spec())
