"""LaTeX: booktabs tables as floats. Needs booktabs and array; ctex, with XeLaTeX, for Chinese.

Fonts and the look of captions are those of the document that includes the table.
"""

from collections.abc import Iterator
from dataclasses import replace

from pipeline.report.journals.schema import Emphasis
from pipeline.report.numbers import typographic
from pipeline.report.page import Line, Page, Printed
from pipeline.report.table import Heading
from pipeline.report.writers.characters import one_line, softened
from pipeline.report.writers.fit import Part, Plan, fit, line_height
from pipeline.report.writers.latex_text import escape

# The text of LaTeX's article class in points, less what caption and notes take of its height.
_WIDTH, _HEIGHT = 345.0, 430.0
_EMPHASIS: dict[Emphasis, str] = {"bold": r"\textbf", "italic": r"\textit", "plain": ""}
# Commands that cut text into columns are the tables' own; a line may not begin with what they read as an option.
_OPTIONS = ("[", "*")


def write(page: Page) -> bytes:
    """The table as a float as wide as the text: smaller type, then columns in parts, then lines in several floats."""
    plan = fit(page, _WIDTH)
    engine = "; ctex, with XeLaTeX" if page.language == "zh" else ""
    lines = [f"% {one_line(page.caption)}", f"% Requires booktabs and array{engine}"]
    pieces = list(_pieces(page, plan))
    for i, piece in enumerate(pieces):
        lines += _float(piece, plan, first=i == 0, last=i == len(pieces) - 1)
    return ("\n".join(lines) + "\n").encode("utf-8")


def _pieces(page: Page, plan: Plan) -> Iterator[Page]:
    """The table cut into as many floats as its height asks for; what stands below a line stays with it."""
    taken, height = list[Line](), 0.0
    for group in _groups(page.lines):
        needs = sum(line_height(page, line, plan) for line in group)
        if taken and height + needs > _HEIGHT:
            yield replace(page, lines=tuple(taken))
            taken, height = [], 0.0
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


def _float(page: Page, plan: Plan, *, first: bool, last: bool) -> list[str]:
    j, text = page.journal, _Text(page)
    title = page.title if first else page.continued.removeprefix(page.caption) or page.title
    lines = [r"\begin{table}[htbp]", *([] if first else [r"\addtocounter{table}{-1}"])]
    lines += [
        r"\centering",
        _size(plan.size),
        rf"\setlength{{\tabcolsep}}{{{j.spacing.column}pt}}",
        rf"\setlength{{\heavyrulewidth}}{{{j.rules.outer}pt}}",
        rf"\setlength{{\lightrulewidth}}{{{j.rules.inner}pt}}",
        rf"\setlength{{\cmidrulewidth}}{{{j.rules.span}pt}}",
        rf"\caption{{{text(title)}}}",
        *([rf"\label{{tab:{page.stem}}}"] if first else []),
    ]
    for part in plan.parts:
        lines += _tabular(page.part(part.first, part.last), part)
    note = [r"\par\smallskip", r"\begin{minipage}{\linewidth}" + _size(j.sizes.notes)]
    lines += [*note, text(page.note), r"\end{minipage}"] if last else []
    return [*lines, r"\end{table}"]


def _size(points: float) -> str:
    """A size of type; the fonts of LaTeX come in whole points."""
    size = int(points)
    return rf"\fontsize{{{size}}}{{{1.2 * size:g}}}\selectfont"


def _tabular(page: Page, part: Part) -> list[str]:
    total = sum(part.widths)
    stub, *columns = (f"{w / total:.4f}" for w in part.widths)
    spec = [rf"@{{}}>{{\raggedright\arraybackslash}}p{{\dimexpr {stub}\linewidth-\tabcolsep}}"]
    for width in columns:
        spec.append(
            rf">{{\centering\arraybackslash}}p{{\dimexpr {width}\linewidth-2\tabcolsep}}"
        )
    *above, last = page.headings
    text = _Text(page)
    lines = [rf"\begin{{tabular}}{{{'%'.join(_wrapped(spec))}}}", r"\toprule"]
    for row in above:
        lines += [*text.headings(row, ""), *_rules(row)]
    lines += [*text.headings(last, page.stub), r"\midrule"]
    for line in page.lines:
        lines += text.line(line)
    return [*lines, r"\bottomrule", r"\end{tabular}", r"\par\medskip"]


def _wrapped(spec: list[str]) -> list[str]:
    """Column specifications, each on a line of its own."""
    return [f"\n  {column}" for column in [*spec[:-1], spec[-1].replace(r"2\tabcolsep", r"\tabcolsep") + "@{}"]]


def _rules(row: tuple[Heading, ...]) -> list[str]:
    """Rules under headings of several columns."""
    rules, at = [], 2
    for h in row:
        if h.span > 1 and h.text:
            rules.append(rf"\cmidrule(lr){{{at}-{at + h.span - 1}}}")
        at += h.span
    return ["".join(rules)] if rules else []


class _Text:
    """The texts of one page as LaTeX."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def __call__(self, text: str) -> str:
        return escape(softened(text), self._page.language)

    def headings(self, row: tuple[Heading, ...], stub: str) -> list[str]:
        """A row of headings; the space of no width lets their first word break."""
        cells = [self._first(stub)]
        for h in row:
            text = rf"\hspace{{0pt}}{self(h.text)}"
            cells.append(rf"\multicolumn{{{h.span}}}{{c}}{{{text}}}" if h.span > 1 else text)
        return [" & ".join(cells) + r" \\"]

    def line(self, line: Line) -> list[str]:
        """A line with the rule above it."""
        rule = [r"\midrule"] if line.rule_above else []
        if line.panel:
            command = _EMPHASIS[self._page.journal.panel]
            text = f"{command}{{{self(line.label)}}}"
            columns = self._page.columns + 1
            return [*rule, rf"\multicolumn{{{columns}}}{{@{{}}l@{{}}}}{{{text}}} \\"]
        cells = [self._first(line.label), *map(self._cell, line.cells)]
        return [*rule, " & ".join(cells) + r" \\"]

    def _first(self, text: str) -> str:
        escaped = self(text)
        return "{}" + escaped if escaped.startswith(_OPTIONS) else escaped

    def _cell(self, cell: Printed) -> str:
        """The cell; a number of several words stays on one line."""
        text = self(typographic(cell.text, self._page.journal.minus))
        if " " in text and not cell.words:
            text = rf"\mbox{{{text}}}"
        if not cell.stars:
            return text
        return f"{text}$^{{{cell.stars}}}$" if self._page.journal.raised else text + cell.stars
