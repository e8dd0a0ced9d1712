"""Files that nobody described: what is proposed, what is asked, what is found."""

import csv

import numpy as np
import openpyxl
import pytest

from pipeline.intake.offer import find_files, survey
from pipeline.intake.propose import propose_codebook, source_names
from pipeline.intake.run import survey_files
from pipeline.panel.csv_text import csv_text, plain_cell, safe_cell
from pipeline.panel.finding import Rejected
from pipeline.panel.provinces import PROVINCES
from pipeline.study.check import check_codebook
from tests.conftest import ROOT


def panel_rows(headings, years=range(2011, 2016), scale=1.0):
    rng = np.random.default_rng(5)
    rows = [["地区", "年份", *headings]]
    levels = np.exp(6 + rng.standard_normal((31, len(headings))))
    for i, p in enumerate(PROVINCES):
        for y in years:
            rows.append(
                [
                    p.zh,
                    y,
                    *(
                        round(
                            float(v)
                            * scale
                            * 1.07 ** (y - 2011)
                            * float(np.exp(0.02 * rng.standard_normal())),
                            2,
                        )
                        for v in levels[i]
                    ),
                ]
            )
    return rows


def write(path, rows):
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(path)
    else:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(rows)
    return path


def by_name(rows):
    return {r["variable"]: r for r in rows}


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


def test_names_that_are_not_provinces(tmp_path):
    rows = [["城市", "年份", "地区生产总值(亿元)"]]
    rows += [
        [c, y, 100 + y]
        for c in ("石家庄", "唐山", "襄樊", "Suzhou", "邯单", "秦皇岛")
        for y in (2011, 2012)
    ]
    found = survey([write(tmp_path / "c.csv", rows)])
    codes = {f.code: f for f in found.findings}
    assert (
        "renamed into 襄阳市 in 2010" in codes["former-name"].found
        and "`襄樊`" in codes["former-name"].found
    )
    assert "苏州市" in codes["ambiguous-name"].found and "宿州市" in codes["ambiguous-name"].found
    assert "邯郸" in codes["unknown-place"].remedy and codes["unknown-place"].where.cell == "A10"
    (offer,) = found.offers
    assert offer.level == "prefecture" and offer.codes == (130100, 130200, 130300)


def test_national_totals_are_checks_and_never_units(tmp_path):
    rows = panel_rows(["地区生产总值（亿元）"])
    totals = {y: sum(r[2] for r in rows[1:] if r[1] == y) for y in range(2011, 2016)}
    rows += [["全国", y, round(v, 2)] for y, v in totals.items()] + [["东部地区", 2011, 5.0]]
    rows[40][2] *= 10
    _, _, _, findings = survey_files([write(tmp_path / "f.csv", rows)])
    missed = [f for f in findings if f.code == "total-missed"]
    assert missed and missed[0].where.province == PROVINCES[7].en and missed[0].where.cell == "C41"
    (offer,) = survey([tmp_path / "f.csv"]).offers
    assert len(offer.codes) == 31 and np.isfinite(offer.national).all()


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


def test_units_inside_the_cells(tmp_path):
    """`1,234.5亿元` is a number in a unit; a cell in another unit is converted,
    one of another dimension is told."""
    rows = [
        ["地区", "年份", "地区生产总值"],
        ["北京", 2011, "1,234.5亿元"],
        ["天津", 2011, "900亿元"],
        ["河北", 2011, "50,000,000万元"],
        ["北京", 2012, "1300亿元"],
        ["天津", 2012, "950 亿元"],
        ["河北", 2012, "12万人"],
    ]
    found = survey([write(tmp_path / "u.csv", rows)])
    (offer,) = found.offers
    assert (
        offer.unit == "亿元"
        and offer.values[0].tolist() == [1234.5, 1300.0]
        and offer.values[2, 0] == 5000.0
        and np.isnan(offer.values[2, 1])
    )
    (told,) = [f for f in found.findings if f.code == "unit-mixed"]
    assert "12万人" in told.found and told.where.cell == "C7"


def test_contradictions_between_known_series(tmp_path):
    rows = panel_rows(["年末常住人口（万人）", "城镇人口（万人）"])
    for row in rows[1:]:
        row[3] = round(row[2] * 0.6, 2)
    rows[8][3] = rows[8][2] * 1.2
    _, _, _, findings = survey_files([write(tmp_path / "f.csv", rows)])
    (found,) = [f for f in findings if f.code == "contradiction"]
    assert (
        found.where.province == "Tianjin"
        and found.where.year == 2013
        and found.severity == "error"
        and "urban_pop" in found.found
    )


def test_places_are_those_that_differ_most_and_headless_numbers_are_told(tmp_path):
    """A region and a province beside the city: the city labels the rows."""
    cities = ("石家庄", "唐山", "太原", "大同", "沈阳", "大连")
    rows = [["区域", "省份", "城市", "年份", "地区生产总值(亿元)", ""]]
    for i, city in enumerate(cities):
        for y in (2011, 2012, 2013):
            rows.append(
                [
                    ["东部", "中部", "东北"][i // 2],
                    ["河北", "山西", "辽宁"][i // 2],
                    city,
                    y,
                    100.0 * i + y,
                    7.5,
                ]
            )
    found = survey([write(tmp_path / "c.xlsx", rows)])
    (offer,) = found.offers
    assert offer.level == "prefecture" and len(offer.codes) == 6 and offer.values[0, 0] == 2011.0
    assert [f.where.cell for f in found.findings if f.code == "no-heading"] == ["F1"]
