"""A study with gaps: counts under the tables, the headline without filled cells, Rubin's rules
carried to the estimates."""

import openpyxl
import pytest

TABLE = "tables/02_baseline"


def with_gaps(workspace, method, keys=""):
    """Five cells of the yearbook emptied, and how the study fills them; two tables, no figure."""
    path = workspace.data / "yearbook.xlsx"
    book = openpyxl.load_workbook(path)
    for row in (10, 60, 150, 201, 330):
        book["科技与数字"].cell(row, 5).value = None  # software revenue
    book.save(path)
    reason = "five cells that the yearbook leaves empty"
    fill = f'variable = "software_revenue"\nmethod = "{method}"\n{keys}reason = "{reason}"'
    specs = workspace.specs / "variables.toml"
    specs.write_text(f"\n[[fill]]\n{fill}\n" + specs.read_text(encoding="utf-8"), encoding="utf-8")
    workspace.keep("02_baseline", "03_mechanisms")


def without_filling(workspace):
    """The filling taken back, the gaps left."""
    specs = workspace.specs / "variables.toml"
    text = specs.read_text(encoding="utf-8")
    specs.write_text(text[text.index("# Derived") :], encoding="utf-8")


def test_filled_cells_are_counted_and_left_out_once(workspace):
    with_gaps(workspace, "trend")
    assert workspace.run("estimate")[0] == 0
    result = workspace.result(TABLE)
    assert len(result.data.filled["software_revenue"]) == 5
    assert result.data.imputations == 0 and not result.data.pooled
    column, unfilled = result.columns[-1], result.unfilled
    assert column.rows.observations == 403
    assert unfilled.dropped == 5 and unfilled.observations == 398
    assert unfilled.filled == column.treatment.value != unfilled.again.value


def test_multiple_imputation_reaches_the_estimates(workspace):
    with_gaps(workspace, "multiple", "imputations = 5\n")
    assert workspace.run("report")[0] == 0
    assert len(list((workspace.build / "imputed").glob("*.parquet"))) == 5
    result = workspace.result(TABLE)
    assert result.data.imputations == 5 and result.data.pooled
    assert len(result.data.filled["software_revenue"]) == 5
    pooled, term = rubin_over(workspace, 5), result.columns[-1].treatment
    assert term.value == pytest.approx(pooled.value, rel=1e-12)
    assert term.error == pytest.approx(pooled.error, rel=1e-12)
    page = (workspace.reports / "tables/02_baseline.md").read_text(encoding="utf-8")
    assert "pooled over 5 imputed panels by Rubin's (1987) rules" in page and "(5)" in page
    assert "Without any filling (5 observations fewer)" in page
    chinese = (workspace.reports / "tables/02_baseline.zh.md").read_text(encoding="utf-8")
    assert "Rubin（1987）规则合并自5个插补面板" in chinese and "多重插补" in chinese
    without_filling(workspace)
    assert workspace.run("construct")[0] == 0
    left = [*(workspace.build / "imputed").glob("*"), *workspace.build.glob("panel_unfilled*")]
    assert left == []


def rubin_over(workspace, draws):
    """Rubin's rules by hand over the headline of every draw's panel."""
    from pipeline.methods.run import estimate
    from pipeline.panel.panel import read_panel
    from pipeline.results.pool import rubin

    study = workspace.open()
    panels = [read_panel(p, study.paths.panel_metadata) for p in study.paths.imputed_panels()]
    spec = study.tables[TABLE]
    terms = [estimate(study, panel, TABLE, spec).columns[-1].treatment for panel in panels]
    assert len({t.value for t in terms}) == draws
    return rubin([t.value for t in terms], [t.error for t in terms], 30)


def test_none_by_default(workspace):
    with_gaps(workspace, "linear")
    without_filling(workspace)
    assert workspace.run("estimate")[0] == 0
    result = workspace.result(TABLE)
    assert result.data.filled == {} and result.data.imputations == 0 and result.unfilled is None
    assert result.data.missing == {"software_revenue": 5}
    assert result.columns[-1].rows.observations == 398
