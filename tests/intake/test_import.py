"""Files that nobody described: what is proposed, what is asked, what is found."""

import csv

import pytest

from pipeline.intake.offer import find_files, survey
from pipeline.intake.propose import propose_codebook, source_names
from pipeline.intake.run import survey_files
from pipeline.panel.csv_text import csv_text, plain_cell, safe_cell
from pipeline.panel.finding import Rejected
from pipeline.study.check_codebook import check_codebook
from tests.conftest import ROOT
from tests.intake.files import by_name, panel_rows, write


def test_the_demo_files_are_known_by_their_headings(demo):
    offered, rows, sources, findings = survey_files([ROOT / "data/demo"], ROOT / "data/demo")
    proposed = by_name(rows)
    assert set(offered.files) >= {
        "nbs_export.csv",
        "yearbook.xlsx",
        "survey.dta",
        "levers_long.csv",
    }
    for name, variable in demo.codebook.items():
        if variable.source == "levers" or name not in proposed:
            continue
        row = proposed[name]
        if variable.source != "survey":  # a Stata file without units: asked about
            assert (row["header"], row["kind"], row["use"], row["question"]) == (
                variable.header,
                variable.kind,
                variable.use,
                "",
            ), name
        assert (
            row["source"]
            == sources[next(s.file for s in demo.spec.sources if s.name == variable.source)]
        )
    assert "names no unit" in proposed["loans"]["question"]
    assert [f for f in findings if f.severity == "error"] == []


def test_a_proposal_is_a_valid_codebook(tmp_path, demo):
    """Every row that asks nothing passes the checks of a codebook."""
    from pipeline.study.schema import Source, Variable

    _, rows, sources, _ = survey_files(
        [
            write(
                tmp_path / "panel.xlsx",
                panel_rows(["地区生产总值（亿元）", "年末常住人口（万人）", "其他（个）"]),
            )
        ]
    )
    spec = demo.spec.model_copy(
        update={"sources": [Source(name=s, file=f) for f, s in sources.items()]}
    )
    typed = [
        (i, Variable.model_validate_strings({k: v for k, v in r.items() if v}))
        for i, r in enumerate(rows, start=2)
    ]
    assert list(check_codebook(typed, spec, "codebook.csv")) == []
    assert (
        [r["variable"] for r in rows] == ["gdp", "pop", "panel_e1"]
        and rows[2]["label_zh"] == "其他"
        and rows[2]["source_unit"] == "个"
    )


@pytest.mark.parametrize(
    ("heading", "asks"),
    [
        ("城镇居民人均可支配收入增长率(%)", "Is it income_urban"),
        ("地区生产总值", "names no unit"),
        ("地区生产总值(担)", "is no known unit"),
        ("地区生产总值(万人)", "is this really gdp"),
    ],
)
def test_what_is_ambiguous_is_asked(tmp_path, heading, asks):
    _, (row, *_), _, _ = survey_files([write(tmp_path / "f.csv", panel_rows([heading]))])
    assert asks in row["question"]


def test_a_series_in_two_files_is_asked_about_and_compared(tmp_path):
    write(tmp_path / "a.csv", panel_rows(["地区生产总值（亿元）"]))
    rows = panel_rows(["GDP（亿元）"])
    rows[20][2] *= 1.5
    write(tmp_path / "b.csv", rows)
    _, proposed, _, findings = survey_files([tmp_path], tmp_path)
    assert [r["variable"] for r in proposed] == ["gdp", "gdp_2"] and proposed[1]["concept"] == "gdp"
    assert "Also offered by a.csv" in proposed[1]["question"]
    (differs,) = [f for f in findings if f.code == "source-differs"]
    assert (
        differs.where.file == "b.csv"
        and "Tianjin" not in differs.found
        and "a.csv" in differs.found
    )


def test_files_that_cannot_be_read_do_not_stop_the_others(tmp_path):
    write(tmp_path / "good.csv", panel_rows(["GDP（亿元）"]))
    (tmp_path / "bad.xlsx").write_bytes(b"PK not really")
    (tmp_path / "odd.csv").write_text("hello,world\nno,panel\n", encoding="utf-8")
    offered = survey(find_files([tmp_path]))
    assert len(offered.offers) == 1 and {f.code for f in offered.findings} == {
        "file-damaged",
        "table-unread",
    }
    (tmp_path / "nothing").mkdir()
    with pytest.raises(Rejected, match="no-files"):
        find_files([tmp_path / "nothing"])


