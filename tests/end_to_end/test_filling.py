"""A study with gaps: counts under the tables, the headline without filled cells, Rubin's rules carried to the estimates."""

import json

import openpyxl
import pytest


def with_gaps(workspace, method, keys=""):
    path = workspace.data / "yearbook.xlsx"
    book = openpyxl.load_workbook(path)
    for row in (10, 60, 150, 201, 330):
        book["科技与数字"].cell(row, 5).value = None  # software revenue
    book.save(path)
    text = f'\n[[fill]]\nvariable = "software_revenue"\nmethod = "{method}"\n{keys}reason = "five cells that the yearbook leaves empty"\n'
    specs = workspace.specs / "variables.toml"
    specs.write_text(text + specs.read_text(encoding="utf-8"), encoding="utf-8")
    for table in (workspace.specs / "tables").glob("*.toml"):
        if table.stem not in ("02_baseline", "03_mechanisms"):
            table.unlink()
    for figure in (workspace.specs / "figures").glob("*.toml"):
        figure.unlink()


def baseline(workspace):
    result = json.loads(
        (workspace.build / "results/tables/02_baseline.json").read_text(encoding="utf-8")
    )
    return (
        result["columns"][-1]["terms"][0],
        {n["code"]: n["values"] for n in result["notes"]},
        result,
    )


def test_filled_cells_are_counted_and_left_out_once(workspace):
    with_gaps(workspace, "trend")
    assert workspace.run("ingest", "validate", "construct", "estimate")[0] == 0
    term, notes, _ = baseline(workspace)
    assert len(notes["filled"]["cells"]["software_revenue"]) == 5
    without = notes["without_filled"]
    assert (
        without["dropped"] == 5
        and without["n"] == 398
        and without["with"] == term["estimate"] != without["estimate"]
    )


def test_multiple_imputation_reaches_the_estimates(workspace):
    with_gaps(workspace, "multiple", "imputations = 5\n")
    assert (
        workspace.run("ingest", "validate", "construct", "estimate", "mechanisms", "report")[0] == 0
    )
    assert len(list((workspace.build / "imputed").glob("*.parquet"))) == 5
    term, notes, _ = baseline(workspace)
    assert notes["imputed"] == {"imputations": 5, "cells": {"software_revenue": 5}}
    from pipeline.estimate.regression import estimate
    from pipeline.panel.panel import read_panel
    from pipeline.panel.pool import rubin
    from pipeline.methods.load import open_study
    from pipeline.study import study_paths

    study = open_study(study_paths("demo"))
    panels = [read_panel(p, study.paths.panel_metadata) for p in study.paths.imputed_panels()]
    fits = [
        estimate(study, p, "tables/02_baseline", study.tables["tables/02_baseline"])
        .columns[-1]
        .terms[0]
        for p in panels
    ]
    pooled = rubin([f.estimate for f in fits], [f.se for f in fits], 30)
    assert term["estimate"] == pytest.approx(pooled.estimate, rel=1e-12) and term[
        "se"
    ] == pytest.approx(pooled.se, rel=1e-12)
    page = (workspace.folder / "reports/demo/tables/02_baseline.md").read_text(encoding="utf-8")
    assert (
        "pooled over 5 imputed panels by Rubin's rules" in page
        and "(5)" in page
        and "Without any filling (5 observations fewer)" in page
    )
    chinese = (workspace.folder / "reports/demo/tables/02_baseline.zh.md").read_text(
        encoding="utf-8"
    )
    assert "Rubin规则合并自5个插补面板" in chinese and "多重插补" in chinese


def test_none_by_default(workspace):
    with_gaps(workspace, "linear")
    specs = workspace.specs / "variables.toml"
    text = specs.read_text(encoding="utf-8")
    specs.write_text(text[text.index("# Derived") :], encoding="utf-8")
    assert workspace.run("ingest", "validate", "construct", "estimate")[0] == 0
    _, notes, result = baseline(workspace)
    assert (
        "filled" not in notes
        and "imputed" not in notes
        and result["columns"][-1]["statistics"]["n"] == 398
    )
