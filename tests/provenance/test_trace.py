"""From a number to its cell and to its tables."""

import pytest


def trace(workspace, cell, capsys):
    from pipeline.__main__ import main

    capsys.readouterr()
    status = main(["trace", "demo", "--cell", cell])
    captured = capsys.readouterr()
    return status, captured.out + captured.err


@pytest.fixture
def ran(workspace):
    workspace.keep(
        "01_descriptives",
        "02_baseline",
        "04_dimensions",
        "05_robustness",
        "25_index_uri",
    )
    (workspace.specs / "repairs.toml").write_text(
        '[[repair]]\nvariable = "income_rural"\nprovinces = ["Jilin"]\nyears = [2017]\n'
        'action = "set"\nvalue = 12950.4\n'
        'reason = "a digit too many"\nsource = "yearbook 2018, table 6-4"\n',
        encoding="utf-8",
    )
    assert workspace.run("estimate")[0] == 0
    return workspace


def test_numbers_go_back_to_their_cells_and_on_to_their_tables(ran, capsys):
    """One run, several questions: a repaired raw number, a made one, controls and treatments, and
    what cannot be traced."""
    a_raw_number_with_its_repair(ran, capsys)
    a_made_number_goes_back_to_every_cell(ran, capsys)
    controls_and_treatments_are_used_though_a_table_does_not_print_them(ran, capsys)
    for cell, expected in (
        ("Jilin 1999 income_rural", ["trace-year", "1999"]),
        ("Jillin 2017 income_rural", ["unknown-province", "Jilin"]),
        ("Jilin 2017 incme_rural", ["unknown-variable", "income_rural"]),
        ("", ["no year", "unknown-variable"]),
    ):
        status, message = trace(ran, cell, capsys)
        assert status == 1 and "Traceback" not in message
        assert all(text in message for text in expected), message


def a_raw_number_with_its_repair(ran, capsys):
    import openpyxl

    status, said = trace(ran, "Jilin 2017 income_rural", capsys)
    assert status == 0
    at = openpyxl.load_workbook(ran.data / "yearbook.xlsx")["人民生活"]
    row = next(
        r
        for r in at.iter_rows(min_row=4)
        if "".join(str(r[0].value).split()) == "吉林" and r[1].value == 2017
    )
    for text in (
        f"sheet 人民生活, cell {row[3].coordinate}",
        f"raw text  `{row[3].value}`",
        "元 -> yuan, times 1",
        "12950.4 CNY",
        "set: a digit too many (yearbook 2018, table 6-4)",
        f"before {row[3].value}",
        "tables/04_dimensions.md (through uri_economy",
    ):
        assert text in said, text
    assert "02_baseline.md (through uri" in said


def a_made_number_goes_back_to_every_cell(ran, capsys):
    status, said = trace(ran, "2017 吉林省 income_ratio", capsys)
    assert status == 0 and "made by   income_urban / income_rural" in said
    assert (
        said.count("source    data/demo/yearbook.xlsx") == 2
        and "cell C" in said
        and "cell D" in said
    )


def test_samples_decide_only_where_a_value_stays_in_its_place(ran, capsys):
    """An index carries every cell into its weights: a table without Jilin uses Jilin's incomes; it
    does not use its trade."""
    text = (ran.specs / "tables/05_robustness.toml").read_text(encoding="utf-8")
    (ran.specs / "tables/05_robustness.toml").write_text(
        text[: text.index("[[columns]]")] + '[[columns]]\nsample = { without = ["Jilin"] }\n',
        encoding="utf-8",
    )
    assert ran.run("estimate")[0] == 0
    for cell, there in (
        ("Jilin 2017 income_urban", True),
        ("Jilin 2017 trade", False),
        ("Hebei 2017 trade", True),
    ):
        _, said = trace(ran, cell, capsys)
        assert ("05_robustness" in said) == there, cell


def controls_and_treatments_are_used_though_a_table_does_not_print_them(ran, capsys):
    """02_baseline prints its controls; 04_dimensions shows the treatment alone: trade and software
    revenue enter both."""
    for variable, way in (("trade", "openness"), ("software_revenue", "nqp")):
        _, said = trace(ran, f"Jilin 2017 {variable}", capsys)
        for table in ("02_baseline", "04_dimensions"):
            assert (
                next(line for line in said.splitlines() if table in line).endswith(")")
                and way in said
            )


def test_every_number_of_the_raw_panel_is_where_it_says(workspace):
    """All 19,344 cells: the text at file, sheet and cell, read by another reader, is the text that
    is kept."""
    import csv

    import openpyxl
    import pandas as pd

    from pipeline.reading.cells import fold
    from pipeline.reading.sheet import column_of

    assert workspace.run("ingest")[0] == 0
    raw = pd.read_parquet(workspace.build / "raw.parquet")
    book = openpyxl.load_workbook(workspace.data / "yearbook.xlsx")
    files = {"nbs_export.csv": "gb18030", "levers_long.csv": "utf-8-sig"}
    rows = {
        name: list(csv.reader((workspace.data / name).read_text(encoding=code).splitlines()))
        for name, code in files.items()
    }
    checked = 0
    for file, sheet, cell, text in raw[["file", "sheet", "cell", "text"]].itertuples(index=False):
        letters = cell.rstrip("0123456789")
        r, c = int(cell[len(letters) :]) - 1, column_of(letters)
        if file in rows:
            assert fold(rows[file][r][c]) == text
        elif file == "yearbook.xlsx":
            assert fold(book[sheet][cell].value) == text
        else:
            continue
        checked += 1
    assert checked > 17_000


def test_what_is_made_from_a_variable(demo):
    made = demo.descendants("income_rural")
    assert made[0] == "income_ratio"
    assert {"uri", "uri_economy", "coordination", "uri_winsor"} <= set(made)
    assert "nqp" not in made


def test_specs_name_their_variables_and_no_others(demo):
    used = demo.tables["tables/04_dimensions"].uses(demo)
    assert {"uri_people", "uri_ecology", "nqp", "openness"} <= used and "uri_equal" not in used


def test_levers_go_back_to_the_year_that_enters(ran, capsys):
    """c1 enters with the base year throughout, c2 with the year before."""
    status, said = trace(ran, "Jilin 2017 c1", capsys)
    assert status == 0 and "made by   internet_gap of 2011" in said
    status, said = trace(ran, "Jilin 2017 c2", capsys)
    assert status == 0 and "made by   data_incidents of 2016" in said
    status, said = trace(ran, "Jilin 2011 c2", capsys)
    assert status == 0 and "made by   data_incidents of 2010" in said and "raw text" not in said
    assert "c2, Jilin 吉林 2011: missing" in said
