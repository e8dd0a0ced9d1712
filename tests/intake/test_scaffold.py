"""A spec folder from a user's files: it runs where the variables are there,
and says what is missing where not."""

import shutil

import pytest

from pipeline.__main__ import main
from pipeline.intake.plan import common_years
from pipeline.intake.scaffold import run
from pipeline.methods.load import open_study
from pipeline.panel.concepts import known_variables
from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.study import study_paths
from tests.conftest import ROOT


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "specs/demo", tmp_path / "specs/demo")
    shutil.copytree(ROOT / "data/demo", tmp_path / "data/demo")
    return tmp_path


def test_the_demo_files_give_a_study_that_runs_at_once(place, capsys):
    assert main(["new-study", "mine", "--data", "data/demo"]) == 0
    said = capsys.readouterr().out
    assert "next: make all STUDY=mine" in said
    study = open_study(study_paths("mine"))
    questions = sum(bool(row.question) for row in study.codebook.values())
    assert said.splitlines()[0] == (
        f"new-study: specs/mine with {len(study.codebook)} variables, "
        f"{questions} of them with a question; years 2011-2023"
    )
    assert f"  {len(study.tables)} tables and {len(study.figures)} figures can be made, " in said
    assert study.spec.roles.mediators == ["efficiency", "upgrading", "information", "services"]
    assert {"tables/02_baseline", "tables/03_mechanisms", "figures/03_paths"} <= {
        *study.tables,
        *study.figures,
    }
    # Four series of a Stata file without units wait for an answer; what is made from them is left
    # out, and said to be.
    assert "finance" not in study.derived and "loans" in (
        place / "specs/mine/MISSING.md"
    ).read_text(encoding="utf-8")
    assert not study.levers["c1"].variable  # its proxy is only like a known one: asked
    for stage in ("ingest", "validate", "construct"):
        assert main([stage, "mine", "--data", "data/demo"]) == 0
    study_toml = (place / "specs/mine/study.toml").read_text(encoding="utf-8")
    assert study_toml.count("#") >= 8 and "[[checks]]" in study_toml


def test_answers_bring_the_rest_back(place, capsys):
    assert main(["new-study", "mine", "--data", "data/demo"]) == 0
    before = len(open_study(study_paths("mine")).codebook)
    path = place / "specs/mine/codebook.csv"
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    row = next(i for i, line in enumerate(lines) if line.startswith("loans,"))
    cells = lines[row].rsplit(",", 1)
    lines[row] = cells[0].replace("ratio", "亿元") + ","
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (place / "specs/mine/variables.toml").open("a", encoding="utf-8").write(
        '\n[variables.finance]\nlabel = { en = "Loans / GDP", zh = "金融发展" }\n'
        'formula = "log(loans / gdp)"\n'
    )
    study = open_study(study_paths("mine"))
    assert len(study.codebook) == before and "finance" in study.derived


def test_files_that_lack_the_essential_say_so(place, capsys):
    (place / "few").mkdir()
    (place / "few/a.csv").write_text(
        "地区,年份,年末常住人口(万人)\n"
        + "\n".join(
            f"{p},{y},{100 + y}" for p in ("北京", "天津", "河北") for y in (2011, 2012, 2013)
        ),
        encoding="utf-8",
    )
    assert main(["new-study", "few", "--data", "few"]) == 0
    said = capsys.readouterr().out
    assert "  it cannot run yet (specs/few/MISSING.md says what is missing):\n" in said
    with pytest.raises(Rejected) as refused:
        open_study(study_paths("few"))
    first, *_ = refused.value.findings
    assert f"  error [{first.code}] {first.where}: {first.found}; {first.remedy}\n" in said
    assert "roles.outcome" in said
    page = (place / "specs/few/MISSING.md").read_text(encoding="utf-8")
    line = next(x for x in page.splitlines() if x.startswith("- `gdp` "))
    aliases = ", ".join(known_variables()["gdp"].aliases[:4])
    assert line.startswith("- `gdp` 地区生产总值 / Gross domestic product (100m yuan): for ")
    assert line.endswith(f"; also headed {aliases}") and line.count(", income_ratio") == 0
    assert "`gdp` 地区生产总值" in page and "生产总值" in page and "income_ratio" in page


@pytest.mark.parametrize(
    ("name", "said"),
    [("demo", "specs/demo exists"), ("My-Study", "lower-case"), ("x", "no data file")],
)
def test_what_is_refused(place, capsys, name, said):
    (place / "empty").mkdir(exist_ok=True)
    assert main(["new-study", name, "--data", "empty"]) == 1
    assert said in capsys.readouterr().err
    assert not (place / "specs/x").exists()


def test_a_study_without_a_data_folder_is_refused(place):
    with pytest.raises(Rejected) as refused:
        run(study_paths("mine", data=place / "none"))
    assert refused.value.findings == [
        Finding(
            "new-study",
            "error",
            Where(),
            f"{place / 'none'} is no folder",
            "the folder of your files",
            "make new-study NAME=mine DATA=folder",
        )
    ]


def test_the_years_that_most_series_share():
    class Offer:
        def __init__(self, *years):
            self.years = years

    assert common_years([Offer(2011, 2023)] * 4 + [Offer(2015, 2018)]) == (2011, 2023)
    assert common_years([Offer(2005, 2010), Offer(2006, 2012)]) in (
        (2005, 2012),
        (2006, 2010),
        (2005, 2010),
        (2006, 2012),
    )


def test_files_without_provinces_give_no_study(place):
    (place / "towns").mkdir()
    rows = [f"{city},{y},{100 + y}" for city in ("石家庄", "唐山") for y in (2011, 2012)]
    text = "\n".join(["城市,年份,GDP(亿元)", *rows])
    (place / "towns/a.csv").write_text(text, encoding="utf-8")
    with pytest.raises(Rejected) as refused:
        run(study_paths("mine", data=place / "towns"))
    assert refused.value.findings == [
        Finding(
            "new-study",
            "error",
            Where(),
            "no provincial series",
            "files with provinces and years",
            "see what `make import` says of the files",
        )
    ]
