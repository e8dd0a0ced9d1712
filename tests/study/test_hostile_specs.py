"""Specs that are huge, strange or no files at all: one clear error each, at once."""

import os
import re
import time
from datetime import date

import pytest

from pipeline.methods.load import open_study
from pipeline.panel.finding import Rejected
from pipeline.quick import inputs
from pipeline.study import load, spec_file
from pipeline.study.paths import Paths
from pipeline.study.rows import read_rows
from pipeline.study.schema import StudySpec, Variable
from pipeline.study.toml import read_toml


@pytest.fixture
def told(tmp_path):
    """Function from the content of a study.toml to its problems."""

    def problems(content):
        path, found = tmp_path / "study.toml", []
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        start = time.process_time()
        read_toml(path, StudySpec, found)
        assert time.process_time() - start < 8  # 2.5 on an idle machine
        return [(p.code, p.where.line, p.found) for p in found]

    return problems


def only(problems):
    (problem,) = problems
    return problem


@pytest.mark.parametrize("shape", ["k{} = 1\n", "[k{}]\n"])
def test_a_hundred_thousand_unknown_keys_are_one_problem(told, shape):
    found = told("".join(shape.format(i) for i in range(100_000)))
    said = "100,000 unknown keys: k0, k1, k2, k3, k4 and 99,995 more"
    assert found[0] == ("spec-unknown-key", 1, said)
    assert {code for code, _, _ in found[1:]} == {"spec-missing-key"}


def test_a_few_unknown_keys_are_told_one_by_one(told):
    found = told("k1 = 1\nk2 = 1\n")
    assert [line for code, line, _ in found if code == "spec-unknown-key"] == [1, 2]


def test_thousands_of_wrong_values(told):
    found = told("provinces_without = [" + "1," * 1_000 + "]")
    assert len(found) == 21
    assert found[-1][0] == "spec-more" and found[-1][2].endswith("problems more")


def test_thousands_of_texts_that_no_spec_can_hold(told):
    found = told("a = [" + '"\\u0007",' * 3_000 + "]")
    assert len(found) == 21 and found[-1] == ("spec-more", None, "2,980 problems more")


@pytest.mark.parametrize(
    ("content", "line", "found"),
    [
        ("a = 1\n" + "a." * 300_000 + "a = 1", 2, "a key of more than 16 parts (at line 2)"),
        ("x = {" + "a . " * 300_000 + "a = 1}", 1, "a key of more than 16 parts (at line 1)"),
        ('"=".' * 300_000 + "a = 1", 1, "a key of more than 16 parts (at line 1)"),
        ("x = " + "[" * 300_000, None, "lists or tables nested too deeply"),
        ("x = " + "{a=" * 300_000, None, "lists or tables nested too deeply"),
        ("seed = " + "9" * 5_000, None, "a number of thousands of digits"),
        ("seed = 1\nseed = 2\n", 2, "Cannot overwrite a value (at line 2, column 9)"),
        ("[roles]\n[roles]\n", 2, "Cannot declare ('roles',) twice (at line 2, column 7)"),
    ],
)
def test_what_is_no_toml_or_only_takes_long(told, content, line, found):
    assert only(told(content)) == ("spec-syntax", line, found)


