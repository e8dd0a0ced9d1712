"""The same numbers in every format, escapes, glyphs, and the LaTeX compiles."""

import csv
import io
import re
import shutil
import subprocess

import pytest
from docx import Document
from fontTools.ttLib import TTFont

from pipeline.mechanisms.mediation import estimate as mediation
from pipeline.report.layout import BUILDERS, build_table
from pipeline.report.numbers import decimal, p_value, stars, typographic
from pipeline.report.table import Cell, Heading, Row, Table, merged
from pipeline.report.writers import WRITERS, html, latex, typst
from pipeline.study.results import Estimator
from tests.conftest import ROOT

NUMBER = re.compile(r"[-−]?\d[\d,]*\.\d+")


@pytest.fixture(scope="module")
def tables(demo, demo_panel):
    """Every table of the demo study in both languages."""
    from pipeline.estimate.run import ESTIMATORS
    from pipeline.mechanisms.run import ESTIMATORS as MORE

    estimators: dict[str, Estimator] = {**ESTIMATORS, **MORE}
    out = []
    for name, spec in demo.tables.items():
        result = estimators[spec.kind](demo, demo_panel, name, spec)
        out += [build_table(demo, name, result, language) for language in ("en", "zh")]
    return out


def plain(text):
    return [n.replace("−", "-").replace(",", "") for n in NUMBER.findall(text)]


def cells(table):
    return [n for row in table.rows for cell in row.cells for n in plain(cell.text)]


def word_text(content):
    document = Document(io.BytesIO(content))
    rows = document.tables[0].rows[0:]
    return " ".join(tc.text for row in rows for tc in row.cells)


def test_every_kind_of_table_has_a_builder(demo):
    assert {t.kind for t in demo.tables.values()} == set(BUILDERS)


def test_all_formats_hold_the_same_numbers(tables):
    for table in tables:
        wanted = cells(table)
        assert wanted or table.name == "tables/95_overlap"  # marks, no numbers
        tex = WRITERS["tex"](table).decode().split(r"\midrule", 1)[1].split(r"\bottomrule")[0]
        tex = tex.replace("$-$", "-")
        assert [n for n in plain(tex) if n in wanted] == wanted
        body = WRITERS["html"](table).decode().split("<tbody>")[1].split("</tbody>")[0]
        assert [n for n in plain(body) if n in wanted] == wanted
        body = WRITERS["md"](table).decode().split("\n\n")[1]
        assert [n for n in plain(body) if n in wanted] == wanted
        rows = list(csv.reader(io.StringIO(WRITERS["csv"](table).decode("utf-8-sig"))))
        inside = rows[1 + len(table.headings) : 1 + len(table.headings) + len(table.rows)]
        assert [n for r in inside for n in plain(" ".join(r[1:]))] == wanted
        assert [n for n in plain(word_text(WRITERS["docx"](table))) if n in wanted] == wanted
        body = typst.fragment(table).split("table.hline(stroke: 0.5pt)),\n", 1)[
            1
        ]  # what follows the headings
        lines = [line for line in body.splitlines() if "table.hline" not in line]
        assert [n for n in plain("\n".join(lines).replace("\\", "")) if n in wanted] == wanted


def test_writers_give_the_same_bytes_twice(tables):
    for table in tables[:4]:
        for writer in WRITERS.values():
            assert writer(table) == writer(table)


def test_synthetic_data_are_said_to_be_in_every_table(tables):
    for table in tables:
        said = "not real statistics" if table.language == "en" else "并非真实统计数据"
        assert said in " ".join(table.notes)
        for suffix, writer in WRITERS.items():
            content = writer(table)
            text = (
                content.decode("utf-8")
                if suffix != "docx"
                else " ".join(p.text for p in Document(io.BytesIO(content)).paragraphs)
            )
            assert said in text.replace("\n", " "), (table.name, suffix)


def test_chinese_text_has_chinese_punctuation(tables):
    han = "[\u4e00-\u9fff]"
    for table in tables:
        if table.language == "zh":
            texts = [
                table.title,
                *table.notes,
                *(r.label for r in table.rows),
                *(h.text for hs in table.headings for h in hs),
            ]
            for text in texts:
                assert not re.search(f"{han}[,;:?]|[,;:?]{han}", text), text


def test_every_character_has_a_glyph(tables):
    """Libertinus (inside Typst) holds Latin; the shipped subset must hold every Chinese character and sign."""
    fonts = ROOT / "pipeline/report/fonts"
    for name in ("NotoSerifSC-Regular.ttf", "NotoSansSC-Regular.ttf"):
        known = set(TTFont(fonts / name).getBestCmap())
        text = "".join(typst.fragment(t) for t in tables)
        for path in [
            *(ROOT / "pipeline/report/wording").glob("*.py"),
            *(ROOT / "specs").rglob("*.toml"),
        ]:
            text += path.read_text(encoding="utf-8")
        missing = {c for c in text if ord(c) >= 0x2E80 and ord(c) not in known}
        assert not missing, (name, missing)


