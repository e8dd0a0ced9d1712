"""Any text, in every place of a table, comes out of every format as it went in."""

import csv
import io
import json
import re
import subprocess
from html.parser import HTMLParser

import openpyxl
import pytest
import typst as compiler
from docx import Document
from hypothesis import example, given, settings
from jinja2 import Environment
from lxml import etree
from markdown_it import MarkdownIt
from openpyxl.utils.escape import unescape

from pipeline.panel.characters import one_line
from pipeline.panel.csv_text import plain_cell
from pipeline.report.numbers import typographic
from pipeline.report.writers import html, latex, text, typst, word, xlsx
from pipeline.report.writers.characters import BREAK, softened
from pipeline.report.writers.latex_text import _ACCENTS, _CHARACTERS, escape, spelt
from tests.conftest import ROOT
from tests.report.pages import page_of
from tests.report.texts import AWKWARD, NASTY, TEXTS


@pytest.fixture(scope="module")
def many():
    """Many random texts, the same in every run."""
    found: list[str] = list(AWKWARD)

    @settings(max_examples=150, derandomize=True, database=None)
    @given(NASTY)
    def collect(text):
        found.append(text)

    collect()
    return found


class _Cells(HTMLParser):
    """Texts of the cells of the first column, the caption and the notes."""

    def __init__(self):
        super().__init__()
        self.found, self._open = [], None

    def handle_starttag(self, tag, attrs):
        if tag in ("td", "th", "figcaption", "p", "title"):
            self._open = ""

    def handle_data(self, data):
        if self._open is not None:
            self._open += data

    def handle_endtag(self, tag):
        if tag in ("td", "th", "figcaption", "p", "title"):
            self.found.append(self._open)
            self._open = None


@settings(deadline=None)
@given(TEXTS)
@example(AWKWARD)
def test_html_shows_the_text(texts):
    parser = _Cells()
    parser.feed(html.write(page_of(texts)).decode("utf-8"))
    cells = [one_line(t) for t in texts]
    assert parser.found[0] == parser.found[1] == f"T {cells[0]}"
    rows = parser.found[7:-2]
    assert rows == [c for t in cells for c in (t, "−0.5***", typographic(t))]
    assert parser.found[-2:] == [cells[0], f"N {cells[0]}"]


class _Page(HTMLParser):
    """The tags of a page, and its texts and attributes in a row."""

    def __init__(self, source):
        super().__init__()
        self.tags, self.texts = [], []
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.texts += [value for _, value in attrs]

    def handle_data(self, data):
        self.texts.append(data)


@settings(deadline=None)
@given(NASTY)
@example(" ".join(AWKWARD))
def test_templates_of_html_show_the_text(text):
    environment = Environment(autoescape=True, finalize=html.value)
    template = environment.from_string('<b title="{{ t }}">.{{ t }}.</b><i>{{ m | safe }}</i>')
    page = _Page(template.render(t=text, m="<u>1</u>"))
    assert page.tags == ["b", "i", "u"]
    assert "".join(page.texts) == f"{one_line(text)}.{one_line(text)}.1"


def _markdown(source):
    """Caption, cells and notes of a Markdown page as a reader of GitHub's kind shows them."""
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(source)
    return [_shown(t) for t in tokens if t.type == "inline"], tokens


def _shown(token):
    # What other readers make links of by themselves stands apart.
    assert not re.search(r"(?<!\\)(://|(?<=www)\.|@\b)", token.content)
    kinds = {c.type for c in token.children} - {"text", "text_special", "strong_open"}
    assert kinds <= {"strong_close"}, (kinds, token.content)
    return "".join(c.content for c in token.children)


@settings(deadline=None)
@given(TEXTS)
@example(AWKWARD)
def test_markdown_shows_the_text(texts):
    source = text.write_markdown(page_of(texts)).decode("utf-8")
    shown, tokens = _markdown(source)
    cells = [one_line(t).strip() for t in texts]
    assert shown[0].strip() == f"T {one_line(texts[0])}".strip()
    body = [c for t in cells for c in (t, "-0.5***", t)]
    head = [cells[0], "h", "h", "", "a", cells[0]]
    assert [s.strip() for s in shown[1:-1]][len(head) :] == [*body, cells[0], "", ""]
    assert shown[-1].strip() == f"N {one_line(texts[0])}".strip()
    assert [t.type for t in tokens].count("table_open") == 1


