"""Studies of other shapes than the demo's run to their report, with their own labels and no word of
the demo's."""

import io
import re
import zipfile

import pytest

from tests.conftest import ROOT

NAME = "beds"
# What the demo's study is about; no word of it may stand in the program.
DEMO_WORDS = re.compile(
    r"\bNQP\b|\bURI\b|\bnqp\b|\buri\b|quality productivity|urban.rural integration|"
    r"新质生产力|城乡融合|\beast\b|\bEast\b|东部|twelve|十二"
)

STUDY = """
title = { en = "Software and hospital beds", zh = "软件与床位" }
question = { en = "Does software bring beds?", zh = "软件是否带来床位？" }
synthetic = true
seed = 5
years = [2011, 2023]
base_year = 2011
{more}
[roles]
outcome = "beds"
treatment = "software"
mediators = [{mediators}]
controls = ["openness", "finance"]

[bootstrap]
draws = 499
"""
VARIABLES = {
    "beds": ("Beds", "床位", "log(hospital_beds / pop)"),
    "schooling": ("Schooling", "受教育年限", "schooling_years"),
    "software": ("Software", "软件收入", "log(software_revenue / gdp)"),
    "patents_pc": ("Patents", "专利", "log(patents / pop)"),
    "ports": ("Broadband", "宽带端口", "log(broadband_ports / pop)"),
    "upgrading": ("Services over industry", "三产与二产之比", "va_tertiary / va_secondary"),
    "openness": ("Trade", "对外贸易", "log(trade / gdp)"),
    "finance": ("Loans", "贷款", "log(loans / gdp)"),
}
BASELINE = 'kind = "regression"\ntitle = { en = "Main", zh = "主表" }\nbrackets = "wcr11"\n'
MEDIATION = (
    'kind = "mediation"\ntitle = { en = "Ways", zh = "途径" }\ndesign = "three-step"\n'
    'intervals = ["percentile"]\n'
)
LEVERS_TABLE = 'kind = "levers"\ntitle = { en = "Levers", zh = "因素" }\ndraws = 199\n'


def column(**keys):
    """A column of a table; the label in both languages."""
    lines = [f"{k} = {v}" for k, v in keys.items()]
    return "\n".join(["[[columns]]", *lines, ""])


def text(en, zh):
    return f'{{ en = "{en}", zh = "{zh}" }}'


class Shape:
    """A study of the demo's source files under its own name, roles, variables and specs."""

    def __init__(self, workspace):
        self.workspace = workspace
        self.reports = workspace.folder / "reports" / NAME

    def write(self, file, content):
        path = self.workspace.folder / "specs" / NAME / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")

    def declare(self, mediators=("ports", "upgrading"), more="", **tables):
        """The files of the study: tables by stem."""
        listed = ", ".join(f'"{m}"' for m in mediators)
        demo = (ROOT / "specs/demo/study.toml").read_text(encoding="utf-8")
        sources = demo[demo.index("[[sources]]") : demo.index("# What must hold")]
        study = STUDY.replace("{more}", more).replace("{mediators}", listed)
        self.write("study.toml", study + "\n" + sources)
        made = [
            f'[variables.{name}]\nlabel = {text(en, zh)}\nformula = "{formula}"\n'
            for name, (en, zh, formula) in VARIABLES.items()
        ]
        self.write("variables.toml", "\n".join(made))
        codebook = ROOT / "specs/demo/codebook.csv"
        self.write("codebook.csv", codebook.read_text(encoding="utf-8"))
        for stem, content in tables.items():
            folder = "figures" if "table = " in content or "tables = " in content else "tables"
            self.write(f"{folder}/{stem.lstrip('_')}.toml", content)

    def run(self, *stages):
        status, message = self.workspace.run(*(stages or ("all",)), study=NAME)
        assert status == 0, message
        if not stages:
            self.no_word_of_the_demo()

    def html(self, language="en"):
        mark = "" if language == "en" else f".{language}"
        content = (self.reports / f"report{mark}.html").read_text(encoding="utf-8")
        return re.sub(r"data:image[^\"]*", "", content)

    def sentences(self, language="en"):
        """The lists of the report's first pages: summary and cautions."""
        return re.findall(r"<li>(.*?)</li>", self.html(language), re.DOTALL)

    def page(self, stem, language="en"):
        mark = "" if language == "en" else f".{language}"
        return (self.reports / f"tables/{stem}{mark}.md").read_text(encoding="utf-8")

    def result(self, stem):
        return self.workspace.result(f"tables/{stem}", study=NAME)

    def no_word_of_the_demo(self):
        """In no text of any output, nor inside Word and Excel files, nor drawn in a figure."""
        build = self.workspace.folder / "build" / NAME
        files = [*self.reports.rglob("*"), *build.glob("printed/*/*"), *build.glob("*.typ")]
        for path in files:
            for content in _texts(path):
                found = DEMO_WORDS.search(content)
                shown = found and content[max(0, found.start() - 60) : found.end() + 60]
                assert not found, f"{path.name}: {shown}"


