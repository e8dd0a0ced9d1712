"""What a folder of files is proposed as, and everything found in it, word by word.

REGENERATE=1 writes the kept texts anew; `git diff` then shows what is said otherwise.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.intake.offer import find_files, survey
from pipeline.intake.propose import COLUMNS, source_names
from pipeline.intake.run import run, show, survey_files
from pipeline.panel.csv_text import csv_text
from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.panel.prefectures import prefectures
from pipeline.panel.provinces import PROVINCES
from pipeline.reading.containers import FORMATS
from pipeline.study.paths import study_paths
from tests.intake.files import panel_rows, write
from tests.validate.small import check_kept

KEPT = Path(__file__).parent / "kept"
HEADINGS = [
    "地区生产总值（亿元）",
    "年末常住人口（万人）",
    "城镇人口",
    "第一产业增加值（亿元）",
    "人均可支配收入增长（担）",
    "地区生产总值指数（上年=100）",
    "Retail Sales (100m yuan)",
    "入学率（%）",
    "入学率",
    "净流入（万人）",
    "专利（万人）",
    "价格指数",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Files with what goes wrong in files: two sources of one series, odd cells, odd names."""
    folder = tmp_path_factory.mktemp("files")
    years = range(2009, 2021)
    rows = panel_rows(HEADINGS, years)
    rng = np.random.default_rng(71)
    for row in rows[1:]:
        row[4] = round(row[3] * 0.6, 2)
        row[5] = round(row[2] * 0.1, 2)
        row[7] = round(107 + 2 * rng.standard_normal(), 1)
        row[9] = round(0.5 + 0.1 * rng.random(), 3)
        row[10] = round(50 + 10 * rng.random(), 2)
        row[11] = round(row[11] * rng.choice([-1, 1]), 2)
    rows[5][2] = "many"
    rows[6][2] = "5万人"
    rows[40][3] *= 10
    rows[60][4] = round(rows[60][3] * 1.2, 2)
    rows[70][1] = "某年"
    for row in rows[80:84]:
        row[3] = rows[79][3]
    rows += [["全国", y, *[None] * len(HEADINGS)] for y in years]
    for k, y in enumerate(years):
        column = [r[2] for r in rows[1 : 1 + 31 * 12] if r[1] == y and isinstance(r[2], float)]
        rows[-12 + k][2] = round(sum(column) * (1.05 if y == 2015 else 1.0), 2)
    rows += [["Beijin", 2011, *[1.0] * len(HEADINGS)], ["石家庄", 2011, *[1.0] * len(HEADINGS)]]
    rows += [["", 2011, *[1.0] * len(HEADINGS)], [*rows[1][:2], *[2.0] * len(HEADINGS)]]
    write(folder / "A panel.xlsx", rows)
    again = [["地区", "年份", "GDP（万元）"]]
    again += [[*row[:2], round(1e4 * row[2], 1)] for row in rows[13:373] if row[1] != "某年"]
    again[20][2] *= 1.5
    again[33][2] *= 1.05
    write(folder / "other.csv", again)
    names = [p.zh for p in list(prefectures().values())[:9]]
    towns = [["城市", "年份", "GDP(亿元)"]]
    towns += [[c, y, 100.0 + 3 * k + (y - 2009) ** 2] for k, c in enumerate(names) for y in years]
    towns += [["襄樊", 2009, 5.0], ["Suzhou", 2009, 6.0], ["邯单", 2009, 7.0], ["河北", 2009, 8.0]]
    write(folder / "towns.csv", towns)
    schools = panel_rows(["学校（所）", "网站数（个）"], years, scale=50)
    for row in schools[1:]:
        row[3] = round(row[3] * 0.4 ** sum(row[1] >= y for y in (2011, 2016)), 2)
    turned = [1 + 12 * k + 5 for k in range(3, 11)]  # eight provinces of 2014
    for at, value in zip(turned, [schools[k][2] for k in [*turned[1:], turned[0]]], strict=True):
        schools[at][2] = value
    write(folder / "schools.csv", schools)
    (folder / "broken.xlsx").write_bytes(b"PK")
    (folder / "odd.csv").write_text("hello,world\nno,panel\n", encoding="utf-8")
    nameless = [["地区", 2011, 2012], *([p.zh, k, k + 1.5] for k, p in enumerate(PROVINCES))]
    write(folder / "年鉴.csv", nameless)
    return folder


