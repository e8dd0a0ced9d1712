"""Each check of a spec folder alone: what it finds, where, and what it leaves alone."""

from dataclasses import replace

import pytest

from pipeline.methods.baseline.regression.spec import RegressionTable
from pipeline.methods.baseline.trends.spec import TrendsFigure
from pipeline.panel.finding import Rejected, Where
from pipeline.study import check, check_specs
from pipeline.study.check_codebook import check_codebook
from pipeline.study.check_data import check_questions, check_repairs, check_vintages
from pipeline.study.check_formulas import check_formulas, check_years
from pipeline.study.check_indices import check_indices
from pipeline.study.check_roles import check_roles
from pipeline.study.choices import Sample
from pipeline.study.schema import Derived, Fill, Repair, VariablesSpec

TEXT = {"en": "x", "zh": "x"}


def told(findings):
    """(code, key, found, expected) of every finding."""
    return [(f.code, f.where.key, f.found, f.expected) for f in findings]


def rows(demo, **changes):
    """The codebook's rows with their lines, some of them changed: variable -> changed cells."""
    return [
        (line, row.model_copy(update=changes.get(name, {})))
        for line, (name, row) in enumerate(demo.codebook.items(), start=2)
    ]


def with_spec(demo, **changes):
    return replace(demo, spec=demo.spec.model_copy(update=changes))


def with_codebook(demo, **changes):
    return replace(demo, codebook={row.variable: row for _, row in rows(demo, **changes)})


def test_the_demo_passes_every_check(demo):
    file = "x"
    variables = VariablesSpec(variables=demo.derived, fill=demo.fills)
    columns = set(demo.index_columns)
    findings = [
        *check.check_study(demo),
        *check_codebook(rows(demo), demo.spec, file),
        *check_questions(demo, rows(demo)),
        *check_vintages(demo),
        *check_repairs(demo),
        *check_formulas(variables, demo.indices, set(demo.codebook), columns, file),
        *check_years(demo),
        *check_indices(demo.indices, demo.variables, file),
        *check_roles(demo, True),
    ]
    assert findings == []


def test_open_questions_hold_up_what_is_used_alone(demo):
    unused = "open_data_score"
    study = with_codebook(demo, gdp={"question": "which year?"})
    asked = rows(demo, gdp={"question": "which year?"}, **{unused: {"question": "what is it?"}})
    assert told(check_questions(study, asked)) == [
        ("question-open", "question", "which year?", "an answer")
    ]
    proxied = [key for key, lever in demo.levers.items() if lever.variable == unused]
    assert proxied, "the variable stands for a lever alone"


def test_a_concept_is_one_of_the_catalogue(demo):
    (found,) = check_questions(demo, rows(demo, gdp={"concept": "gpd"}))
    line = next(line for line, row in rows(demo) if row.variable == "gdp")
    assert (found.code, found.where.line, found.where.key) == ("unknown-concept", line, "concept")


def test_vintages_of_one_series_are_told_once_wherever_they_meet_first(demo):
    first, second = sorted(demo.raw_variables("rd_intensity"))[:2]
    same = {"concept": "gdp", "vintage": "a"}
    study = with_codebook(demo, **{first: same, second: same | {"vintage": "b"}})
    (found,) = check_vintages(study)
    assert found.code == "vintages-mixed"
    assert found.where.key == "variables.rd_intensity" and found.where.variable == "rd_intensity"
    assert found.found == f"`{first}` (a) and `{second}` (b) are both `gdp`"
    alike = with_codebook(demo, **{first: same, second: same})
    assert list(check_vintages(alike)) == []


@pytest.mark.parametrize(
    ("repair", "expected"),
    [
        ({"action": "set", "value": 1.0}, ["years it concerns", "provinces it concerns"]),
        ({"action": "exchange", "provinces": ["Beijing"]}, ["two or more", "years it concerns"]),
        (
            {"action": "exchange", "provinces": ["Beijing", "北京"], "years": [2015]},
            ["two or more"],
        ),
        ({"action": "scale", "years": [2015]}, ["`factor` and no other"]),
        ({"action": "scale", "factor": 2.0, "value": 1.0}, ["`factor` and no other"]),
        ({"action": "missing", "by": 1.0}, ["none of value, factor, by"]),
        ({"action": "shift", "by": 1, "years": [1999]}, ["a year of"]),
        ({"action": "missing", "provinces": ["Nowhere"]}, ["a province name"]),
        ({"action": "missing", "variable": "gdpp"}, ["a variable that the study declares"]),
    ],
)
def test_repairs_say_what_their_action_needs(demo, repair, expected):
    given = {"variable": "gdp", "reason": "x"} | repair
    study = replace(demo, repairs=[Repair.model_construct(**_complete(given))])
    findings = list(check_repairs(study))
    assert len(findings) == len(expected), told(findings)
    for found, words in zip(findings, expected, strict=True):
        assert words in found.expected and found.where.key.startswith("repair.0.")


def _complete(given):
    blank = {"provinces": [], "years": [], "value": None, "factor": None, "by": None}
    return blank | given


