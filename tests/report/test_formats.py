"""The same numbers in every format, and the look of the journal in each."""

import csv
import io
import re
import zipfile
from dataclasses import replace

import openpyxl
import pytest
from docx import Document

from pipeline.report.numbers import decimal, p_value, percent, plain, stars, typographic
from pipeline.report.page import Line, Page, Printed
from pipeline.report.table import Heading
from pipeline.report.writers import WRITERS, html, latex, typst, xlsx
from pipeline.report.writers.xlsx import number_format
from tests.methods import golden
from tests.report.pages import journal, page_of, wide

NUMBER = re.compile(r"[-−]?\d[\d,]*(?:\.\d+)?")


@pytest.fixture(scope="module", params=golden.LANGUAGES)
def pages(request, demo) -> list[Page]:
    """The golden pages of all methods that have one, in a language."""
    folders = [golden.folder(method) for method in golden.printing_methods()]
    return [golden.page(f, demo, request.param) for f in folders if (f / "result.json").exists()]


def numbers(text):
    return [n.replace("−", "-").replace(",", "") for n in NUMBER.findall(text)]


def printed(page):
    """The numbers of a page's cells, line by line."""
    return [[n for c in line.cells for n in numbers(c.text)] for line in page.lines]


def test_markdown_csv_html_and_word_hold_the_same_numbers(pages):
    for page in pages:
        wanted, heads = printed(page), len(page.headings)
        source = WRITERS["md"](page).decode().split("\n\n")[1].splitlines()
        rows = [re.split(r"(?<!\\)\|", line)[2:-1] for line in source[heads + 1 :]]
        assert [numbers(" ".join(r)) for r in rows] == wanted
        body = WRITERS["html"](page).decode().split("<tbody>")[1].split("</tbody>")[0]
        shown = [re.sub("<[^>]*>", " ", r.partition("</td>")[2]) for r in body.split("<tr")[1:]]
        assert [numbers(r) for r in shown] == wanted
        table = csv.reader(io.StringIO(WRITERS["csv"](page).decode("utf-8-sig"), newline=""))
        inside = list(table)[1 + heads : 1 + heads + len(page.lines)]
        assert [numbers(" ".join(r[1:])) for r in inside] == wanted


def test_spreadsheets_hold_the_numbers_as_numbers(pages):
    for page in pages:
        sheet = openpyxl.load_workbook(io.BytesIO(WRITERS["xlsx"](page))).active
        for r, line in enumerate(page.lines, start=2 + len(page.headings)):
            for c, cell in enumerate(line.cells, start=2):
                found = sheet.cell(r, c)
                if cell.value is not None:
                    assert found.value == pytest.approx(cell.value, rel=1e-15)
                    assert found.data_type == "n"


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        (Printed("0.3540", "***", 0.354), '0.0000"***"'),
        (Printed("-0.0860", "", -0.086), "0.0000"),
        (Printed("(0.0570)", "", 0.057), '"("0.0000")";"("-0.0000")"'),
        (Printed("1,234", "", 1234), "#,##0"),
        (Printed("12.3%", "", 0.1234), "0.0%"),
        (Printed("1.0e-05", "", 1e-5), "0.0E+00"),
        (Printed("< 0.001", "", 0.0004), '"< 0.001"'),
        (Printed("[< 0.001]", "", 0.0004), '"[< 0.001]"'),
        (Printed("[0.031]", "", 0.031), '"["0.000"]";"["-0.000"]"'),
    ],
)
def test_formats_of_numbers_show_what_is_printed(cell, wanted):
    assert number_format(cell) == wanted


@pytest.mark.parametrize("suffix", sorted(WRITERS))
def test_writers_give_the_same_bytes_twice(suffix):
    page = wide(4)
    assert WRITERS[suffix](page) == WRITERS[suffix](page)


def test_latex_rows_have_every_column(pages):
    for page in pages:
        for part in latex.write(page).decode().split(r"\toprule")[1:]:
            body = part.split(r"\bottomrule")[0]
            widths = {_columns(line) for line in body.splitlines() if line.endswith(r"\\")}
            assert len(widths) == 1


def _columns(line):
    spans = [int(n) for n in re.findall(r"\\multicolumn\{(\d+)\}", line)]
    return len(re.findall(r"(?<!\\)&", line)) + 1 + sum(spans) - len(spans)


def test_chinese_text_has_chinese_punctuation(pages):
    han = "[\u4e00-\u9fff]"
    for page in pages:
        heads = [h.text for row in page.headings for h in row]
        for text in (page.title, page.note, *heads, *(line.label for line in page.lines)):
            if page.language == "zh":
                assert not re.search(f"{han}[,;:?]|[,;:?]{han}", text), text


def small(preset):
    lines = (
        Line("x", (Printed("-0.5", "**", -0.5), Printed("1", value=1.0)), rule_above=True),
        Line("part", kind="panel"),
    )
    heads = ((Heading("both", 2),), (Heading("a"), Heading("b")))
    return Page("t/01", "1", "T", "T", "T", "", heads, lines, (), "", "en", journal(preset))