def test_everything_that_is_proposed_and_found(folder):
    offered, rows, sources, findings = survey_files([folder], folder)
    assert sources == {
        "A panel.xlsx": "a_panel",
        "other.csv": "other",
        "schools.csv": "schools",
        "towns.csv": "towns",
        "年鉴.csv": "source1",
    }
    assert offered.files == sorted(p.name for p in folder.iterdir())
    table = csv_text(COLUMNS, ([row[c] for c in COLUMNS] for row in rows))
    check_kept(KEPT / "codebook.csv", table)
    of_others = {"gdp", "va_primary", "gdp_2", "gdp_3"}  # whose breaks fill pages
    told = [
        f
        for f in findings
        if f.code != "definition-break" or f.where.variable.split()[0] not in of_others
    ]
    check_kept(KEPT / "findings.txt", "".join(f"{f}\n" for f in told))


def test_names_of_sources():
    files = ["x.csv", "9lives.csv", "Ab-c D.xlsx", "ab.csv", "a/abc.csv", "b/abc.csv", "甲.csv"]
    assert list(source_names(files).values()) == [
        "source1",
        "source2",
        "ab_c_d",
        "source3",
        "abc",
        "abc_2",
        "source4",
    ]


def test_a_table_a_year_is_one_series_in_pieces(tmp_path):
    """Pieces join while their cells are others; the first of two cells of one place counts."""
    rows = []
    for year in (2011, 2012):
        rows += [[f"{year}年"], ["地区", "GDP(亿元)"]]
        rows += [["全国", year / 10], *([p.zh, k + year / 10] for k, p in enumerate(PROVINCES[:3]))]
        rows += [[]]
    (offer,) = survey([write(tmp_path / "f.csv", rows)]).offers
    assert (offer.codes, offer.years) == ((110000, 120000, 130000), (2011, 2012))
    assert offer.values.tolist() == [[201.1, 201.2], [202.1, 202.2], [203.1, 203.2]]
    assert offer.national.tolist() == [201.1, 201.2] and len(offer.pieces) == 1
    again = [*rows, ["2012年"], ["地区", "GDP(亿元)"], ["北京", 9.0]]
    assert len(survey([write(tmp_path / "g.csv", again)]).offers) == 2


def test_what_import_prints(folder, tmp_path, capsys):
    paths = study_paths("mine", build=tmp_path / "build")
    paths = replace(paths, specs=tmp_path / "specs")
    run(paths, [folder], folder)
    lines = capsys.readouterr().out.replace(str(tmp_path), ".").splitlines()
    assert lines[0] == (
        "import: 17 series from 7 files, 9 of them known by name; 8 questions in "
        "./specs/codebook.csv"
    )
    text = (tmp_path / "specs/codebook.csv").read_text(encoding="utf-8")
    assert text == (KEPT / "codebook.csv").read_text(encoding="utf-8")
    _, _, _, findings = survey_files([folder], folder)
    assert lines[1:21] == [f"  {f.severity} [{f.code}] {f.where}: {f.found}" for f in findings[:20]]
    more = len(findings) - 20
    assert lines[21:] == [f"  and {more} more; what to do stands in ./build/mine/import.md"]
    show(findings[:20], paths.build)
    assert capsys.readouterr().out.splitlines()[20] == f"  what to do stands in {paths.build}"
    for file in ("import.md", "import.csv", "import.json"):
        assert findings[-1].found in (paths.build / file).read_text(encoding="utf-8")


def test_where_there_is_nothing(tmp_path):
    """No file, and files without a series: whole findings."""
    with pytest.raises(Rejected) as none:
        find_files([])
    assert none.value.findings == [
        Finding(
            "no-files",
            "error",
            Where(file="nothing"),
            "no data file",
            f"files ending in {' '.join(FORMATS)}",
            'name files or folders: make import FILES="a.xlsx folder" STUDY=mine',
        )
    ]
    (tmp_path / "odd.csv").write_text("hello,world\nno,panel\n", encoding="utf-8")
    (tmp_path / "~$lock.csv").write_text("x", encoding="utf-8")
    (tmp_path / ".hidden.csv").write_text("x", encoding="utf-8")
    with pytest.raises(Rejected) as nothing:
        survey_files([tmp_path], tmp_path)
    assert nothing.value.findings[0] == Finding(
        "no-series",
        "error",
        Where(file="odd.csv"),
        "no series of provinces and years",
        "a panel",
        "see what a file should look like in the README, and what was found below",
    )
    assert [f.code for f in nothing.value.findings[1:]] == ["table-unread"]


def test_one_heading_twice_is_told_apart_by_its_path(tmp_path):
    rows = [["地区", "年份", "人口(万人)", "", "就业(万人)", ""]]
    rows += [["", "", "合计", "女", "合计", "女"]]
    rows += [[p.zh, 2011, 1 + k, 2 + k, 3 + k, 4 + k] for k, p in enumerate(PROVINCES[:4])]
    _, proposed, _, _ = survey_files([write(tmp_path / "f.csv", rows)])
    assert [row["header"] for row in proposed] == [
        "合计",
        "女",
        "就业(万人)·合计",
        "就业(万人)·女",
    ]
    assert not any("more than once" in row["question"] for row in proposed)