def test_formulas_parse_and_make_no_circle(demo):
    def findings(formulas, fills=(), columns=()):
        made = {
            name: Derived.model_validate({"label": TEXT, "formula": formula, "unit": "index"})
            for name, formula in formulas.items()
        }
        spec = VariablesSpec.model_construct(variables=made, fill=list(fills))
        return told(check_formulas(spec, demo.indices, set(demo.codebook), set(columns), "x"))

    assert findings({"a": "gdp / pop"}) == []
    circle = findings({"a": "b + gdp", "b": "a * 2"})
    assert circle == [("circular", None, "a -> b -> a", "no circle of formulas")]
    through = findings({"rd_intensity": "nqp + 1"}, columns=["nqp"])
    assert [code for code, *_ in through if code == "circular"] == ["circular"]
    assert findings({"gdp": "pop"})[0][:3] == (
        "name-clash",
        "variables.gdp",
        "`gdp` is declared twice",
    )
    assert findings({"a": "gdp +"})[0][0] == "formula"
    assert findings({"a": "gdpp"})[0][:2] == ("unknown-variable", "variables.a")
    fill = Fill.model_validate({"variable": "gdp", "method": "trend", "reason": "x"})
    assert [c for c, *_ in findings({}, [fill, fill])] == ["fill-twice"]
    other = fill.model_copy(update={"variable": "gdpp"})
    assert findings({}, [other])[0][:2] == ("unknown-variable", "fill.0.variable")


def test_years_inside_formulas_are_of_the_study(demo):
    def derived(formula):
        one = Derived.model_validate({"label": TEXT, "formula": formula, "unit": "index"})
        return replace(demo, derived={"a": one})

    assert list(check_years(derived("at(gdp, 2015)"))) == []
    (found,) = check_years(derived("at(gdp, 2030)"))
    assert found.found == "`at(..., 2030)`" and found.where.key == "variables.a"
    assert found.where.file.endswith("specs/demo/variables.toml")


def test_roles(demo):
    roles = demo.spec.roles

    def findings(sound=True, **changes):
        return list(check_roles(with_spec(demo, roles=roles.model_copy(update=changes)), sound))

    (unknown,) = findings(outcome="urii")
    assert (unknown.code, unknown.where.key) == ("unknown-variable", "roles.outcome")
    (twice,) = findings(controls=[*roles.controls, roles.controls[0]])
    assert twice.found == f"`{roles.controls[0]}` is among controls and controls"
    (shared,) = findings(outcome="nqp_pca")
    assert shared.code == "indicator-in-two-roles"
    assert findings(sound=False, controls=[*roles.controls, roles.controls[0]]) == []
    (defended,) = findings(acknowledged_overlap=["gdpp"])
    assert defended.where.key == "roles.acknowledged_overlap.0"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"years": [2023, 2011]},
            [
                ("years", "years", "2023 to 2011", "first < last"),
                ("base-year", "base_year", "2011", "a year from 2023 to 2011"),
            ],
        ),
        ({"years": [2011, 2011]}, [("years", "years", "2011 to 2011", "first < last")]),
        ({"base_year": 2010}, [("base-year", "base_year", "2010", "a year from 2011 to 2023")]),
        ({"base_year": 2023}, []),
        (
            {"provinces_without": ["Nowhere"]},
            [("unknown-province", "provinces_without", "`Nowhere`", "a province name")],
        ),
    ],
)
def test_the_study_itself(demo, changes, expected):
    assert told(check.check_study(with_spec(demo, **changes))) == expected


def test_rules_and_sources(demo):
    rule = demo.spec.checks[0]
    bad = [rule.model_copy(update={"rule": text}) for text in ("gdp +", "gdpp > 0")]
    sources = [demo.spec.sources[0], demo.spec.sources[0]]
    found = told(check.check_study(with_spec(demo, checks=bad, sources=sources)))
    assert [(code, key) for code, key, *_ in found] == [
        ("formula", "checks.0.rule"),
        ("unknown-variable", "checks.1.rule"),
        ("source-twice", "sources"),
    ]


@pytest.mark.parametrize(
    ("cells", "code", "key"),
    [
        ({"source": "nbss"}, "unknown-source", "source"),
        ({"minimum": 2.0, "maximum": 1.0}, "codebook-range", "minimum"),
        ({"minimum": 1.0, "maximum": 1.0}, "codebook-range", "minimum"),
        ({"unit": "yuans"}, "unknown-unit", "unit"),
        ({"source_unit": "km2"}, "unit-dimension", "source_unit"),
        ({"kind": "share"}, "share-unit", "unit"),
    ],
)
def test_rows_of_the_codebook(demo, cells, code, key):
    (found,) = check_codebook(rows(demo, gdp=cells), demo.spec, "x")
    line = next(line for line, row in rows(demo) if row.variable == "gdp")
    assert (found.code, found.where.key, found.where.line) == (code, key, line)
    assert found.where.variable == "gdp"


