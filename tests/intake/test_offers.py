"""What files offer: units inside cells, places, totals, series that contradict each other."""

import os
import shutil

import numpy as np
import openpyxl

from pipeline.intake.offer import find_files, survey
from pipeline.intake.run import survey_files
from pipeline.panel.finding import Finding, Where
from pipeline.panel.provinces import PROVINCES
from tests.intake.files import panel_rows, write


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


def test_an_index_stored_a_year_late_beside_its_level(tmp_path):
    rng = np.random.default_rng(7)
    growth = 0.07 + 0.03 * rng.standard_normal((31, 13))
    level = np.round(np.exp(8 + np.cumsum(growth, axis=1)), 2)
    index = np.round(100 * np.exp(np.roll(growth, 1, axis=1)), 1)
    rows = [["地区", "年份", "地区生产总值（亿元）", "地区生产总值指数（上年=100）"]]
    rows += [
        [p.zh, 2008 + t, level[i, t], index[i, t]]
        for i, p in enumerate(PROVINCES)
        for t in range(1, 13)
    ]
    _, _, _, findings = survey_files([write(tmp_path / "f.csv", rows)])
    (lagged,) = [f for f in findings if f.code == "index-lagged"]
    assert lagged == Finding(
        "index-lagged",
        "error",
        Where("f.csv", "f", variable="gdp_index `地区生产总值指数`"),
        lagged.found,
        "the index of the year it is stored under",
        "`shift` it in repairs.toml after a look at the source",
    )
    assert lagged.found.startswith("the index follows the growth of its level one year later")


def test_regions_alone_are_no_units(tmp_path):
    names = ("东部地区", "中部地区", "西部地区", "东北地区", "华北", "华东")
    rows = [["地区", "年份", "GDP(亿元)"], *([n, 2011, 5.5 + k] for k, n in enumerate(names))]
    found = survey([write(tmp_path / "f.csv", rows)])
    assert found.offers == [] and found.findings == [
        Finding(
            "no-units",
            "warning",
            Where("f.csv", "f", "C1"),
            "none of the labels is a province, prefecture or county: 东部地区, 中部地区, 西部地区, "
            "东北地区, 华北",
            "names or codes of units",
            "see whether another column holds them",
        )
    ]


def test_small_numbers_in_a_unit_ask_nothing(tmp_path):
    rows = [["地区", "年份", "投资(亿元)"], *([p.zh, 2011, 0.5] for p in PROVINCES)]
    _, (row,), _, _ = survey_files([write(tmp_path / "f.csv", rows)])
    assert (row["source_unit"], row["question"]) == ("亿元", "")


def test_columns_that_their_sheet_reckons(tmp_path):
    """Half of the rows by formulas: told once; fewer are the odd cell."""
    book = openpyxl.Workbook()
    book.active.append(["地区", "年份", "甲(亿元)", "乙(亿元)", "丙(亿元)"])
    for k, p in enumerate(PROVINCES[:6]):
        late = "=1+1" if k >= 4 else 3
        book.active.append([p.zh, 2011, 5.5 + k, "=2+2" if k % 2 else 4, late])
    book.active.title = "S"
    book.save(tmp_path / "f.xlsx")
    notes = [f for f in survey([tmp_path / "f.xlsx"]).findings if f.code == "formula-columns"]
    assert notes == [
        Finding(
            "formula-columns",
            "note",
            Where("f.xlsx", "S"),
            "columns reckoned by formulas: 乙",
            "numbers as the source published them",
            "prefer the columns they are made from; an error in one of those is in these too",
        )
    ]


def test_names_of_files_that_no_spec_could_hold(tmp_path):
    good = write(tmp_path / "good.csv", panel_rows(["地区生产总值（亿元）"]))
    for name in (b"a\nb.csv", b"\x1b[31m.csv", b"\xff.csv"):
        shutil.copy(good, os.fsencode(tmp_path) + b"/" + name)
    found = survey(find_files([tmp_path]), tmp_path)
    named = [f.where.file for f in found.findings if f.code == "file-name"]
    assert sorted(named) == sorted([r"a\nb.csv", r"\x1b[31m.csv", r"\udcff.csv"])
    assert found.files == ["good.csv"]
