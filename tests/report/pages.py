"""Pages made by hand: any text in every place, any number of columns."""

import tomllib

from pipeline.report.journals import PRESETS
from pipeline.report.journals.schema import Journal
from pipeline.report.page import Line, Page, Printed
from pipeline.report.table import Heading


def journal(name="generic"):
    """A preset."""
    return Journal.model_validate(tomllib.loads((PRESETS / f"{name}.toml").read_text("utf-8")))


def page_of(texts, language="en", preset=None):
    """A page with each text as a label and in a cell, and the first in every other place."""
    first = texts[0]
    lines = [Line(t, (Printed("-0.5", "***", -0.5), Printed(t, words=True))) for t in texts]
    return Page(
        name="tables/00_page",
        number="1",
        title=first,
        caption=f"T {first}",
        continued=first,
        stub=first,
        headings=((Heading("h", 2),), (Heading("a"), Heading(first))),
        lines=(*lines, Line(first, kind="panel")),
        notes=(first,),
        note=f"N {first}",
        language=language,
        journal=journal(preset or ("three_line" if language == "zh" else "generic")),
    )


LABELS = {
    "en": ("Digital economy × distance to the nearest port (log)", "Information (ports per head)"),
    "zh": ("数字经济发展水平与城乡收入差距的交互项", "信息基础设施（每百人宽带端口）"),
}


def wide(columns, language="en", rows=12):
    """A page of many columns with long labels and starred coefficients."""
    label, heading = LABELS[language]
    lines = []
    for i in range(rows):
        coefficients = tuple(Printed("-0.1234", "***", -0.1234) for _ in range(columns))
        errors = tuple(Printed("(0.0123)", value=0.0123) for _ in range(columns))
        lines.append(Line(f"{label} {i}", coefficients, rule_above=i == rows - 2))
        lines.append(Line("", errors, kind="error", aside="SE"))
    above = (Heading(heading, columns - 1), Heading("")) if columns > 1 else (Heading(""),)
    headings = (
        above,
        tuple(Heading(f"({i})") for i in range(1, columns + 1)),
        tuple(Heading(heading) for _ in range(columns)),
    )
    return Page(
        name="tables/00_wide",
        number="1",
        title=label,
        caption=f"T {label}",
        continued=label,
        stub="",
        headings=headings,
        lines=tuple(lines),
        notes=(label,),
        note=label,
        language=language,
        journal=journal("three_line" if language == "zh" else "generic"),
    )