def test_formulas_never_reach_a_csv(tmp_path):
    """A heading that a spreadsheet would run is a text in every file we write,
    and still matches when read back."""
    rows = panel_rows(["=HYPERLINK(0)", "@SUM(1)", "-1+cmd", "+x"])
    _, proposed, _, _ = survey_files([write(tmp_path / "f.csv", rows)])
    text = csv_text(list(proposed[0]), (list(r.values()) for r in proposed))
    for line in csv.reader(text.lstrip("\ufeff").splitlines()):
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in line)
    assert [plain_cell(safe_cell(h)) for h in rows[0][2:]] == rows[0][2:]
    assert [safe_cell(x) for x in ("-0.123***", "+5", "-1,234.5", "-3e-5", "(0.1)", "12%")] == [
        "-0.123***",
        "+5",
        "-1,234.5",
        "-3e-5",
        "(0.1)",
        "12%",
    ]


def test_sources_get_names():
    assert source_names(["NBS export.csv", "年鉴.xlsx", "统计.xls", "sub/nbs_export.csv"]) == {
        "NBS export.csv": "nbs_export",
        "年鉴.xlsx": "source1",
        "统计.xls": "source2",
        "sub/nbs_export.csv": "nbs_export_2",
    }


@pytest.mark.parametrize(
    ("number", "codes"),
    [
        (
            "01",
            {
                "slip-insert": ("Jilin", 2017, "E535"),
                "line-year": (None, None, None),
                "break-spread": (None, 2014, None),
                "precision": (None, 2005, None),
                "definition-break": (None, 2013, None),
                "formula-columns": (None, None, None),
            },
        ),
        ("02", {"break-spread": (None, 2013, None)}),
        (
            "05",
            {
                "label-doubtful": (None, None, "K3"),
                "extrapolated": (None, None, None),
                "slip-drop": ("Hainan", 2018, "D86"),
                "episode": ("Sichuan", None, "D274"),
                "formula-columns": (None, None, None),
            },
        ),
        ("07", {"unknown-place": (None, None, "A1426")}),
    ],
)
def test_the_untouched_files_confess(shared, number, codes):
    path = next((shared / "data/messy").glob(f"{number}_*"))
    _, _, _, findings = survey_files([path])
    for code, (province, year, cell) in codes.items():
        hits = [
            f
            for f in findings
            if f.code == code
            and f.where.province == province
            and (year is None or f.where.year == year)
            and (cell is None or f.where.cell == cell)
        ]
        assert hits, (code, [str(f.where) for f in findings if f.code == code])


def test_what_the_untouched_files_are_asked(shared):
    folder = shared / "data/messy"
    offered = survey([next(folder.glob("03_*"))])
    (row,), _ = propose_codebook(offered.offers)
    assert "No heading names this series" in row["question"]
    _, rows, _, _ = survey_files([next(folder.glob("05_*"))])
    assert {"software_revenue", "ecommerce_sales", "dfi_index", "rd_fte", "patent_grant"} <= {
        r["variable"] for r in rows if not r["question"]
    }


def test_import_writes_a_proposal_and_never_over_an_edited_codebook(tmp_path, monkeypatch, capsys):
    from pipeline.__main__ import main

    monkeypatch.chdir(tmp_path)
    write(tmp_path / "p.csv", panel_rows(["GDP（亿元）"]))
    assert main(["import", "mine", "--files", "p.csv"]) == 0
    assert "1 series from 1 files, 1 of them known" in capsys.readouterr().out
    edited = tmp_path / "specs/mine/codebook.csv"
    edited.write_text("mine\n", encoding="utf-8")
    assert main(["import", "mine", "--files", "p.csv"]) == 0
    assert (
        edited.read_text(encoding="utf-8") == "mine\n"
        and (tmp_path / "specs/mine/codebook.proposed.csv").exists()
    )
    assert (tmp_path / "build/mine/import.json").exists()
    assert main(["import", "mine", "--files", "absent.csv"]) == 1
    assert "file-missing" in capsys.readouterr().err
