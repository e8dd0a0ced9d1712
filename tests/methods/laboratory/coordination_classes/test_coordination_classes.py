"""Classes of coordination: every province in one of them, names in both languages, refusals."""

import numpy as np
import pytest

from pipeline.formula.proxies.coupling import CLASSES
from pipeline.panel.finding import Rejected
from tests.methods.estimated import only, result_of, table_of, with_cells


def test_every_province_is_in_one_class(first, demo_panel):
    result = first("coordination_classes")
    for t, year in enumerate(result.years):
        values = demo_panel.frame["coordination"].xs(year.year, level="year")
        assert sum(c.units[t] for c in result.classes) == 31
        assert year.mean_degree == pytest.approx(values.mean())
        for c in result.classes:
            last = c is result.classes[-1]
            inside = (values >= c.low) & ((values < c.high) | last)
            assert c.units[t] == inside.sum()


def test_classes_have_the_names_of_their_source(first, demo):
    _, spec = only(demo, "coordination_classes")
    for language in ("en", "zh"):
        *rows, foot = table_of(demo, first("coordination_classes"), spec, language).rows
        names = [getattr(c, language) for c in CLASSES]
        assert [row.label.split(" [")[0] for row in rows] == names
        assert rows[0].label.endswith("[0.0, 0.1)") and rows[-1].label.endswith("[0.9, 1.0]")
        assert foot.key == "mean_degree"


def test_values_outside_the_unit_interval_and_empty_years_are_refused(demo, demo_panel):
    name, spec = only(demo, "coordination_classes")
    above = with_cells(demo_panel, {(110000, 2012): 1.5}, "coordination")
    with pytest.raises(Rejected, match=r"1 cells outside \[0, 1\], from 1.5 to 1.5"):
        result_of(demo, above, spec, name)
    empty = {(p.code, 2014): np.nan for p in demo.provinces}
    with pytest.raises(Rejected, match="no values in 2014"):
        result_of(demo, with_cells(demo_panel, empty, "coordination"), spec, name)
