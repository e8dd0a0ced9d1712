"""TOML and CSV specs: problems with their lines, and the name that was meant."""

import pytest

from pipeline.study.closed import Closed, Text
from pipeline.study.rows import read_rows
from pipeline.study.toml import line_of, read_kind, read_toml

TEXT = """# a comment
title = { en = "x", zh = "x" }
roles.outcome = "y"

[bootstrap]
draws = 9

[[sources]]
name = "a"
[[sources]]
name = "b"
[sources.nbs]
path = "x"
"quoted" = 1

[nqp.dimensions.green.indicators]
energy = "-"
"""


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (["title"], 2),
        (["title", "en"], 2),
        (["roles", "outcome"], 3),
        (["bootstrap"], 5),
        (["bootstrap", "draws"], 6),
        (["bootstrap", "level"], 5),
        (["sources", 0, "name"], 9),
        (["sources", 1, "name"], 11),
        (["sources", 1, "nbs", "path"], 13),
        (["sources", 1, "nbs", "quoted"], 14),
        (["nqp", "dimensions", "green", "indicators", "energy"], 17),
        (["nqp", "dimensions", "green"], None),
        (["nothing"], None),
    ],
)
def test_the_line_of_a_key_or_of_what_encloses_it(keys, line):
    assert line_of(TEXT, keys) == line


class Plain(Closed):
    name: str
    label: Text
    number: int = 0


def read(tmp_path, content, reader=lambda p, f: read_toml(p, Plain, f)):
    path, problems = tmp_path / "x.toml", []
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return reader(path, problems), [(p.code, p.where.line, p.remedy) for p in problems]


def test_every_wrong_key_is_told_with_the_one_that_was_meant(tmp_path):
    found, problems = read(tmp_path, 'nam = "x"\nlabel = { enn = "x", zh = "x" }\nnumber = "3"\n')
    assert found is None
    assert ("spec-unknown-key", 1, "did you mean `name`?") in problems
    assert ("spec-unknown-key", 2, "did you mean `en`?") in problems
    assert {code for code, _, _ in problems} == {
        "spec-unknown-key",
        "spec-missing-key",
        "spec-value",
    }


def test_what_is_no_toml_no_utf8_or_absent(tmp_path):
    assert read(tmp_path, "name = \n")[1][0][:2] == ("spec-syntax", 1)
    assert read(tmp_path, "name = '新'".encode("gb18030"))[1][0][0] == "spec-encoding"
    problems = []
    assert read_toml(tmp_path / "none.toml", Plain, problems) is None
    assert [p.code for p in problems] == ["spec-missing"]


def test_a_byte_order_mark_is_no_problem(tmp_path):
    found, problems = read(tmp_path, '\ufeffname = "x"\nlabel = { en = "a", zh = "b" }\n')
    assert found == Plain(name="x", label=Text(en="a", zh="b")) and not problems


@pytest.mark.parametrize(
    ("content", "remedy"),
    [
        ('kind = "plian"', "did you mean `plain`?"),
        ("x = 1", "name a kind"),
        ("kind = [1]", "name a kind"),
        ("kind = { x = 1 }", "name a kind"),
        ("kind = 2011-01-01", "name a kind"),
    ],
)
def test_a_kind_that_no_method_has(tmp_path, content, remedy):
    found, problems = read(tmp_path, content, lambda p, f: read_kind(p, {"plain": Plain}, f))
    assert found is None and problems == [("spec-kind", 1 if "kind" in content else None, remedy)]


class Cells(Closed):
    variable: str
    number: float | None = None


def rows(tmp_path, content):
    return read(tmp_path, content, lambda p, f: read_rows(p, Cells, f))


def test_rows_with_their_lines_and_absent_cells(tmp_path):
    found, problems = rows(tmp_path, "\ufeffvariable, number\ngdp,3\n\npop,\n")
    assert not problems
    assert found == [(2, Cells(variable="gdp", number=3.0)), (4, Cells(variable="pop"))]


def test_every_wrong_row_is_told_and_the_others_are_read(tmp_path):
    found, problems = rows(tmp_path, "variable,number\ngdp,x\npop,1\n,2\na,1,2\n")
    assert [line for line, _ in found] == [3]
    assert [p[:2] for p in problems] == [
        ("spec-value", 2),
        ("spec-missing-key", 4),
        ("spec-row", 5),
    ]


@pytest.mark.parametrize(
    ("content", "remedy"),
    [
        ("variable;number\n", "save it with commas"),
        ("variabel\n", "correct the first line"),
        ("", "correct the first line"),
    ],
)
def test_a_first_line_that_names_other_columns(tmp_path, content, remedy):
    found, problems = rows(tmp_path, content)
    assert found == [] and problems == [("spec-columns", 1, remedy)]
