"""The audit of overlap: what the demo study shares, and what is planted in it."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.methods.laboratory.overlap.estimate import left_out
from pipeline.methods.load import open_study
from pipeline.study.paths import study_paths
from tests.methods.estimated import only, result_of, table_of, words_of

PLANTED = """
[variables.reuse_twice]
label = { en = "x", zh = "x" }
formula = "log(waste_reuse) * 2"
[variables.hidden]
label = { en = "x", zh = "x" }
formula = "fertilizer_intensity + 0 * reuse_twice"
"""


def plant(workspace, acknowledged):
    """The same raw indicator in NQP and, through two derivations, in URI."""
    path = workspace.specs / "variables.toml"
    path.write_text(path.read_text(encoding="utf-8") + PLANTED, encoding="utf-8")
    workspace.edit(
        "specs/demo/indices.toml",
        'indicators = { fertilizer_intensity = "-" }',
        'indicators = { fertilizer_intensity = "-", hidden = "-" }',
    )
    if acknowledged:
        workspace.edit(
            "specs/demo/study.toml",
            "[bootstrap]",
            'acknowledged_overlap = ["waste_reuse_rate"]\n\n[bootstrap]',
        )


def test_the_demo_study_shares_nothing_but_scales(first, demo):
    _, spec = only(demo, "overlap")
    result = first("overlap")
    assert result.several == [] and result.without is None
    treatment, outcome, efficiency = result.parts[:3]
    assert (treatment.variables, outcome.variables) == (["nqp"], ["uri"])
    assert "gdp" in {*treatment.scales} & {*efficiency.scales}
    assert "gdp" in result.several_scales
    for language in ("en", "zh"):
        table = table_of(demo, result, spec, language)
        assert [h.text for h in table.headings[0][:2]] == [
            demo.label("nqp", language),
            demo.label("uri", language),
        ]
        assert demo.label("gdp", language) in words_of(table)
    marks = {r.key: [c.text for c in r.cells] for r in table.rows if hasattr(r, "cells")}
    assert marks["gdp"][0] == "×" and set(marks) == {*result.indicators, *result.scales}


def test_an_overlap_hidden_behind_two_derivations_is_an_error(workspace):
    plant(workspace, acknowledged=False)
    status, printed = workspace.run("check")
    assert status == 1 and "indicator-in-two-roles" in printed and "waste_reuse_rate" in printed


def test_an_acknowledged_overlap_is_printed_reestimated_and_simulated(workspace, demo_panel):
    plant(workspace, acknowledged=True)
    study = open_study(study_paths("demo"))
    frame = demo_panel.frame.assign(hidden=demo_panel.frame["fertilizer_intensity"])
    panel = replace(demo_panel, frame=frame)
    name, spec = only(study, "overlap")
    result = result_of(study, panel, spec, name)
    assert result.several == result.acknowledged == ["waste_reuse_rate"]
    assert np.isfinite(result.without.treatment.value)
    for language in ("en", "zh"):
        table = table_of(study, result, spec, language)
        keys = {getattr(row, "key", ""): row for row in table.rows}
        assert keys["waste_reuse_rate"].label.endswith("†")
        assert keys["without"].cells[0].estimate == result.without.treatment
        assert study.label("waste_reuse_rate", language) in words_of(table)
    name, spec = only(study, "spurious")
    null = result_of(study, panel, spec.model_copy(update={"draws": 99}), name)
    assert [(c.sharing, c.shared) for c in null.cases][:2] == [("none", 0), ("declared", 1)]


def test_given_weights_keep_their_proportions_without_the_shared_indicators(demo):
    names = list(demo.indices["nqp"].indicators())
    given = demo.indices["nqp"].model_copy(
        update={
            "expert": {n: (k + 1) / 45 for k, n in enumerate(names)},
            "ahp": [[float((i + 1) / (j + 1)) for j in range(9)] for i in range(9)],
        }
    )
    reduced = left_out(given, names[:2])
    assert sum(reduced.expert.values()) == pytest.approx(1) and list(reduced.expert) == names[2:]
    assert reduced.expert[names[8]] / reduced.expert[names[2]] == pytest.approx(3)
    assert len(reduced.ahp) == 7 and reduced.ahp[0][1] == pytest.approx(3 / 4)
