"""What a journal's style says: a closed schema of `journals/*.toml`."""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.study.closed import Closed, Text
from pipeline.study.style import Below

Decimals = Annotated[int, Field(ge=0, le=8)]
Points = Annotated[float, Field(ge=0, le=40)]
Centimetres = Annotated[float, Field(gt=0, le=100)]
Brackets = Literal["()", "[]", ""]
Emphasis = Literal["bold", "italic", "plain"]


class Digits(Closed):
    """Decimals: of coefficients and what stands below them, of other numbers, of t, p, per cent."""

    coefficients: Decimals
    statistics: Decimals
    t: Decimals
    p: Decimals
    percent: Decimals


class Bracketed(Closed):
    """Which brackets stand around what: below a coefficient, at ranges, at a second p-value."""

    error: Brackets
    t: Brackets
    p: Brackets
    interval: Brackets
    second: Brackets


# What a family's name is made of in any script: no format reads a command in it.
Family = Annotated[str, Field(pattern=r"^[\w.+() -]+$")]


class Fonts(Closed):
    """Families, the wanted one first.

    Word and spreadsheets name it alone, web pages and the PDF take the first that they have.
    """

    latin: Annotated[list[Family], Field(min_length=1)]
    east_asian: Annotated[list[Family], Field(min_length=1)]


class Sizes(Closed):
    """Sizes of type in points.

    A wide table shrinks from `cells` to `smallest` before it is turned or split.
    """

    caption: Points
    cells: Points
    smallest: Annotated[float, Field(ge=5)]
    notes: Points


class Rules(Closed):
    """Widths in points: around the table, between its blocks, under headings of several columns."""

    outer: Points
    inner: Points
    span: Points


class Spacing(Closed):
    """Space in points beside each column and above and below each line."""

    column: Points
    line: Points


class Paper(Closed):
    """The page in centimetres, upright; wide tables turn it. margin: on all four sides."""

    width: Centimetres
    height: Centimetres
    margin: Centimetres


class Journal(Closed):
    """How a journal prints tables.

    stars: levels, the largest first, one star more for each, [] for none; raised: as superscripts
    below: what stands below a coefficient
    minus: the sign of negative numbers, except in csv and Markdown
    caption, panel: how the caption and headings inside the table are set
    lead: what opens the notes
    """

    label: Text
    stars: list[Annotated[float, Field(gt=0, lt=1)]]
    raised: bool
    below: Below
    minus: str
    caption: Emphasis
    panel: Emphasis
    lead: Text
    digits: Digits
    brackets: Bracketed
    fonts: Fonts
    sizes: Sizes
    rules: Rules
    spacing: Spacing
    paper: Paper
