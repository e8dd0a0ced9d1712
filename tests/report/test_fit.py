"""Tables fit their page whatever their columns and labels, seen as pictures."""

import io
import re
import subprocess
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import typst as compiler
from PIL import Image

from pipeline.report.table import Heading
from pipeline.report.writers import latex, typst, word
from pipeline.report.writers.fit import fit, measure, needed, text_width
from tests.conftest import ROOT
from tests.report.pages import journal, page_of, wide

COLUMNS = (1, 5, 9, 14, 20)
FONTS = [ROOT / "pipeline/report/fonts"]
PPI = 60
_A4 = 842 - 72  # points to its lower margin


def inked(picture, margin):
    """Share of dark pixels in the outer `margin` (cm) on the left and right of a page."""
    grey = np.asarray(Image.open(io.BytesIO(picture)).convert("L"))
    edge = int(margin / 2.54 * PPI) - 2
    return float((np.concatenate([grey[:, :edge], grey[:, -edge:]], axis=1) < 160).mean())


def pages_of(content):
    return content if isinstance(content, list) else [content]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("columns", COLUMNS)
def test_typst_keeps_within_the_margins(columns, language):
    page = wide(columns, language)
    paper = page.journal.paper
    setting = (
        f"#set page(width: {paper.width}cm, height: {paper.height}cm, margin: {paper.margin}cm)"
    )
    pictures = compiler.compile(
        f"{setting}\n{typst.fragment(page)}".encode(),
        font_paths=FONTS,
        ignore_system_fonts=True,
        format="png",
        ppi=float(PPI),
    )
    for picture in pages_of(pictures):
        assert inked(picture, paper.margin) == 0


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("rows", [10, 17, 20, 23, 70])
def test_typst_prints_every_line_once(rows, language, tool, tmp_path):
    """A table longer than its page goes on on the next one instead of printing over itself; from 17
    to 23 lines it may or may not be longer."""
    page = wide(3, language, rows=rows)
    content = compiler.compile(
        f'#set page(paper: "a4")\n{typst.fragment(page)}'.encode(),
        font_paths=FONTS,
        ignore_system_fonts=True,
        format="pdf",
    )
    (tmp_path / "page.pdf").write_bytes(content)
    boxes = _words(tool, tmp_path / "page.pdf", "(0.0123)")
    assert len(boxes) == len(set(boxes)) == 3 * rows
    assert all(float(y) < _A4 for _, _, y in boxes)


def _words(tool, pdf, word):
    """(page, x, y) of a word in a pdf."""
    tool("pdftoppm")
    run = subprocess.run(["pdftotext", "-bbox", pdf, "-"], capture_output=True, text=True)
    found, number = [], 0
    for line in run.stdout.splitlines():
        number += "<page " in line
        if f">{word}</word>" in line:
            found.append((number, *re.findall(r'[xy]Min="([\d.]+)"', line)))
    return found


@pytest.mark.parametrize("language", ["en", "zh"])
def test_latex_has_no_box_too_wide_or_too_high(language, tool, tmp_path):
    engine = tool("xelatex" if language == "zh" else "pdflatex")
    ctex = r"\usepackage{ctex}" if language == "zh" else ""
    tables = "\n\\clearpage\n".join(latex.write(wide(c, language)).decode() for c in COLUMNS)
    (tmp_path / "all.tex").write_text(
        rf"\documentclass{{article}}\usepackage{{booktabs,array}}{ctex}"
        rf"\begin{{document}}{tables}\end{{document}}",
        encoding="utf-8",
    )
    command = [engine, "-interaction=nonstopmode", "-halt-on-error", "all.tex"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True)
    log = run.stdout.decode("utf-8", "replace")
    assert run.returncode == 0, log[-2000:]
    assert "Float too large" not in log
    assert [w for w in re.findall(r"Overfull \\hbox \(([\d.]+)pt", log) if float(w) > 2] == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_word_keeps_within_the_margins(language, tool, tmp_path):
    soffice, pdftoppm = tool("soffice"), tool("pdftoppm")
    page = wide(20, language)
    (tmp_path / "page.docx").write_bytes(word.write(page))
    convert = [soffice, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless"]
    subprocess.run(
        [*convert, "--convert-to", "pdf", "page.docx"],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    subprocess.run([pdftoppm, "-r", str(PPI), "-png", "page.pdf", "page"], cwd=tmp_path, check=True)
    pictures = sorted(tmp_path.glob("page*.png"))
    assert pictures
    for picture in pictures:
        assert inked(picture.read_bytes(), page.journal.paper.margin) == 0


def test_plan_shrinks_then_turns_then_splits():
    plans = [fit(wide(c), *_widths(wide(c))) for c in (3, 9, 12, 20)]
    sizes = journal().sizes
    assert plans[0].size == sizes.cells and not plans[0].turned
    assert sizes.smallest <= plans[1].size < sizes.cells and not plans[1].turned
    assert plans[2].turned and len(plans[2].parts) == 1
    assert plans[3].turned and len(plans[3].parts) > 1
    covered = [(p.first, p.last) for p in plans[3].parts]
    assert covered[0][0] == 0 and covered[-1][1] == 20
    assert all(a[1] == b[0] for a, b in pairwise(covered))


def _widths(page):
    return text_width(page), text_width(page, turned=True)


def test_widths_fill_the_page_and_hold_what_is_needed():
    page = wide(6)
    plan = fit(page, *_widths(page))
    (part,) = plan.parts
    assert sum(part.widths) == pytest.approx(text_width(page))
    assert all(w >= n - 1e-9 for w, n in zip(part.widths, needed(page, plan.size), strict=True))


def test_measures():
    assert measure("0" * 10, 10) == pytest.approx(54)
    assert measure("中", 10) == pytest.approx(10.8) and measure("\u200b\u0301", 10) == 0


def test_a_long_word_may_break():
    page = page_of(["x" * 200])
    assert max(needed(page, 10)) < 200
    assert "\\hspace{0pt}" in latex.write(page).decode()


def test_words_get_the_room_that_numbers_do_not_need():
    page = page_of(["some words that stand in a cell of the table and want room"])
    plan = fit(page, 300)
    (part,) = plan.parts
    assert part.widths[2] > 2 * part.widths[1] and sum(part.widths) == pytest.approx(300)
    assert all(w >= n - 1e-9 for w, n in zip(part.widths, needed(page, plan.size), strict=True))


def test_the_stub_takes_what_the_longest_label_asks_for_up_to_its_share():
    """Short labels leave their room to the columns, long ones take several lines instead."""
    stubs = {}
    for label in ("Trade", "Digital economy in prefectures", "Digital economy " * 12):
        page = page_of([label])
        page = replace(page, lines=tuple(replace(n, cells=n.cells[:1]) for n in page.lines))
        page = replace(page, headings=((Heading("a"),),), stub="")
        (part,) = fit(page, 400).parts
        stubs[label] = part.widths[0]
        assert sum(part.widths) == pytest.approx(400)
    short, middle, long = stubs.values()
    assert short < middle < long and middle > measure("Digital economy in prefectures", 9)
    assert 0.34 * 400 <= long < 0.5 * 400