@pytest.mark.parametrize("preset", ["generic", "three_line", "aer"])
def test_every_format_takes_the_look_from_the_journal(preset):
    page, j = small(preset), journal(preset)
    tex = latex.write(page).decode()
    assert rf"\heavyrulewidth}}{{{j.rules.outer}pt}}" in tex
    assert rf"\fontsize{{{int(j.sizes.cells)}}}" in tex and r"\cmidrule(lr){2-3}" in tex
    assert (r"\textit{part}" in tex) == (j.panel == "italic")
    source = typst.fragment(page)
    assert f"stroke: {j.rules.outer}pt" in source and j.fonts.latin[0] in source
    assert ("#strong" in source) == (j.caption == "bold")
    assert f"start: 1, end: 3, stroke: {j.rules.span}pt" in source
    sheet = html.write(page).decode()
    assert f"border-top: {j.rules.outer}pt" in sheet and j.fonts.east_asian[0] in sheet
    with zipfile.ZipFile(io.BytesIO(WRITERS["docx"](page))) as archive:
        document = archive.read("word/document.xml").decode()
        styles = archive.read("word/styles.xml").decode()
    assert f'w:sz="{round(8 * j.rules.outer)}"' in document
    assert f'w:eastAsia="{j.fonts.east_asian[0]}"' in styles
    section = Document(io.BytesIO(WRITERS["docx"](page))).sections[0]
    assert section.page_width.cm == pytest.approx(j.paper.width, abs=0.01)
    book = openpyxl.load_workbook(io.BytesIO(xlsx.write(page)))
    assert book.active["A1"].font.name == j.fonts.latin[0]


def test_stars_are_raised_where_the_journal_says_so():
    page = small("generic")
    flat = replace(page, journal=page.journal.model_copy(update={"raised": False}))
    assert "<sup>**</sup>" in html.fragment(page) and "<sup>" not in html.fragment(flat)
    assert "$^{**}$" in latex.write(page).decode() and "$^{" not in latex.write(flat).decode()
    assert "#super" in typst.fragment(page) and "#super" not in typst.fragment(flat)


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


def test_p_values_stars_and_shares():
    assert p_value(0.0004) == "< 0.001" and p_value(0.0456) == "0.046"
    assert p_value(0.009, 2) == "< 0.01" and p_value(0.011, 2) == "0.01"
    levels = [0.1, 0.05, 0.01]
    told = [stars(p, levels) for p in (0.009, 0.049, 0.099, 0.1, None)]
    assert told == ["***", "**", "*", "", ""]
    assert percent(-0.00001) == "0.0%" and percent(0.5, 0) == "50%" and plain(0.0) == "0.000"
    assert typographic("[-0.1, 2-3] p-value -5") == "[−0.1, 2-3] p-value −5"


def test_lines_without_a_label_say_what_they_hold_in_spreadsheets():
    page = wide(2)
    rows = list(csv.reader(io.StringIO(WRITERS["csv"](page).decode("utf-8-sig"), newline="")))
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx.write(page))).active
    below = 1 + len(page.headings) + 1
    assert rows[below] == ["SE", "0.0123", "0.0123"] and sheet.cell(below + 1, 1).value == "SE"


def test_texts_that_look_like_formulas_are_marked_as_texts():
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx.write(page_of(["=1+1", "one"])))).active
    assert sheet["A4"].value == "=1+1" and sheet["A4"].quotePrefix and not sheet["A5"].quotePrefix


def test_no_rule_under_a_blank_heading():
    page = small("generic")
    blank = replace(page, headings=((Heading("", 2),), page.headings[1]))
    assert (
        "start: 1" not in typst.fragment(blank) and "cmidrule(" not in latex.write(blank).decode()
    )
    assert 'class="span"' in html.fragment(page) and 'class="span"' not in html.fragment(blank)


def test_html_rows_carry_their_class_where_they_have_one():
    page = page_of(["x"])
    plain, panel = page.lines
    ruled = replace(page, lines=(replace(plain, rule_above=True), plain, panel))
    text = WRITERS["html"](ruled).decode()
    assert '<tr class="rule"><td>x</td>' in text and "<tr><td>x</td>" in text
    assert '<tr class="panel"><td colspan="3">x</td></tr>' in text


def test_a_table_in_several_floats_is_continued_in_words_of_its_language():
    page = replace(wide(20), continued="Table 7 (continued)", title="A title", caption="Table 7")
    tex = latex.write(page).decode()
    assert tex.count("Table 7 (continued)") == tex.count(r"\begin{table}") - 1 > 0


@pytest.mark.parametrize("minus", ["−", "\\1", r"\g<0>", "–"])
def test_the_sign_of_a_journal_is_a_text(minus):
    assert typographic("-5", minus) == f"{minus}5"
