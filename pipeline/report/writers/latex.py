"""LaTeX: booktabs tables as floats. Needs booktabs and array; ctex, with XeLaTeX, for Chinese.

Fonts and the look of captions are those of the document that includes the table.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.panel.characters import one_line
from pipeline.report.journals.schema import Emphasis
from pipeline.report.numbers import typographic
from pipeline.report.page import Line, Page, Printed
from pipeline.report.table import Heading
from pipeline.report.writers.characters import softened
from pipeline.report.writers.fit import (
    Part,
    Plan,
    fit,
    headings_height,
    line_height,
    text_height,
)
from pipeline.report.writers.latex_text import escape, spelt

# The text of LaTeX's article class in points, less the caption's height.
_WIDTH, _HEIGHT = 345.0, 470.0
# Computer Modern is wider than Times by so much at 10 points, and more at each size below.
_WIDER = {9: 1.06, 8: 1.1, 7: 1.17, 6: 1.25, 5: 1.4}
_EMPHASIS: dict[Emphasis, str] = {"bold": r"\textbf", "italic": r"\textit", "plain": ""}
# What the command that ends a line would read as its option at the start of the next.
_OPTIONS = ("[", "*")


def write(page: Page) -> bytes:
    """The table as floats no wider or higher than the text: smaller type, then parts."""
    page = _spelt(page)
    plan = fit(page, _WIDTH, stretch=_stretch)
    engine = "; ctex, with XeLaTeX" if page.language == "zh" else ""
    lines = [f"% {one_line(page.caption)}", f"% Requires booktabs and array{engine}"]
    pieces = [(piece, part) for part in plan.parts for piece in _pieces(page, part, plan)]
    for i, (piece, part) in enumerate(pieces):
        lines += _float(piece, part, plan, first=i == 0, last=i == len(pieces) - 1)
    return ("\n".join(lines) + "\n").encode("utf-8")


def _spelt(page: Page) -> Page:
    """The page as it will be read, so that widths are measured of what is printed."""

    def to(text: str) -> str:
        return spelt(text, page.language)

    def line_of(line: Line) -> Line:
        cells = tuple(replace(cell, text=to(cell.text)) for cell in line.cells)
        return replace(line, label=to(line.label), cells=cells)

    return replace(
        page,
        title=to(page.title),
        continued=to(page.continued),
        stub=to(page.stub),
        headings=tuple(tuple(Heading(to(h.text), h.span) for h in row) for row in page.headings),
        lines=tuple(map(line_of, page.lines)),
        note=to(page.note),
    )


def _stretch(size: float) -> float:
    return _WIDER.get(int(size), 1.05)


def _pieces(page: Page, part: Part, plan: Plan) -> Iterator[Page]:
    """One part of the table, cut into as many floats as its height asks for."""
    notes = text_height(page.note, _WIDTH, page.journal.sizes.notes)
    room = _HEIGHT - notes - headings_height(page, part, plan)
    taken, height = list[Line](), 0.0
    for group in _groups(page.lines):
        needs = sum(line_height(page, line, part, plan) for line in group)
        if taken and height + needs > room:
            yield replace(page, lines=tuple(taken))
            taken, height = [], 0.0
            group[0] = replace(group[0], rule_above=False)
        taken += group
        height += needs
    yield replace(page, lines=tuple(taken))


def _groups(lines: tuple[Line, ...]) -> Iterator[list[Line]]:
    """Lines that stay together: a line and those below it, a heading and what it opens."""
    group = list[Line]()
    for line in lines:
        if group and not line.below and not group[-1].panel:
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _float(page: Page, part: Part, plan: Plan, *, first: bool, last: bool) -> list[str]:
    j, text = page.journal, _Text(page)
    lines = [r"\begin{table}[htbp]", *([] if first else [r"\addtocounter{table}{-1}"])]
    lines += [
        r"\centering",
        rf"\caption{{{text(page.title if first else page.continued)}}}",
        *([rf"\label{{tab:{page.stem}}}"] if first else []),
        _size(plan.size),
        rf"\setlength{{\tabcolsep}}{{{j.spacing.column}pt}}",
        rf"\setlength{{\heavyrulewidth}}{{{j.rules.outer}pt}}",
        rf"\setlength{{\lightrulewidth}}{{{j.rules.inner}pt}}",
        rf"\setlength{{\cmidrulewidth}}{{{j.rules.span}pt}}",
    ]
    lines += _tabular(page.part(part.first, part.last), part)
    note = [r"\begin{minipage}{\linewidth}" + _size(j.sizes.notes), text(page.note)]
    lines += [*note, r"\end{minipage}"] if last else []
    return [*lines, r"\end{table}"]


def _size(points: float) -> str:
    """A size of type; the fonts of LaTeX come in whole points."""
    size = int(points)
    return rf"\fontsize{{{size}}}{{{1.2 * size:g}}}\selectfont"


def _tabular(page: Page, part: Part) -> list[str]:
    """One part: columns of widths that add up to the text's."""
    shares = [w / sum(part.widths) for w in part.widths]
    text = _Text(page, shares)
    *above, last = page.headings
    lines = [r"\begin{tabular}{@{}%", *_columns(shares), r"  @{}}", r"\toprule"]
    for row in above:
        lines += [text.headings(row, ""), *_rules(row)]
    lines += [text.headings(last, page.stub), r"\midrule"]
    for line in page.lines:
        lines += text.line(line)
    return [*lines, r"\bottomrule", r"\end{tabular}", r"\par\smallskip"]


