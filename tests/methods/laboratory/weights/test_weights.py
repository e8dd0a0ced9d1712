"""The table of weights: what the construction recorded, and entropies that may not be there."""

from dataclasses import replace

import numpy as np
import pytest

from tests.methods.estimated import only, result_of, table_of, words_of


def test_it_shows_the_weights_that_built_the_index(first, demo, demo_panel):
    result = first("weights")
    assert {w.name: w.weights for w in result.weightings} == demo_panel.weights["nqp"]
    assert result.weightings[0].name == "entropy" and result.cells == 31 * 13
    _, spec = only(demo, "weights")
    for language, entropy in (("en", "Entropy"), ("zh", "信息熵")):
        table = table_of(demo, result, spec, language)
        assert table.headings[0][-1].text == entropy
        assert len([r for r in table.rows if hasattr(r, "cells")]) == len(result.entropies)


def test_entropies_that_are_undefined_are_left_out(demo, demo_panel):
    name, spec = only(demo, "weights")
    recorded = demo_panel.notes["entropies"]["nqp"] | {"schooling": np.nan}
    panel = replace(demo_panel, notes={"entropies": {"nqp": recorded}})
    result = result_of(demo, panel, spec, name)
    assert result.entropies is None
    assert "entropy constant" not in words_of(table_of(demo, result, spec))


@pytest.mark.parametrize(("period", "said"), [("expanding", True), ("pooled", False)])
def test_weights_that_change_are_said_to_be_means(first, demo, period, said):
    _, spec = only(demo, "weights")
    index = demo.indices["nqp"].model_copy(update={"period": period})
    study = replace(demo, indices=demo.indices | {"nqp": index})
    assert ("change over the years" in words_of(table_of(study, first("weights"), spec))) == said


@pytest.mark.parametrize(
    ("names", "pca", "all_years"),
    [
        (["entropy"], False, True),
        (["pca_base_year", "expert"], True, False),
        (["entropy_expanding", "equal", "ahp"], False, False),
        (["entropy_per_year", "critic_topsis"], False, True),
    ],
)
def test_notes_are_of_the_weightings_that_stand_there(first, demo, names, pca, all_years):
    _, spec = only(demo, "weights")
    (own, *_) = first("weights").weightings
    result = replace(first("weights"), weightings=[replace(own, name=name) for name in names])
    told = words_of(table_of(demo, result, spec))
    assert ("absolute loadings" in told) == pca and ("use all years" in told) == all_years