def test_mediation_stars_and_interval_in_the_markdown(demo, demo_panel, tables):
    table = next(t for t in tables if t.name == "tables/03_mechanisms" and t.language == "en")
    result = mediation(
        demo, demo_panel, "tables/03_mechanisms", demo.tables["tables/03_mechanisms"]
    )
    a = result.columns[0].term("a")
    assert Cell(decimal(a.estimate), stars(a.p)) in {c for r in table.rows for c in r.cells}
    assert "suppresses" in {c.text for r in table.rows for c in r.cells}


def awkward():
    nasty = r"50% of A&B_c #1 {x} ~y^z \n <b> $ @ * 'q' [l] |"
    return Table(
        "tables/x",
        "1",
        nasty,
        nasty,
        (merged([nasty, nasty, "y"]), (Heading("a"), Heading("b"), Heading("c"))),
        (
            Row(nasty, (Cell("-0.5", "***"), Cell("(0.1)"), Cell("[-1.0, 2.0]"))),
            Row(nasty, kind="panel"),
        ),
        (nasty,),
    )


def test_special_characters_are_literal():
    table = awkward()
    tex = latex.write(table).decode()
    assert (
        r"50\% of A\&B\_c \#1 \{x\}" in tex
        and r"$-$0.5$^{***}$" in tex
        and r"\mbox{[$-$1.0, 2.0]}" in tex
    )
    assert "&lt;b&gt;" in html.fragment(table) and "<b>" not in html.fragment(table)
    import typst as compiler

    template = (ROOT / "pipeline/report/document/report.typ").read_text(encoding="utf-8")
    assert (
        compiler.compile((template + typst.fragment(table)).encode(), format="pdf")[:4] == b"%PDF"
    )


def test_latex_is_well_formed(tables):
    for table in [*tables, awkward()]:
        tex = latex.write(table).decode()
        for name in ("table", "tabular", "minipage"):
            assert tex.count(rf"\begin{{{name}}}") == tex.count(rf"\end{{{name}}}") == 1
        body = tex.split(r"\toprule")[1].split(r"\bottomrule")[0]
        for line in body.splitlines():
            if line.endswith(r"\\"):
                spans = [int(n) for n in re.findall(r"\\multicolumn\{(\d+)\}", line)]
                width = len(re.findall(r"(?<!\\)&", line)) + 1 + sum(spans) - len(spans)
                assert width == table.columns + 1, line


@pytest.mark.parametrize(
    ("language", "engine", "package"),
    [("en", "pdflatex", ""), ("zh", "xelatex", r"\usepackage{ctex}")],
)
def test_latex_compiles(tables, tmp_path, language, engine, package):
    if shutil.which(engine) is None:
        pytest.skip(f"{engine} is not installed")
    parts = [latex.write(t).decode() for t in tables if t.language == language]
    text = "\n".join(
        [
            r"\documentclass{article}",
            r"\usepackage{booktabs,array}",
            package,
            r"\begin{document}",
            *parts,
            r"\end{document}",
        ]
    )
    (tmp_path / "all.tex").write_text(text, encoding="utf-8")
    run = subprocess.run(
        [engine, "-interaction=nonstopmode", "-halt-on-error", "all.tex"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        errors="replace",
    )
    if "ctex.sty' not found" in run.stdout or ("fontset" in run.stdout.lower() and run.returncode):
        pytest.skip("ctex or its fonts are not installed")
    assert run.returncode == 0, run.stdout[-2000:]
    wide = [float(n) for n in re.findall(r"Overfull \\hbox \(([\d.]+)pt", run.stdout)]
    assert not [n for n in wide if n > 5]


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.12345, 4, "0.1235"),
        (-0.00004, 4, "-4.0e-05"),
        (0.0, 4, "0"),
        (12.0, 2, "12.00"),
        (None, 4, ""),
        (0.0004, 3, "4.0e-04"),
    ],
)
def test_decimals_never_print_a_false_zero(value, digits, text):
    assert decimal(value, digits) == text


def test_p_values_and_stars():
    assert p_value(0.0004) == "< 0.001" and p_value(0.0456) == "0.046"
    assert [stars(p) for p in (0.009, 0.049, 0.099, 0.1, None)] == ["***", "**", "*", "", ""]
    assert typographic("[-0.1, 2-3] p-value -5") == "[−0.1, 2-3] p-value −5"