@pytest.mark.parametrize(
    ("content", "code", "line", "found"),
    [
        ("x = " + "[" * 40 + "]" * 40, "spec-depth", 1, "nested 17 deep"),
        ("a = 1\nseed = " + "9" * 400, "spec-number", 2, "a whole number beyond 64 bits"),
        ("seed = 0x" + "f" * 5_000, "spec-number", 1, "a whole number beyond 64 bits"),
        ("a = '" + "x" * 100_000 + "'", "spec-length", 1, "100,000 characters"),
        ("x" * 100_000 + " = 1", "spec-length", 1, "100,000 characters"),
        ('a = 1\nq = { en = "\\u0007" }', "spec-control", 2, "the control character U+0007"),
        ('"a\\u0000" = 1', "spec-control", None, "the control character U+0000"),
        ("a = 1\nb = '\x1b'", "spec-control", 2, "the control character U+001B"),
        ("a = 1\nb = '\x00'", "spec-control", 2, "the control character U+0000"),
        ("#" * 2_000_001, "spec-size", None, "2,000,001 bytes"),
        (
            "a = 1\nb = '新质生产力'".encode("gbk"),
            "spec-encoding",
            2,
            "line 2 is not UTF-8: it reads as GBK",
        ),
        ("a = '新'".encode("utf-16"), "spec-encoding", 1, "line 1 is not UTF-8: it is UTF-16"),
        (b"a = '\xff\xff\xff'", "spec-encoding", 1, "line 1 is not UTF-8"),
    ],
)
def test_what_no_spec_can_hold(told, content, code, line, found):
    assert only(told(content)) == (code, line, found)


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("years", "[1, 99999999]", ["1", "99999999"]),
        ("years", "[nan, inf]", ["nan", "inf"]),
        ("base_year", "1899", ["1899"]),
        ("bootstrap.level", "nan", ["nan"]),
        ("bootstrap.level", "inf", ["inf"]),
        ("bootstrap.level", "1e999", ["inf"]),
        ("checks", "[{ rule = 'a == b', tolerance = nan }]", ["nan"]),
        ("question", "2011-01-01", [repr(date(2011, 1, 1))]),
        ("sources", "[{ name = 'a', file = 2011-01-01 }]", [repr(date(2011, 1, 1))]),
        ("roles", f"{{ outcome = '{'x' * 101}', treatment = 'a' }}", [f"'{'x' * 76}..."]),
    ],
)
def test_values_of_no_study(told, key, value, shown):
    found = told(f"{key} = {value}\n")
    assert [said for code, _, said in found if code == "spec-value"] == shown


@pytest.mark.parametrize(
    "change", [lambda t: "\ufeff" + t.lstrip("\ufeff"), lambda t: t.replace("\n", "\r\n")]
)
def test_marks_and_ends_of_lines_that_programs_add(workspace, demo, change):
    for path in workspace.specs.rglob("*.*"):
        path.write_bytes(change(path.read_text("utf-8")).encode("utf-8"))
    study = opened(workspace)
    assert (study.spec, study.codebook) == (demo.spec, demo.codebook)
    assert (study.tables, study.figures) == (demo.tables, demo.figures)


def opened(workspace):
    return open_study(
        Paths("demo", workspace.specs, workspace.data, workspace.build, workspace.folder)
    )


def problems_of(workspace):
    start = time.process_time()
    with pytest.raises(Rejected) as refused:
        opened(workspace)
    assert time.process_time() - start < 20
    return [(f.code, f.where.line, f.found) for f in refused.value.findings]


FILES = ["study.toml", "codebook.csv", "levers.toml", "tables/02_baseline.toml"]


@pytest.mark.parametrize("kind", ["pipe", "device", "folder"])
def test_what_is_no_file(workspace, kind):
    for path in (workspace.specs / name for name in FILES):
        path.unlink()
        if kind == "pipe":
            os.mkfifo(path)
        elif kind == "device":
            path.symlink_to("/dev/zero")
        else:
            path.mkdir()
    found = "a folder" if kind == "folder" else "a pipe or a device"
    assert problems_of(workspace).count(("spec-file", None, found)) == len(FILES)


def test_a_pipe_among_the_files_of_a_study_is_not_waited_for(workspace):
    os.mkfifo(workspace.specs / "journals.toml")
    os.mkfifo(workspace.data / "more.csv")
    assert inputs(workspace.specs, workspace.data, ())


def test_names_of_files_that_would_become_too_long(workspace):
    path = workspace.specs / "tables" / f"77_{'x' * 243}.toml"
    path.write_text((workspace.specs / "tables/02_baseline.toml").read_text("utf-8"), "utf-8")
    ((code, _, found),) = problems_of(workspace)
    assert code == "spec-name" and len(found) == 80


