"""The table model: what is printed, before any format. Every writer prints these cells and nothing else."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Cell:
    """One cell: its text and its stars."""

    text: str = ""
    stars: str = ""

    def __str__(self) -> str:
        return self.text + self.stars


@dataclass(frozen=True)
class Heading:
    """A heading above `span` columns."""

    text: str
    span: int = 1


@dataclass(frozen=True)
class Row:
    """A row: `panel` rows are headings inside the table, a rule goes above rows that open a block."""

    label: str
    cells: tuple[Cell, ...] = ()
    kind: Literal["body", "panel"] = "body"
    rule_above: bool = False


@dataclass(frozen=True)
class Table:
    """A whole table in one language. headings: rows of headings over the columns, each covering all of them."""

    name: str
    number: str
    title: str
    stub: str
    headings: tuple[tuple[Heading, ...], ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    language: str = "en"
    mark: str = field(default="")

    @property
    def columns(self) -> int:
        return sum(h.span for h in self.headings[0])

    @property
    def caption(self) -> str:
        """`Table 2. Title` or `表2 标题`."""
        return (
            f"表{self.number} {self.title}"
            if self.language == "zh"
            else f"Table {self.number}. {self.title}"
        )


def merged(texts: list[str]) -> tuple[Heading, ...]:
    """Headings in which equal neighbours share one heading."""
    out: list[Heading] = []
    for text in texts:
        if out and out[-1].text == text and text:
            out[-1] = Heading(text, out[-1].span + 1)
        else:
            out.append(Heading(text))
    return tuple(out)