@settings(deadline=None)
@given(NASTY)
def test_a_markdown_paragraph_is_one(note):
    source = text.paragraph(note)
    shown, tokens = _markdown(source)
    assert {t.type for t in tokens} <= {"paragraph_open", "inline", "paragraph_close"}
    assert "".join(shown).strip() == one_line(note).strip()


@settings(deadline=None)
@given(TEXTS)
@example(AWKWARD)
def test_csv_holds_the_text_and_no_formula(texts):
    content = text.write_csv(page_of(texts)).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content, newline="")))
    body = rows[3 : 3 + len(texts)]
    assert [plain_cell(r[0]) for r in body] == [one_line(t) for t in texts]
    for row in rows:
        for cell in row:
            seen = cell.lstrip(" \u200b\ufeff\u2003\u3000\u00a0")
            assert seen[:1] not in tuple("=@＝＋－＠") and not re.match(r"[+-]\D", seen)


@settings(max_examples=25, deadline=None)
@given(TEXTS)
@example(AWKWARD)
def test_word_holds_the_text(texts):
    document = Document(io.BytesIO(word.write(page_of(texts))))
    grid = [[c.text for c in row.cells] for row in document.tables[0].rows]
    shown = [row[0].replace(BREAK, "") for row in grid[2 : 2 + len(texts)]]
    assert shown == [one_line(t).replace(BREAK, "") for t in texts]
    assert document.paragraphs[-1].text.replace(BREAK, "") == (
        f"N {one_line(texts[0])}".replace(BREAK, "")
    )
    names = {etree.QName(e).localname for e in document.element.iter()}
    assert not names & {"hyperlink", "fldSimple", "fldChar", "instrText", "object", "drawing"}


@settings(max_examples=25, deadline=None)
@given(TEXTS)
@example(AWKWARD)
def test_spreadsheet_holds_the_text_and_no_formula(texts):
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx.write(page_of(texts)))).active
    for r, wanted in enumerate(texts, start=4):
        assert unescape(sheet.cell(r, 1).value or "") == one_line(wanted)
        assert sheet.cell(r, 2).value == -0.5 and sheet.cell(r, 2).data_type == "n"
    cells = [c for row in sheet.iter_rows() for c in row]
    assert all(c.data_type in "ns" and c.hyperlink is None for c in cells)


def test_typst_compiles_and_shows_the_texts(many):
    source = typst.fragment(page_of(many))
    content = compiler.compile(source.encode("utf-8"), format="pdf")
    assert content[:4] == b"%PDF"
    texts = [t for t in many if t]
    # As content of a page, where all markup would act.
    marked = "\n".join(f"#[{typst.escape(t)}]<shown>" for t in texts)
    found = json.loads(compiler.query(marked.encode("utf-8"), "<shown>"))
    shown = [element["text"].replace(BREAK, "") for element in found]
    assert shown == [one_line(t).replace(BREAK, "") for t in texts]


def _compiled(tex, language, tool, folder):
    """The log of a document that holds some LaTeX, which must compile."""
    engine = tool("xelatex" if language == "zh" else "pdflatex")
    packages = r"\usepackage{booktabs,array}" + (r"\usepackage{ctex}" if language == "zh" else "")
    source = rf"\documentclass{{article}}{packages}\begin{{document}}{tex}\end{{document}}"
    (folder / "all.tex").write_text(source, encoding="utf-8")
    command = [engine, "-interaction=nonstopmode", "-halt-on-error", "all.tex"]
    run = subprocess.run(command, cwd=folder, capture_output=True)
    log = run.stdout.decode("utf-8", "replace")
    assert run.returncode == 0, log[-3000:]
    return log + (folder / "all.log").read_text("utf-8", "replace")