def test_names_of_specs_that_no_file_can_have(workspace):
    long = "x" * 5_000
    headline = f'headline = {{ table = "{long}", column = 1 }}\nstyle.journal = "{long}"\n'
    path = workspace.specs / "study.toml"
    path.write_text(headline + path.read_text("utf-8"), "utf-8")
    path = workspace.specs / "figures/14_levers.toml"
    path.write_text(re.sub("(?m)^table = .*$", f'table = "{long}"', path.read_text("utf-8")))
    codes = {code for code, _, _ in problems_of(workspace)}
    assert codes >= {"unknown-table", "unknown-journal"}


def test_a_formula_longer_than_a_line(workspace):
    path = workspace.specs / "variables.toml"
    long = " + ".join(["gdp"] * 1_500)
    more = f'\n[variables.long]\nlabel = {{ en = "x", zh = "x" }}\nformula = "{long}"\n'
    path.write_text(path.read_text("utf-8") + more, "utf-8")
    ((code, line, found),) = problems_of(workspace)
    assert code == "formula" and line and "nested more than" in found and len(found) < 200


def test_thousands_of_formulas_with_unknown_names(workspace, monkeypatch):
    monkeypatch.setattr(load, "_MOST", 7)
    path = workspace.specs / "variables.toml"
    label = 'label = { en = "x", zh = "x" }'
    more = "".join(f'\n[variables.v{i}]\n{label}\nformula = "nothing{i}"\n' for i in range(2_000))
    path.write_text(path.read_text("utf-8") + more, "utf-8")
    assert [found for _, _, found in problems_of(workspace)[7:]] == ["more than 7 problems"]


@pytest.mark.parametrize("years", ["[2023, 2011]", "[2011, 2011]"])
def test_years_backwards(workspace, years):
    workspace.edit("specs/demo/study.toml", "years = [2011, 2023]", f"years = {years}")
    assert "years" in {code for code, _, _ in problems_of(workspace)}


def rows(tmp_path, content):
    path, found = tmp_path / "codebook.csv", []
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    read_rows(path, Variable, found)
    return [(p.code, p.where.line, p.found) for p in found]


HEAD = "variable,label_en,label_zh,kind,use,unit,source,header,source_unit,minimum,note\n"
ROW = "gdp,x,x,amount,scale,yuan,a,x,yuan,{},{}\n"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (HEAD + ROW.format("nan", ""), ("spec-value", 2, "'nan'")),
        (HEAD + ROW.format("-inf", ""), ("spec-value", 2, "'-inf'")),
        (HEAD + ROW.format("1", "\x00"), ("spec-control", 2, "the control character U+0000")),
        (HEAD + ROW.format("1", "x" * 20_000), ("spec-length", 2, "a cell of 20,000 characters")),
        (HEAD + ROW.format("1", '"' + "x" * 200_000), ("spec-syntax", None, "field larger than")),
        (HEAD + ROW.format("1", "") * 60_000, ("spec-size", None, "2,280,080 bytes")),
        (HEAD.encode() + "新".encode("gbk"), ("spec-encoding", 2, "line 2 is not UTF-8: it reads")),
    ],
)
def test_codebooks_that_no_study_has(tmp_path, content, problem):
    code, line, found = only(rows(tmp_path, content))
    assert (code, line) == problem[:2] and found.startswith(problem[2])


def test_a_codebook_that_is_wrong_throughout(tmp_path):
    found = rows(tmp_path, HEAD + ROW.format("x", "") * 10_000)
    assert [line for _, line, _ in found[:20]] == list(range(2, 22))
    assert found[20:] == [("spec-more", None, "9,980 problems more")]


def test_the_longest_text_that_is_kept():
    assert len(spec_file.shortened("x" * 80)) == 80
    assert spec_file.shortened("x" * 81) == "x" * 77 + "..."
