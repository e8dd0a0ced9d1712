"""The spec files of a new study: those of a small pattern, cut to what the files have.

REGENERATE=1 writes the kept text anew; `git diff` then shows what is written otherwise.
"""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from pipeline.intake.plan import common_years, plan_study
from pipeline.intake.scaffold import missing_page
from pipeline.intake.spec_texts import spec_texts
from pipeline.panel.characters import one_line
from pipeline.panel.finding import Finding, Where
from pipeline.study.schema import Check, Derived, Dimension, IndexSpec, Lever, Roles, Text
from tests.validate.small import check_kept, study, variable

SPECS = {
    "variables.toml": """# Made from raw variables.

# Kept with its comment.
[variables.rate]
formula = "a / b"

# Lost but for its comment.
[variables.gone]
formula = "a / missing"



[variables.log_rate]
formula = "log(rate)"
""",
    "indices.toml": """# Indices.

[score]
weights = "equal"
variants = ["pca"]
[score.dimensions.one]
indicators = { a = "+", missing = "-", rate = "+" }
[score.dimensions.two]
indicators = { missing = "+" }
[lost]
weights = "equal"
[lost.dimensions.one]
indicators = { missing = "+" }
""",
    "levers.toml": """# Levers.

[c1]
label = { en = "Kept", zh = "留" }
variable = "rate"
[c2]
label = { en = "No proxy", zh = "无" }
variable = "missing"
moves = "direct"
[p1]
label = { en = "No arrow", zh = "无" }
variable = "a"
moves = "missing"
""",
    "tables/01.toml": """kind = "regression"
controls = ["a", "missing"]
alone = ["missing"]
options = ["pooled", "missing"]
levers = ["c1", "c2"]
years = [2000, 2012, 2013, 2030]
[[columns]]
outcome = "rate"
treatment = "a"
[[columns]]
outcome = "rate"
treatment = "missing"
""",
    "tables/02.toml": """kind = "regression"
[[columns]]
outcome = "missing"
""",
    "tables/90_recovery.toml": 'kind = "recovery"\n',
    "figures/01.toml": "year = 2030\n",
    "figures/02.toml": "year = 2001\nyears = [2012]\n",
}


def label(text):
    return Text(en=text, zh=text)


@pytest.fixture
def plan(tmp_path):
    """The plan of a new study whose files have a, b and, still in question, c."""
    for name, text in SPECS.items():
        path = tmp_path / "specs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    made = {"rate": "a / b", "gone": "a / missing", "log_rate": "log(rate)", "late": "c * gone"}

    def index(**dimensions):
        parts = {
            name: Dimension(label=label(name), indicators=dict.fromkeys(names, "+"))
            for name, names in dimensions.items()
        }
        return IndexSpec(label=label("i"), variants=["pca"], dimensions=parts)

    lever = {"label": label("l"), "source": label("s")}
    pattern = study(
        *(variable(v) for v in ("a", "b", "c", "missing")),
        folder=tmp_path,
        question={"en": "Does it?", "zh": "是否？"},
        roles=Roles(
            outcome="score",
            treatment="rate",
            mediators=["log_rate", "gone"],
            controls=["b", "missing"],
        ),
        checks=[Check(rule="a > b"), Check(rule="b <= a", tolerance=0.05), Check(rule="a > c")],
        derived={n: Derived(label=label(n), formula=f) for n, f in made.items()},
        indices={
            "score": index(one=["a", "missing", "rate"], two=["missing"]),
            "lost": index(one=["missing"]),
        },
        levers={
            "c1": Lever(**lever, variable="rate"),
            "c2": Lever(**lever, variable="missing"),
            "p1": Lever(**lever, variable="a", moves="missing"),
        },
    )
    rows = [
        {"variable": v, "header": v.upper(), "source": "one", "question": "what?" * (v == "c")}
        for v in ("a", "b", "c")
    ]
    return plan_study(pattern, rows, (2011, 2013))


