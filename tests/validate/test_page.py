"""The validation report: every cell's status in the picture, every finding in the table,
in both languages."""

import json
import re

from pipeline.study.paths import study_paths


def page(workspace, language="en"):
    return (
        study_paths("demo", build=workspace.folder / "build")
        .validation(language)
        .read_text(encoding="utf-8")
    )


def figure(html, variable):
    return next(
        f
        for f in re.findall(r"<figure>.*?</figure>", html, re.DOTALL)
        if f"<code>{variable}</code>" in f
    )


def test_missing_filled_repaired_and_flagged_cells_are_marked(workspace):
    import openpyxl

    path = workspace.data / "yearbook.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["科技与数字"]
    # Software revenue: one gap that is filled, one that is not.
    sheet.cell(10, 5).value = sheet.cell(60, 5).value = None
    sheet.cell(100, 4).value = sheet.cell(100, 4).value * 10  # high-tech revenue
    book.save(path)
    specs = workspace.specs / "variables.toml"
    text = '[[fill]]\nvariable = "software_revenue"\nmethod = "linear"\nreason = "an empty cell"\n'
    specs.write_text(text + specs.read_text(encoding="utf-8"), encoding="utf-8")
    (workspace.specs / "repairs.toml").write_text(
        '[[repair]]\nvariable = "trade"\nprovinces = ["Jilin"]\nyears = [2017]\naction = "scale"\n'
        "factor = 1.01\n"
        'reason = "a rounding"\n',
        encoding="utf-8",
    )
    # The slip is an error, and the page is there all the same.
    assert workspace.run("ingest", "validate")[0] == 1
    html = page(workspace)
    filled = re.findall(r'class="(\w+)"[^>]*><title>([^<]*)', figure(html, "software_revenue"))
    assert [status for status, _ in filled] == ["filled", "filled"] or {s for s, _ in filled} == {
        "filled",
        "missing",
    }
    assert any("an empty cell" in text for _, text in filled)
    (mark,) = re.findall(r'class="repaired"[^>]*><title>([^<]*)', figure(html, "trade"))
    assert mark.startswith("Jilin 2017: repaired") and "a rounding" in mark
    assert 'class="error"' in figure(html, "hitech_revenue") and "slip-ten" in figure(
        html, "hitech_revenue"
    )
    assert "<title>" not in figure(html, "pop")
    assert html.count("<figure>") == 48 and html.count("<tr class=") == len(
        json.loads((workspace.build / "findings.json").read_text(encoding="utf-8"))
    )
    chinese = page(workspace, "zh")
    assert "吉林 2017：" in chinese or "吉林 2017:" in chinese
    assert "数据校验报告" in chinese and "已修正" in chinese and "个错误" in chinese


def test_texts_of_files_cannot_become_markup(workspace):
    workspace.edit(
        "data/demo/nbs_export.csv", "内蒙古自治区", "<script>alert(1)</script>", encoding="gb18030"
    )
    assert workspace.run("ingest", "validate")[0] == 1
    html = page(workspace)
    assert "<script>" not in html and "&lt;script&gt;" in html


def test_findings_as_csv_and_json_stand_in_the_reports(workspace):
    for folder in ("tables", "figures"):
        for path in (workspace.specs / folder).glob("*.toml"):
            if path.stem != "02_baseline":
                path.unlink()
    (workspace.specs / "tables/03_mechanisms.toml").write_text(
        'kind = "mediation"\ntitle = { en = "M", zh = "机制" }\n', encoding="utf-8"
    )
    assert workspace.run("ingest", "validate", "construct", "estimate", "report")[0] == 0
    reports = workspace.folder / "reports/demo"
    findings = json.loads((reports / "validation.json").read_text(encoding="utf-8"))
    lines = (reports / "validation.csv").read_text(encoding="utf-8-sig").splitlines()
    assert (
        len(findings) >= 3
        and lines[0].startswith("code,severity,file,sheet,cell")
        and len(lines) == len(findings) + 1
    )
    assert (reports / "validation.html").exists() and (reports / "validation.zh.html").exists()
    report = (reports / "report.html").read_text(encoding="utf-8")
    assert "Data availability" in report and "they come with the program" in report