def test_rows_that_stand_twice(demo):
    (line, row), *others = rows(demo)
    again = (99, row.model_copy(update={"variable": "again"}))
    (heading,) = check_codebook([(line, row), *others, again], demo.spec, "x")
    assert (heading.code, heading.where.line) == ("codebook-heading", 99)
    assert heading.found == f"heading `{row.header}` also of `{row.variable}`"
    same = (99, row.model_copy(update={"header": "another"}))
    (twice,) = check_codebook([(line, row), *others, same], demo.spec, "x")
    assert twice.found == f"`{row.variable}` also in line {line}" and twice.where.line == 99
    assert list(check_codebook([(line, row)], None, "x")) == []


def regression(*columns, **keys):
    return RegressionTable.model_validate(
        {"kind": "regression", "title": TEXT, "columns": list(columns)} | keys
    )


@pytest.mark.parametrize(
    ("column", "code", "key"),
    [
        ({"outcome": "urii"}, "unknown-variable", "columns.1.outcome"),
        ({"treatment": "nqpp"}, "unknown-variable", "columns.1.treatment"),
        ({"controls": ["x"]}, "unknown-variable", "columns.1.controls"),
        ({"controls": ["services", "services"]}, "role-twice", "columns.1"),
        ({"sample": {"without": ["Nowhere"]}}, "unknown-province", "columns.1.sample"),
        ({"sample": {"years": [2015, 2012]}}, "sample-year", "columns.1.sample"),
        ({"sample": {"without_years": [2030]}}, "sample-year", "columns.1.sample"),
        ({"sample": {"high": ["x"]}}, "unknown-variable", "columns.1.sample"),
    ],
)
def test_columns_of_a_table(demo, column, code, key):
    found = list(check_specs.check_spec(demo, "tables/02_t", regression({}, column), True))
    assert [(f.code, f.where.key) for f in found] == [(code, key)]
    assert found[0].where.file.endswith("specs/demo/tables/02_t.toml")


def test_a_figure_stands_after_a_table_that_there_is(demo):
    def figure(after):
        keys = {"kind": "trends", "title": TEXT, "variables": ["nqp"], "after": after}
        return TrendsFigure.model_validate(keys)

    stem = next(iter(demo.tables)).split("/")[1]
    assert list(check_specs.check_spec(demo, "figures/02_x", figure(stem), True)) == []
    (found,) = check_specs.check_spec(demo, "figures/02_x", figure("77_no"), True)
    assert (found.code, found.where.key) == ("unknown-table", "after")


def test_samples_of_one_year_are_refused_and_no_sample_is_none(demo):
    assert list(check_specs.check_sample(demo, "x", "sample", None)) == []
    (found,) = check_specs.check_sample(demo, "x", "sample", Sample(years=[2015, 2015]))
    assert found.found == "[2015, 2015]" and found.expected == "first year < last year"


def test_groups_and_their_labels(demo):
    found = list(check_specs.group_labels("x", ["a", "b"], ["b", "c"]))
    assert [f.where.key for f in found] == ["labels.a", "labels.c"]
    (overlap,) = check_specs.group_overlaps("x", [["East"], ["West", "East"]])
    assert overlap.found == "`East` in two groups"
    assert list(check_specs.group_overlaps("x", [["East"], ["West"]])) == []


def test_a_table_of_another_kind(demo):
    stem = next(n for n, t in demo.tables.items() if t.kind == "descriptives").split("/")[1]
    (found,) = check_specs.table_of_kind(demo, "x", "table", stem, ["mediation", "chain"])
    assert found.found == f"`{stem}` is a descriptives table"
    assert found.expected == "a mediation or chain table"


def test_provinces_by_any_of_their_names(demo):
    where = Where(file="x", key="without")
    assert list(check_specs.check_provinces(where, ["Beijing", "北京市", "内蒙古"])) == []
    (found,) = check_specs.check_provinces(where, ["Bejing"])
    assert "Beijing" in found.remedy and found.where == where


@pytest.mark.parametrize(
    ("variable", "english", "chinese"),
    [("gdp", "CNY 100m", "亿元"), ("income_ratio", "", ""), ("uri", "", "")],
)
def test_units_as_tables_print_them(demo, variable, english, chinese):
    assert demo.unit(variable, "en") == english and demo.unit(variable, "zh") == chinese


def test_labels_of_levers_carry_their_key_and_those_of_indices_their_parts(demo):
    lever = demo.levers["c1"].label
    assert demo.label("c1", "en") == f"C1 {lever.en}" and demo.label("c1", "zh") == f"C1{lever.zh}"
    index, dimensions = demo.indices["uri"].label, demo.indices["uri"].dimensions
    assert demo.label("uri_people", "en") == dimensions["people"].label.en
    assert demo.label("uri", "zh") == index.zh
    assert demo.label("uri_pca", "en").startswith(f"{index.en} (")
    assert demo.label("uri_pca", "zh").startswith(f"{index.zh}（")


def test_a_folder_without_a_table_says_so(workspace):
    from pipeline.methods.load import open_study
    from pipeline.study.paths import study_paths

    for path in workspace.specs.glob("tables/*.toml"):
        path.unlink()
    with pytest.raises(Rejected) as refused:
        open_study(study_paths("demo"))
    assert "no-tables" in {f.code for f in refused.value.findings}