def _texts(path):
    """The text of a file that is text, or of the XML in a zip."""
    if path.suffix in (".docx", ".xlsx"):
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
            parts = [archive.read(n).decode("utf-8") for n in archive.namelist() if ".xml" in n]
            yield from (re.sub(r"<[^>]+>", " ", part) for part in parts)
    elif path.suffix in (".md", ".tex", ".html", ".typ", ".csv", ".json", ".svg"):
        content = path.read_text(encoding="utf-8")
        yield re.sub(r"data:image[^\"]*", "", content)


@pytest.fixture
def shape(workspace):
    return Shape(workspace)


def test_the_headline_keeps_the_column_of_the_roles_wherever_it_stands(shape):
    """The roles' column first, and last a column on another outcome: the reverse of the demo's
    order."""
    full = column(label=text("Full", "全部"))
    bare = column(label=text("Bare", "无控制"), controls="[]", effects="[]")
    other = column(outcome='"schooling"')
    shape.declare(_02_baseline=BASELINE + full + bare + other)
    shape.run()
    first = headline(shape, 1)
    shape.write("tables/02_baseline.toml", BASELINE + other + bare + full)
    shape.run()
    assert headline(shape, 3) == [s.replace("(1)", "(3)") for s in first]


def headline(shape, position):
    """The headline in both languages, which speaks of the column at this position."""
    column = shape.result("02_baseline").columns[position - 1]
    assert (column.model.outcome, column.model.controls) == ("beds", ["openness", "finance"])
    t = column.treatment
    answers = [("positive", "正向") if t.value > 0 else ("negative", "负向")]
    words = answers[0] if t.differs else ("no evidence", "无充分证据")
    number = f"{t.value:.3f}".replace("-", "−")
    found = []
    for language, start, word in (
        ("en", "Software and Beds: ", words[0]),
        ("zh", "软件收入与床位的关系：", words[1]),
    ):
        (told,) = [s for s in shape.sentences(language) if s.startswith(start)]
        assert told.startswith(start + word), told
        assert f"({position})" in told and number in told and "N = 403" in told, told
        found.append(told)
    return found


def test_a_declared_headline_is_the_one_that_is_told(shape):
    tables = BASELINE + column() + column(controls="[]") + column(outcome='"schooling"')
    shape.declare(more='headline = { table = "02_baseline", column = 3 }', _02_baseline=tables)
    shape.run()
    value = shape.result("02_baseline").columns[2].treatment.value
    first = shape.sentences()[0]
    assert first.startswith("Software and Schooling") and "column (3)" in first
    assert f"{value:.3f}".replace("-", "−") in first
    assert shape.sentences("zh")[0].startswith("软件收入与受教育年限")


def test_a_mediation_speaks_of_its_own_treatment_and_outcome(shape):
    model = '[model]\ntreatment = "patents_pc"\noutcome = "schooling"\n'
    figure = 'kind = "path"\ntitle = { en = "Paths", zh = "路径" }\ntable = "03_mechanisms"\n'
    shape.declare(
        _02_baseline=BASELINE + column(), _03_mechanisms=MEDIATION + model, _03_paths=figure
    )
    shape.run()
    for language, own, others in (
        (
            "en",
            ("Patents", "Schooling", "Broadband", "Services over industry"),
            ("Software", "Beds"),
        ),
        ("zh", ("专利", "受教育年限", "宽带端口", "三产与二产之比"), ("软件收入", "床位")),
    ):
        page = shape.page("03_mechanisms", language)
        assert all(label in page for label in own) and not any(label in page for label in others)
        drawn = (shape.workspace.folder / f"build/{NAME}/printed/figures/03_paths.json").read_text(
            encoding="utf-8"
        )
        assert own[0] in drawn and own[1] in drawn and not any(label in drawn for label in others)
    told = [s for s in shape.sentences() if "a × b" in s and "Table 2" in s]
    assert len(told) >= 2 and not any("Beds" in s for s in told)


