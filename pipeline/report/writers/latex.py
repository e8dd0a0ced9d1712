"""LaTeX: a booktabs table float. Needs booktabs and array; ctex for Chinese."""

from pipeline.report.numbers import typographic
from pipeline.report.table import Cell, Heading, Row, Table

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": "$<$",
    ">": "$>$",
    "−": "$-$",
    "×": r"$\times$",
    "→": r"$\to$",
    "²": "$^2$",
    "∞": r"$\infty$",
    "ρ": r"$\rho$",
    "δ": r"$\delta$",
    "–": "--",
    "—": "---",
    "“": "``",
    "”": "''",
    "≥": r"$\geq$",
    "≤": r"$\leq$",
}


def escape(text: str) -> str:
    """Text with LaTeX's special characters made literal."""
    return "".join(_SPECIAL.get(c, c) for c in text)


def _cell(cell: Cell, whole: bool) -> str:
    text = escape(typographic(cell.text))
    if whole and text.startswith("["):  # narrow columns may break an interval after its comma
        text = rf"\mbox{{{text}}}"
    return text + (f"$^{{{cell.stars}}}$" if cell.stars else "")


def _heading_row(headings: tuple[Heading, ...], stub: str) -> tuple[str, str]:
    cells, rules, at = [escape(stub)], [], 2
    for h in headings:
        cells.append(
            rf"\multicolumn{{{h.span}}}{{c}}{{{escape(h.text)}}}"
            if h.span > 1
            else r"\hspace{0pt}" + escape(h.text)
        )
        if h.span > 1 and h.text:
            rules.append(rf"\cmidrule(lr){{{at}-{at + h.span - 1}}}")
        at += h.span
    return " & ".join(cells) + r" \\", "".join(rules)


def _row(row: Row, columns: int) -> list[str]:
    rule = [r"\midrule"] if row.rule_above else []
    if row.kind == "panel":
        return [*rule, rf"\multicolumn{{{columns + 1}}}{{l}}{{\textit{{{escape(row.label)}}}}} \\"]
    return [
        *rule,
        " & ".join([escape(row.label), *(_cell(c, columns <= 4) for c in row.cells)]) + r" \\",
    ]


def write(table: Table) -> bytes:
    """The table as a float that never exceeds the text width: columns share what the stub leaves."""
    intervals = any(c.text.startswith("[") for r in table.rows for c in r.cells)
    tight = intervals or table.columns > 6
    stub = 0.17 if table.columns > 6 else 0.22 if intervals else 0.24 if table.columns > 4 else 0.28
    width = (0.98 - stub) / table.columns
    spec = rf"@{{}}>{{\raggedright\arraybackslash}}p{{{stub:.3f}\linewidth}}*{{{table.columns}}}{{>{{\centering\arraybackslash}}p{{\dimexpr {width:.4f}\linewidth-2\tabcolsep}}}}@{{}}"
    lines = [
        f"% {table.caption}",
        "% Requires booktabs and array"
        + ("; ctex, with XeLaTeX or LuaLaTeX" if table.language == "zh" else ""),
        r"\begin{table}[htbp]",
        r"\centering",
        r"\tiny" if table.columns > 8 else r"\scriptsize" if tight else r"\footnotesize",
        rf"\setlength{{\tabcolsep}}{{{1.5 if tight else 3}pt}}",
        rf"\caption{{{escape(table.title)}}}",
        rf"\label{{tab:{table.name.split('/')[-1]}}}",
        rf"\begin{{tabular}}{{{spec}}}",
        r"\toprule",
    ]
    for i, headings in enumerate(table.headings):
        text, rules = _heading_row(headings, table.stub if i == len(table.headings) - 1 else "")
        lines += [text, rules] if rules and i < len(table.headings) - 1 else [text]
    lines.append(r"\midrule")
    for row in table.rows:
        lines += _row(row, table.columns)
    lines += [
        r"\bottomrule",
        r"\end{tabular}",
        r"\par\smallskip",
        r"\begin{minipage}{\linewidth}\footnotesize",
    ]
    lines += [" ".join(escape(n) for n in table.notes), r"\end{minipage}", r"\end{table}"]
    return ("\n".join(lines) + "\n").encode("utf-8")