def test_what_of_the_pattern_is_kept(plan):
    assert plan.raw == {"a", "b"} and plan.derived == ["rate", "log_rate"]
    assert plan.columns == {"score", "score_one", "score_pca"} and plan.levers == {"c1"}
    assert plan.missing == {"gone": ["missing"], "late": ["c", "gone"], "lost": ["missing"]}


def test_what_is_made_from_an_index_waits_for_it(plan):
    """Whatever the order of the spec: a derived variable after the index column it names."""
    derived = {
        "after": Derived(label=label("after"), formula="log(score_one)"),
        **plan.pattern.derived,
    }
    planned = plan_study(replace(plan.pattern, derived=derived), plan.rows, plan.years)
    assert "after" in planned.derived and "after" not in planned.missing


def test_the_spec_files(plan):
    texts = spec_texts(plan, "mine", {"one.csv": "one", "unused.csv": "two"})
    assert list(texts) == [
        "study.toml",
        "variables.toml",
        "indices.toml",
        "levers.toml",
        "repairs.toml",
        *("tables/01.toml", "tables/02.toml", "figures/01.toml", "figures/02.toml"),
    ]
    text = "".join(f"=== {file}\n{texts[file]}" for file in texts)
    check_kept(Path(__file__).parent / "kept/specs.txt", text)


@pytest.mark.parametrize(
    "file", ['a"b.csv', 'x"\\n[[evil]]\\n.csv', "a\\b\\.csv", "\x7f\x1b.csv", "中.csv"]
)
def test_names_of_files_are_strings_in_the_specs(plan, file):
    text = spec_texts(plan, "mine", {file: "one"})["study.toml"]
    assert [s["file"] for s in tomllib.loads(text)["sources"]] == [file]


def test_what_is_said_to_be_missing_shows_the_words_of_the_files(plan):
    evil = "<b> [l](x) `c` | # h \n# h ![i](y) www.x.org"
    rows = [{**row, "header": evil, "question": evil} for row in plan.rows]
    error = Finding("slip", "error", Where(evil), evil, "x", "y")
    page = missing_page(replace(plan, rows=rows), {"tables/03": evil}, [error])
    tokens = MarkdownIt("commonmark").parse(page)
    shown = ["".join(c.content for c in t.children) for t in tokens if t.type == "inline"]
    said = one_line(evil)
    for words in (f"a ({said}): {said}", f"tables/03: {said}", f"slip {said}: {said}"):
        assert words in shown
    assert not {c.type for t in tokens for c in t.children or ()} & {"link_open", "image"}
    assert [t.type for t in tokens].count("heading_open") == 5


def test_what_is_said_to_be_missing(plan):
    error = Finding("slip", "error", Where("f.csv", cell="B2"), "ten times", "x", "y")
    note = Finding("break", "note", Where("f.csv"), "a break", "x", "y")
    dropped = {"tables/03": "no controls (some)", "figures/02": "no map"}
    page = missing_page(plan, dropped, [note, *[error] * 41])
    head = page.split("## Findings")[0]
    check_kept(Path(__file__).parent / "kept/missing.md", head)
    assert page.endswith("\n- `slip` f.csv, cell B2: ten times\n\n") and page.count("`slip`") == 40
    whole = plan_study(
        plan.pattern,
        [{"variable": v, "question": ""} for v in ("a", "b", "c", "missing")],
        (2011, 2013),
    )
    assert missing_page(whole, {}, [note]).endswith("lacks:\n\nNothing.\n")


class Offered:
    def __init__(self, first, last):
        self.years = first, last


@pytest.mark.parametrize(
    ("spans", "years"),
    [
        ([(2005, 2020)] * 3 + [(2010, 2015)], (2005, 2020)),
        ([(2005, 2020)] * 2 + [(2010, 2015)] * 2, (2010, 2015)),
        ([(2005, 2010), (2005, 2010), (2011, 2020), (2011, 2020)], (2005, 2020)),
        ([(2005, 2010)], (2005, 2010)),
    ],
)
def test_years_that_three_quarters_of_the_series_cover(spans, years):
    assert common_years([Offered(*span) for span in spans]) == years