def test_no_index_no_mediator(shape):
    """No indices.toml, no levers.toml, no mediators: a baseline with its descriptives."""
    descriptives = (
        'kind = "descriptives"\ntitle = { en = "Data", zh = "数据" }\n'
        'variables = ["beds", "software"]\n'
    )
    shape.declare(mediators=(), _01_descriptives=descriptives, _02_baseline=BASELINE + column())
    shape.run()
    assert "0 composite indices" in shape.html() and "a × b" not in shape.html()
    assert "Beds" in shape.page("01_descriptives")


def test_one_mediator_and_three_tables(shape):
    """Tables 02, 03 and 05 alone are numbered 1, 2, 3, and so they are referred to."""
    robust = BASELINE + "align = true\n" + column() + column(treatment='"patents_pc"')
    shape.declare(
        mediators=("ports",),
        _02_baseline=BASELINE + column(),
        _03_mechanisms=MEDIATION,
        _05_robustness=robust.replace("Main", "Robust"),
        more='headline = { table = "02_baseline", column = 1 }',
    )
    shape.run()
    assert len(shape.result("03_mechanisms").mechanisms) == 1
    html = shape.html()
    for number, title in (("1", "Main"), ("2", "Ways"), ("3", "Robust")):
        assert re.search(rf"Table {number}\. (<[^>]*>)*{title}", html), title
    assert "Table 4" not in html and "表4" not in shape.html("zh")
    (told,) = [s for s in shape.sentences() if s.startswith("Broadband") and "a × b" in s]
    assert "Table 2" in told


def test_a_table_of_mechanisms_in_a_study_without_any(shape):
    """It is told by the check, before anything is estimated."""
    shape.declare(mediators=(), _02_baseline=BASELINE + column(), _03_mechanisms=MEDIATION)
    status, _, message = shape.workspace.told("check", study=NAME)
    assert status == 1 and message.count("no-mediators") == 1
    assert "03_mechanisms.toml" in message


PROXIES = [
    *("internet_gap", "data_incidents", "minimum_income_ratio", "export_volatility"),
    *("unplanned_villages", "unschooled_workers", "agri_fiscal_share", "open_data_score"),
    *("land_transfer_rate", "technology_absorbed", "service_stations", "returnee_rate"),
    *("pension_participants", "energy_use"),
]


@pytest.mark.parametrize("count", [2, 14])
def test_any_number_of_levers(shape, count):
    half = count // 2
    keys = [f"c{i}" for i in range(1, half + 1)] + [f"p{i}" for i in range(1, half + 1)]
    levers = [
        f'[{key}]\nlabel = {text(f"Lever {key}", f"因素{key}")}\nvariable = "{proxy}"\n'
        f"source = {text('Synthetic', '合成')}\n"
        for key, proxy in zip(keys, PROXIES, strict=False)
    ]
    figure = 'kind = "lever_forest"\ntitle = { en = "All", zh = "全部" }\ntable = "20_levers"\n'
    shape.declare(_02_baseline=BASELINE + column(), _20_levers=LEVERS_TABLE, _14_levers=figure)
    shape.write("levers.toml", "\n".join(levers))
    shape.run()
    assert len(shape.result("20_levers").levers) == count
    page, chinese = shape.page("20_levers"), shape.page("20_levers", "zh")
    for key in keys:
        assert f"Lever {key}" in page and f"因素{key}" in chinese, key


def test_two_columns_of_one_model_are_a_warning(shape):
    """The same controls in another order are the same model."""
    same = column() + column(controls='["finance", "openness"]') + column(controls='["finance"]')
    shape.declare(
        _02_baseline=BASELINE + same, more='headline = { table = "02_baseline", column = 1 }'
    )
    status, out, message = shape.workspace.told("check", study=NAME)
    assert status == 0 and "no problem found" in out
    assert message.count("column-twice") == 1 and "columns (1) and (2)" in message
    assert "02_baseline.toml" in message


def test_one_regression_has_one_p_value(shape):
    """In another table, in another column, with controls in another order, beside other columns."""
    many = BASELINE + column(controls="[]") + column(controls='["finance", "openness"]') + column()
    others = BASELINE.replace("Main", "Other") + column(outcome='"schooling"') + column()
    headline = 'headline = { table = "02_baseline", column = 3 }'
    shape.declare(_02_baseline=many, _05_other=others, _06_few=FEW, more=headline)
    shape.run("estimate")
    first, second = shape.result("02_baseline").columns, shape.result("05_other").columns
    p = first[2].treatment.few
    assert p is not None and 0 < p < 1
    assert first[1].treatment.few == p == second[1].treatment.few
    assert first[0].treatment.value != first[2].treatment.value


FEW = 'kind = "regression"\ntitle = { en = "Few", zh = "少" }\nbrackets = "wcr11"\n[[columns]]\n'