def _columns(shares: list[float]) -> list[str]:
    """The specification of the columns; the outer ones have space on one side only."""
    aligned = [r"\raggedright", *[r"\centering"] * (len(shares) - 1)]
    spaces = [1, *[2] * (len(shares) - 2), 1]
    return [
        rf"  >{{{align}\arraybackslash}}p{{{_width(share, space)}}}%"
        for align, share, space in zip(aligned, shares, spaces, strict=True)
    ]


def _width(share: float, spaces: int) -> str:
    return rf"\dimexpr {share:.4f}\linewidth-{spaces}\tabcolsep\relax"


def _rules(row: tuple[Heading, ...]) -> list[str]:
    """Rules under headings of several columns."""
    rules, at = [], 2
    for h in row:
        if h.span > 1 and h.text:
            rules.append(rf"\cmidrule(lr){{{at}-{at + h.span - 1}}}")
        at += h.span
    return ["".join(rules)] if rules else []


class _Text:
    """The texts of one part as LaTeX. shares: of stub and columns in the width."""

    def __init__(self, page: Page, shares: Sequence[float] = ()) -> None:
        self._page, self._shares = page, shares

    def __call__(self, text: str) -> str:
        return escape(softened(text), self._page.language)

    def headings(self, row: tuple[Heading, ...], stub: str) -> str:
        """A row of headings."""
        cells, at = [self._first(stub)], 1
        for h in row:
            cells.append(self._heading(h, at))
            at += h.span
        return " & ".join(cells) + r" \\"

    def line(self, line: Line) -> list[str]:
        """A line with the rule above it."""
        rule = [r"\midrule"] if line.rule_above else []
        if line.panel:
            command = _EMPHASIS[self._page.journal.panel]
            width = rf"@{{}}p{{{_width(1, 0)}}}@{{}}"
            text = f"{command}{{{self(line.label)}}}"
            return [*rule, rf"\multicolumn{{{len(self._shares)}}}{{{width}}}{{{text}}} \\"]
        cells = [self._first(line.label), *map(self._cell, line.cells)]
        return [*rule, " & ".join(cells) + r" \\"]

    def _heading(self, heading: Heading, at: int) -> str:
        """A heading; after the space of no width its first word may be hyphenated."""
        text = rf"\hspace{{0pt}}{self(heading.text)}" if heading.text else ""
        if heading.span == 1:
            return text
        last = at + heading.span
        ends = last == len(self._shares)
        width = _width(sum(self._shares[at:last]), 1 if ends else 2)
        column = rf">{{\centering\arraybackslash}}p{{{width}}}{'@{}' if ends else ''}"
        return rf"\multicolumn{{{heading.span}}}{{{column}}}{{{text}}}"

    def _first(self, text: str) -> str:
        escaped = self(text)
        return "{}" + escaped if escaped.lstrip().startswith(_OPTIONS) else escaped

    def _cell(self, cell: Printed) -> str:
        """The cell; a number of several words stays on one line."""
        text = self(typographic(cell.text, self._page.journal.minus))
        if " " in text and not cell.words:
            text = rf"\mbox{{{text}}}"
        if not cell.stars:
            return text
        return f"{text}$^{{{cell.stars}}}$" if self._page.journal.raised else text + cell.stars