def _commands(source):
    return set(re.findall(r"\\(?:[A-Za-z]+|.)", source, re.DOTALL))


_ALLOWED = _commands(" ".join([*_CHARACTERS.values(), *_ACCENTS.values(), r"\i \j"]))


@settings(deadline=None)
@given(NASTY)
@example(" ".join(AWKWARD))
def test_a_text_is_no_latex(text):
    for language in ("en", "zh"):
        source = escape(text, language)
        assert _commands(source) <= _ALLOWED and "\n" not in source
        bare = re.sub(r"\\(?:[A-Za-z]+|.)", "", source)
        assert not re.search(r"[%#&^]", re.sub(r"\$\^[^$]*\$", "", bare))
        assert _depths(bare) == (0, 0) and bare.count("$") % 2 == 0


def _depths(bare):
    """The depth of braces at the end, and the least on the way."""
    depths = [0]
    for sign in re.findall("[{}]", bare):
        depths.append(depths[-1] + (1 if sign == "{" else -1))
    return depths[-1], min(depths)


@settings(deadline=None)
@given(TEXTS)
@example(AWKWARD)
def test_a_page_of_latex_has_the_commands_of_its_writer(texts):
    ours = _commands(latex.write(page_of(["x", "y z"])).decode())
    lines = latex.write(page_of(texts)).decode().splitlines()
    source = "\n".join(line for line in lines if not line.startswith("%"))
    assert _commands(source) <= ours | _ALLOWED | {r"\mbox", r"\addtocounter"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_latex_compiles_with_no_character_missing(many, language, tool, tmp_path):
    pages = [latex.write(page_of([t], language)).decode() for t in many]
    log = _compiled("\n\\clearpage\n".join(pages), language, tool, tmp_path)
    assert "Missing character" not in log


def test_long_words_may_break():
    assert softened("a_b" + "x" * 20) == f"a_{BREAK}b{'x' * 15}{BREAK}xxxxx"


def test_latex_replaces_what_it_cannot_set():
    assert escape("τ√\u2003−") == r"$\tau$$\surd$\quad{}$-$"
    assert escape("中😀") == "[U+4E2D][U+1F600]" and escape("中", "zh") == "中"
    assert spelt("a中é", "en") == f"a[U+4E2D]{BREAK}é" and spelt("中é", "zh") == "中é"
    assert escape("é í ǘ") == r"\'{e} \'{\i} \'{\"{u}}"
    assert escape("--- ''") == "-{}-{}- '{}'"
    assert escape("ﬁ Ａ％") == r"fi A\%"


def test_code_points_do_not_print_over_the_next_column(tool, tmp_path):
    """A Chinese label in an English table: no line is wider than its column."""
    tex = latex.write(page_of(["城乡居民人均可支配收入之比" * 3])).decode()
    log = _compiled(tex, "en", tool, tmp_path)
    assert "Overfull" not in log


def test_no_line_of_latex_is_lost_in_a_comment(many):
    for language in ("en", "zh"):
        lines = latex.write(page_of(many, language)).decode("utf-8").splitlines()
        comments = [line for line in lines if re.match("%", line)]
        assert len(comments) == 2 and lines[2] == r"\begin{table}[htbp]"


def test_fonts_hold_every_character_of_words_and_specs():
    """The shipped subset must hold every Chinese character and sign that the house prints."""
    from fontTools.ttLib import TTFont

    files = [
        *(ROOT / "pipeline").rglob("words.toml"),
        *(ROOT / "pipeline/report/journals").glob("*.toml"),
        *(ROOT / "specs").rglob("*.toml"),
    ]
    text = "".join(f.read_text(encoding="utf-8") for f in files)
    for name in ("NotoSerifSC-Regular.ttf", "NotoSansSC-Regular.ttf"):
        known = set(TTFont(ROOT / "pipeline/report/fonts" / name).getBestCmap())
        assert {c for c in text if ord(c) >= 0x2E80 and ord(c) not in known} == set()
