"""Definition breaks, vintages and open questions, as a study of real data meets them."""

import csv

from pipeline.panel.concepts import (
    definition_breaks,
    known_variables,
    match_heading,
    propose_heading,
)
from pipeline.panel.units import find_unit


def test_the_catalogues_are_whole():
    assert len(definition_breaks()) >= 90 and all(
        b.source and b.en and b.zh and b.remedy_en for b in definition_breaks()
    )
    for known in definition_breaks():
        assert set(known.concepts) <= set(known_variables()) and 1985 <= known.year <= 2025
    for variable in known_variables().values():
        assert find_unit(variable.unit) is not None, variable.unit
        assert match_heading(variable.label_zh) == [
            variable.name
        ] or variable.name in match_heading(variable.label_zh)


def test_headings_match_in_both_languages_and_near_ones_are_only_proposed():
    for text in (
        "地区生产总值(亿元)",
        ["指标", "地区生产总值"][1],
        "Gross Regional Product (100 million yuan)",
        "GDP",
        "生产总值（亿元）",
    ):
        assert match_heading(text) == ["gdp"], text
    assert match_heading("R&D经费内部支出（万元）") == ["rd_expenditure"]
    assert match_heading("农村居民人均纯收入") == ["income_rural"]
    assert match_heading("城镇居民人均可支配收入增速") == [] and "income_urban" in propose_heading(
        "城镇居民人均可支配收入增速"
    )


def real(workspace):
    """The demo study as if its data were real: the catalogue speaks."""
    workspace.edit("specs/demo/study.toml", "synthetic = true\n", "")
    (workspace.specs / "tables/90_recovery.toml").unlink()


def test_breaks_inside_the_years_are_told_unless_spliced(workspace):
    real(workspace)
    assert workspace.run("ingest", "validate")[0] == 0
    page = (workspace.build / "findings.md").read_text(encoding="utf-8")
    assert (
        "`definition-break` 2013 income_rural" in page
        and "disposable income instead of net income" in page
    )
    assert "`revised-series` 2018 gdp" in page
    workspace.edit(
        "specs/demo/variables.toml",
        '"income_urban / income_rural"',
        '"income_urban / splice(income_rural, 2013)"',
    )
    assert workspace.run("ingest", "validate")[0] == 0
    page = (workspace.build / "findings.md").read_text(encoding="utf-8")
    assert (
        "`definition-break` 2013 income_rural" not in page
        and "`definition-break` 2013 income_urban" in page
    )


def test_a_synthetic_study_has_no_definition_breaks(workspace):
    assert workspace.run("ingest", "validate")[0] == 0
    assert "definition-break" not in (workspace.build / "findings.md").read_text(encoding="utf-8")


def codebook(workspace, change):
    path = workspace.specs / "codebook.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    for row in rows:
        row |= {"concept": "", "vintage": "", "question": ""}
        change(row)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_two_vintages_of_one_series_never_mix(workspace):
    def vintages(row):
        if row["variable"] == "fiscal_expenditure":  # pretend that this is another GDP
            row |= {"concept": "gdp", "vintage": "5th census"}

    codebook(workspace, vintages)
    status, message = workspace.run("check")
    assert (
        status == 1
        and "vintages-mixed" in message
        and "`gdp`" in message
        and "5th census" in message
    )


def test_an_open_question_stops_a_study(workspace):
    codebook(
        workspace,
        lambda row: (
            row.update(question="is this net or disposable income?")
            if row["variable"] == "income_rural"
            else None
        ),
    )
    status, message = workspace.run("check")
    assert (
        status == 1
        and "question-open" in message
        and "net or disposable" in message
        and "codebook.csv:" in message
    )
    codebook(
        workspace,
        lambda row: (
            row.update(question="", concept="incom_rural")
            if row["variable"] == "income_rural"
            else None
        ),
    )
    status, message = workspace.run("check")
    assert status == 1 and "unknown-concept" in message and "income_rural" in message


def test_two_vintages_in_two_parts_of_the_model(workspace):
    """One vintage in the outcome, another in a control: they meet in the regression."""

    def vintages(row):
        if row["variable"] in ("income_rural", "fiscal_expenditure"):
            row |= {
                "concept": "income_rural",
                "vintage": "old" if row["variable"] == "income_rural" else "new",
            }

    codebook(workspace, vintages)
    status, message = workspace.run("check")
    assert status == 1 and "vintages-mixed" in message and "roles" in message


def test_contradictions_between_known_variables(workspace):
    text = (workspace.folder / "specs/demo/study.toml").read_text(encoding="utf-8")
    import re

    (workspace.folder / "specs/demo/study.toml").write_text(
        re.sub(r"\[\[checks\]\](\n(?!\[\[).*)*", "", text), encoding="utf-8"
    )
    import openpyxl

    path = workspace.data / "yearbook.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["人民生活"]
    sheet["D10"].value = sheet["C10"].value * 1.05  # rural above urban income, by a little
    book.save(path)
    status, message = workspace.run("ingest", "validate")
    assert (
        status == 1
        and "contradiction" in message
        and "income_rural" in message
        and "D10" in message
    )


def test_provinces_that_were_cut_inside_the_years(workspace):
    from dataclasses import replace

    from pipeline.methods.load import open_study
    from pipeline.study import study_paths
    from pipeline.validate.breaks import check_breaks

    study = open_study(study_paths("demo"))
    early = replace(
        study,
        spec=study.spec.model_copy(
            update={"synthetic": False, "years": [1995, 2005], "base_year": 1995}
        ),
    )
    (cut,) = [f for f in check_breaks(early) if f.code == "boundary-change"]
    assert cut.where.province == "Sichuan" and cut.where.year == 1997 and "Chongqing" in cut.found


def test_a_confirmation_hides_no_other_cell(workspace):
    """Two provinces miss the sum of their sectors; one is confirmed:
    the other is still an error."""
    import openpyxl

    path = workspace.data / "yearbook.xlsx"
    book = openpyxl.load_workbook(path)
    for row in (4, 17):
        book["就业"].cell(row, 3).value = book["就业"].cell(row, 3).value * 1.06
    book.save(path)
    text = (workspace.folder / "specs/demo/study.toml").read_text(encoding="utf-8")
    head = text.split("[[checks]]", 1)[0]
    (workspace.folder / "specs/demo/study.toml").write_text(head, encoding="utf-8")
    (workspace.specs / "repairs.toml").write_text(
        '[[repair]]\nvariable = "emp_total"\naction = "confirm"\nprovinces = ["Beijing"]\n'
        "years = [2011]\n"
        'reason = "as printed"\n',
        encoding="utf-8",
    )
    status, message = workspace.run("ingest", "validate")
    assert status == 1 and "identity-broken" in message and "Tianjin 2011 emp_total" in message
    notes = (workspace.build / "findings.md").read_text(encoding="utf-8")
    assert (
        "**note** `identity-broken` Beijing 2011 emp_total" in notes
        and "(confirmed: as printed)" in notes
    )
